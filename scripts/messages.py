"""The message catalogues, by Babel: `python -m scripts.messages [--check]`.

`kcflow/locale/kcflow.pot` is the template: every key that the code asks for, where, and its Vietnamese text.
Each language has `LC_MESSAGES/kcflow.po`, which people edit, and the compiled `kcflow.mo`, which the program
reads. Without `--check` the template is extracted anew, both .po files take up new keys (empty, to be
filled in) and lose those that nothing asks for, and the .mo files are compiled. With it nothing is written;
it names what is stale, missing, empty or unused, and returns 1 (a test does the same).
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
LOCALE: Final = ROOT / "kcflow" / "locale"
TEMPLATE: Final = LOCALE / "kcflow.pot"
SOURCES: Final = ("kcflow", "screens", "states", "db")
LANGUAGES: Final = ("vi", "en")
SOURCE_LANGUAGE: Final = "vi"
HEADER: Final = "# kcflow: {what}. Placeholders are {{name}}; keys are never translated."
PREFIXES: Final = ("", "errors.", "refusals.", "cli.", "doctor.")
"""What helper functions of the code put before the key that they are given."""


def po_file(lang: str) -> Path:
    """Where people edit the texts of `lang`."""
    return LOCALE / lang / "LC_MESSAGES" / "kcflow.po"


def mo_file(lang: str) -> Path:
    """Where the program reads the texts of `lang`."""
    return po_file(lang).with_suffix(".mo")


def read(lang: str) -> Catalog:
    """The .po file of a language. Raises OSError, PoFileError."""
    with po_file(lang).open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


@lru_cache(maxsize=8)
def _texts_in(file: bytes, lang: str) -> dict[str, tuple[str, ...]]:
    return texts(read_po(io.BytesIO(file), locale=lang, abort_invalid=True))


def own_texts(lang: str) -> dict[str, tuple[str, ...]]:
    """`texts` of the .po file of a language, read once as long as it stays the same; don't change it."""
    return _texts_in(po_file(lang).read_bytes(), lang)


def texts(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Every key with its text, or its plural forms (an empty one is not translated yet)."""
    found = {}
    for message in catalog:
        if message.id:
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            given = message.string
            found[str(key)] = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    return found


# -- what the code asks for ------------------------------------------------------------------------


def _asked(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Every string of a module that may be a key, and the beginnings of those put together (True)."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            first = node.values[0] if node.values else None
            if isinstance(first, ast.Constant) and "." in str(first.value):
                yield str(first.value), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value, False


@lru_cache(maxsize=2_000)
def _asked_in(source: str) -> tuple[tuple[str, bool], ...]:
    return tuple(_asked(ast.parse(source)))


def places(keys: frozenset[str]) -> dict[str, set[str]]:
    """For each known key, the files that ask for it, whole or by its beginning."""
    whole: dict[str, set[str]] = defaultdict(set)
    begun: dict[str, set[str]] = defaultdict(set)
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for text, is_beginning in _asked_in(path.read_text("utf-8")):
                (begun if is_beginning else whole)[text].add(name)
    found: dict[str, set[str]] = {}
    for key in keys:
        files = {
            f for prefix in PREFIXES if key.startswith(prefix) for f in whole.get(key[len(prefix) :], ())
        }
        if not files:
            files = {
                file
                for beginning, where in begun.items()
                if any((prefix + beginning) and key.startswith(prefix + beginning) for prefix in PREFIXES)
                for file in where
            }
        found[key] = files
    return found


# -- writing ---------------------------------------------------------------------------------------

_LEFT_OUT: Final = (
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
"""Headers with dates and names: the same texts give the same bytes."""


def made(lang: str | None) -> Catalog:
    """The catalogue of a language (None: the template) as it should be, from the .po files and the code.

    A key has plural forms where the English text has them; Vietnamese has one form only.
    """
    source, english = own_texts(SOURCE_LANGUAGE), own_texts("en")
    own = {} if lang is None else own_texts(lang)
    where = places(frozenset(source)) if lang is None else {}
    title = "template, made by scripts/messages.py" if lang is None else f"texts in {lang}"
    catalog = Catalog(locale=lang, header_comment=HEADER.format(what=title), fuzzy=False)
    for key in sorted(source):
        plural = len(english.get(key, ("",))) > 1
        count = catalog.num_plurals if lang is not None else 2
        forms = (own.get(key, ()) + ("",) * count)[: count if plural else 1]
        catalog.add(
            (key, key) if plural else key,
            forms if plural else forms[0],
            locations=[(file, None) for file in sorted(where.get(key, ()))],  # type: ignore[list-item]
            auto_comments=[] if lang == SOURCE_LANGUAGE else source[key][0].split("\n"),
        )
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as the bytes of a .po file."""
    out = io.BytesIO()
    write_po(out, catalog, width=110)
    head, blank, body = out.getvalue().decode().partition("\n\n")
    kept = [
        line for line in head.split("\n") if not line.startswith(tuple(f'"{name}:' for name in _LEFT_OUT))
    ]
    return ("\n".join(kept) + blank + body).encode()


def compile_to(file: Path, catalog: Catalog) -> None:
    """Write the catalogue as the program reads it."""
    with file.open("wb") as out:
        write_mo(out, catalog)


def compiled(lang: str) -> dict[str, tuple[str, ...]]:
    """What the program would read. Raises OSError."""
    with mo_file(lang).open("rb") as file:
        return texts(read_mo(file))


def problems() -> list[str]:
    """What is stale, missing, empty or unused, one sentence each."""
    found = []
    keys = {lang: own_texts(lang) for lang in LANGUAGES}
    source = keys[SOURCE_LANGUAGE]
    for lang, known in keys.items():
        found += [f"{lang}: {key} has no text" for key, forms in known.items() if not all(forms)]
        found += [f"{lang}: {key} is missing" for key in source.keys() - known.keys()]
        found += [
            f"{lang}: {key} is not in {SOURCE_LANGUAGE}"
            for key in known.keys() - keys[SOURCE_LANGUAGE].keys()
        ]
        if as_po(made(lang)) != po_file(lang).read_bytes():
            found.append(f"{lang}: kcflow.po is not in its form")
        if compiled(lang) != known:
            found.append(f"{lang}: kcflow.mo is stale")
    where = places(frozenset(source))
    found += [f"nothing asks for {key}" for key, files in where.items() if not files]
    if as_po(made(None)) != TEMPLATE.read_bytes():
        found.append("kcflow.pot is stale")
    return sorted(found)


def refresh() -> None:
    """Write the template, both .po files in their form, and the compiled files."""
    catalogs = {lang: made(lang) for lang in LANGUAGES}
    TEMPLATE.write_bytes(as_po(made(None)))
    for lang, catalog in catalogs.items():
        po_file(lang).write_bytes(as_po(catalog))
        compile_to(mo_file(lang), catalog)


def main(argv: list[str] | None = None) -> int:
    """Refresh, or with --check only look; 1 when something has to be done by hand."""
    parser = argparse.ArgumentParser(prog="python -m scripts.messages")
    parser.add_argument("--check", action="store_true", help="write nothing")
    if not parser.parse_args(argv).check:
        refresh()
    found = problems()
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
