"""What the desk benchmark found, as a table of medians and a list of aims with their ratios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Medians = Mapping[str, Mapping[str, float]]
"""By contender and step: seconds; of "memory": bytes."""

STEPS = (
    *("first paint", "first rows", "list of proposals", "cursor down", "page down", "jump to the end"),
    *("jump to the start", "open", "back", "search letter", "search rows"),
)
PAGE_DOWN_MS, SEARCH_MS, MEMORY_MB = 30, 50, 120
FASTER, PAINT, GROWTH = 3.0, 1.2, 1.5


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim: what was measured against what, and whether it was met."""

    text: str
    found: str
    met: bool


def aims(medians: Medians) -> Iterator[Aim]:
    """Every aim of the desk, judged."""
    ours = {name: steps for name, steps in medians.items() if name.startswith("kcflow")}
    table, least = medians["DataTable"], medians["minimal"]
    for name, steps in ours.items():
        ms = {step: value * 1000 for step, value in steps.items()}
        ratio = table["page down"] / steps["page down"]
        yield _most(f"{name}: page down", ms["page down"], PAGE_DOWN_MS, "ms")
        yield Aim(
            f"{name}: page down, times faster than DataTable",
            f"{ratio:.2f} (aim ≥ {FASTER})",
            ratio >= FASTER,
        )
        for step in ("search letter", "search rows"):
            if step in ms:
                yield _most(f"{name}: {step}", ms[step], SEARCH_MS, "ms")
        paint = steps["first paint"] / least["first paint"]
        yield _most(f"{name}: first paint / minimal application", paint, PAINT, "×")
        yield _most(f"{name}: memory", steps["memory"] / 2**20, MEMORY_MB, "MB")
    names = list(ours)
    if len(names) > 1:
        small, large = names[0], names[-1]
        for step in (*STEPS, "memory"):
            if step in ours[small] and step in ours[large]:
                growth = ours[large][step] / ours[small][step]
                yield _most(f"{large} / {small}: {step}", growth, GROWTH, "×")


def _most(text: str, found: float, most: float, unit: str) -> Aim:
    shown = f"{found:.2f} {unit}" if unit == "×" else f"{found:.1f} {unit}"
    return Aim(text, f"{shown} (aim ≤ {most} {unit})", found <= most)


def report(medians: Medians) -> str:
    """The whole text."""
    names = list(medians)
    width = max(12, *(len(name) for name in names))
    lines = ["medians in ms, key written → bytes painted; memory in MB", ""]
    lines.append(f"{'':22}" + "".join(f"{name:>{width + 2}}" for name in names))
    for step in STEPS:
        cells = [f"{medians[name][step] * 1e3:.1f}" if step in medians[name] else "–" for name in names]
        lines.append(f"{step:22}" + "".join(f"{cell:>{width + 2}}" for cell in cells))
    memory = [f"{medians[name]['memory'] / 2**20:.0f}" for name in names]
    lines.append(f"{'memory':22}" + "".join(f"{cell:>{width + 2}}" for cell in memory))
    judged = list(aims(medians))
    longest = max(len(aim.text) for aim in judged)
    lines += ["", f"{'aim':{longest}}  {'found':34}  aim met?"]
    lines += [f"{aim.text:{longest}}  {aim.found:34}  {'yes' if aim.met else 'NO'}" for aim in judged]
    return "\n".join(lines)
