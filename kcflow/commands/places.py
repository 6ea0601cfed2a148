"""Provinces as people name them: "Hà Giang", "ha giang", "02", "63:02"."""

from __future__ import annotations

import difflib
from datetime import date

from kcflow import reference
from kcflow.commands.words import both
from kcflow.services.errors import NotFound
from kcflow.text import fold


def province_keys(asked: str) -> tuple[str, ...]:
    """Keys of every province, in either list, that `asked` names. Raises `NotFound`."""
    text = asked.strip()
    numbers = {text, f"63:{text.zfill(2)}", f"34:{text.zfill(2)}"}
    found = tuple(one.key for one in reference.provinces() if one.key in numbers)
    found = found or tuple(one.key for one in reference.provinces_named(text))
    if not found:
        raise _unknown(text)
    return found


def province_key(asked: str, on: date) -> str:
    """Key of the province that `asked` names and that existed on that day. Raises `NotFound`."""
    found = reference.province_in_force(asked, on)
    if found is not None:
        return found.key
    province_keys(asked)
    raise NotFound("province_not_then", both("usage.province_not_then", found=asked[:60], on=on.isoformat()))


def _unknown(asked: str) -> NotFound:
    names = {fold(one.name): one.name for one in reference.provinces()}
    near = difflib.get_close_matches(fold(asked), names, n=2)
    if near:
        named = ", ".join(names[name] for name in near)
        return NotFound("province_unknown", both("usage.province_near", found=asked[:60], near=named))
    return NotFound("province_unknown", both("usage.province_unknown", found=asked[:60]))
