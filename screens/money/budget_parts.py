"""What the year's money says: the cells of its grid, the cell under the cursor in full, and what ties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from kcflow.formats import UNITS, compact, count_text, dong, percent
from kcflow.i18n import t
from kcflow.money_labels import AREAS
from kcflow.services.money_figures import BudgetSummary, StageFigure, SummaryGroup, Tie
from kcflow.services.money_views import STAGES
from kcflow.services.views import ListFilter
from screens.dossier.proposal_parts import BAD, DIM, GOOD, STRONG, WARN, Part, line, lines
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark

GROUPINGS: Final = ("source", "province", "office", "content", "round")
SOURCES: Final = (None, "kcqg", "kcdp")
REGIONS: Final = ("vn", "north", "central", "south")
"""Areas that a key goes through; single provinces are chosen by name."""
VERDICTS: Final = {"exact": ("✓", GOOD), "rounding": ("≈", WARN), "off": ("✗", BAD)}
_HUNDREDTH: Final = UNITS["ty"] // 100


@dataclass(frozen=True)
class Wanted:
    """What is summed up: the year, and of it what; by: what makes a group."""

    plan_year: int
    area: str = "vn"
    source: str | None = None
    content: int | None = None
    by: str = "source"


@dataclass(frozen=True)
class Row:
    """A line of the grid: a group as recorded, or what others published of it. kind: total, group, round."""

    kind: str
    group: SummaryGroup
    published: bool = False

    def figure(self, stage: str) -> StageFigure | None:
        """The figure of a stage; None where this group has none."""
        return next((each for each in self.group.figures if each.stage == stage), None)


def grid(found: BudgetSummary) -> tuple[Row, ...]:
    """The total, the groups, the rounds; under each what others published of it."""
    rounds = () if found.groups == found.rounds else found.rounds
    shown = [("total", found.total), *(("group", each) for each in found.groups)]
    shown += [("round", each) for each in rounds]
    rows: list[Row] = []
    for kind, group in shown:
        rows.append(Row(kind, group))
        if any(figure.reported is not None for figure in group.figures):
            rows.append(Row(kind, group, published=True))
    return tuple(rows)


def in_ty(amount: int, lang: str) -> str:
    """`amount` đồng in tỷ with two decimals, rounded half up: "13,02"; what is less than that is "<0,01"."""
    point = "," if lang == "vi" else "."
    hundredths = (2 * abs(amount) + _HUNDREDTH) // (2 * _HUNDREDTH)
    if not hundredths and amount:
        return f"<0{point}01"
    sign = "−" if amount < 0 else ""
    return f"{sign}{count_text(hundredths // 100, lang)}{point}{hundredths % 100:02}"


def cell(row: Row, stage: str, lang: str, *, exact: bool) -> str:
    """The words of a cell: "–" for nothing recorded, "" for nothing published."""
    figure = row.figure(stage)
    amount = None if figure is None else figure.reported if row.published else figure.recorded
    if amount is None:
        return ""
    if not amount and not row.published:
        return "–"
    return count_text(amount, lang) if exact else in_ty(amount, lang)


def name(row: Row, lang: str) -> str:
    """What a line is called."""
    return f"  {t('budget.published', lang)}" if row.published else row.group.label(lang)


def stage_label(found: BudgetSummary, stage: str, lang: str) -> str:
    """The name of a stage."""
    return next(each.label(lang) for each in found.total.figures if each.stage == stage)


# -- the cell under the cursor ---------------------------------------------------------------


def cell_text(row: Row, stage: str, label: str, lang: str) -> Hanging:
    """Recorded and published to the đồng, with source, and the share of its named base."""
    figure = row.figure(stage)
    head: list[Part] = [(row.group.label(lang), STRONG), (f" · {label}", STRONG)]
    if row.group.proposals:
        head.append((f"   {t('budget.proposals', lang, count=row.group.proposals)}", DIM))
    if figure is None:
        return lines([line(*head), line((t("budget.no_figure", lang), DIM))])
    said = [line(*head, f"   {t('budget.recorded', lang, amount=dong(figure.recorded, lang))}")]
    if figure.share is not None and (figure.recorded or figure.reported):
        share = figure.share
        words = t(
            "budget.share_of",
            lang,
            percent=percent(share.permille, 1000, lang),
            base=share.base_label(lang),
            amount=dong(share.base_dong, lang)
            + (f" ({t('budget.published', lang).lower()})" if share.published else ""),
        )
        said.append(line((words, STRONG)))
    if figure.reported is not None:
        amount, around = dong(figure.reported, lang), compact(figure.tolerance, lang)
        said.append(
            line(
                (t("budget.reported", lang, amount=amount, around=around), "$accent"),
                (f" · {figure.reported_basis}" if figure.reported_basis else "", DIM),
            )
        )
    return lines(said)


# -- what ties, what a reader must know ------------------------------------------------------


def ties(found: BudgetSummary, lang: str) -> Hanging:
    """Every total with its parts, as a sentence with its mark; then the notes and who published what."""
    said = [_tie(each, lang) for each in found.ties]
    said += [line((f"· {note(lang)}", DIM)) for note in found.notes]
    said += [line((f"· {t('budget.published_by', lang, basis=basis)}", DIM)) for basis in _bases(found)]
    return lines(said)


def _tie(tie: Tie, lang: str) -> Content:
    sign, style = VERDICTS[tie.verdict]
    return line((f"{sign} ", f"bold {style}"), tie.sentence(lang))


def _bases(found: BudgetSummary) -> Iterator[str]:
    groups = (found.total, *found.groups, *found.rounds)
    yield from sorted({f.reported_basis for each in groups for f in each.figures if f.reported_basis})


def head(
    wanted: Wanted, found: BudgetSummary | None, area: str, content: str, lang: str, *, exact: bool
) -> Hanging:
    """Year and area; of which source and content, grouped by what, in which unit."""
    title = t("budget.summary", lang, area=area, year=str(wanted.plan_year))
    source = t(f"budget.source.{wanted.source or 'all'}", lang)
    second: list[Part] = []
    for key, value in (
        ("source", source),
        ("content", content or t("budget.all_contents", lang)),
        ("by", t(f"budget.by.{wanted.by}", lang)),
    ):
        second += [(f"{t(f'budget.head.{key}', lang)} ", DIM), (value, "$accent bold"), "   "]
    second.append((t("budget.unit_dong" if exact else "budget.unit_ty", lang), DIM))
    count = found.total.proposals if found is not None else 0
    counted = f"   {t('budget.proposals', lang, count=count)}" if found is not None else ""
    off = [tie for tie in found.ties if tie.verdict == "off"] if found is not None else []
    first: list[Part] = [(title, "bold $primary"), (counted, DIM)]
    if off:
        first.append((f"   {mark('late')} {t('budget.off', lang, count=len(off))}", f"bold {BAD}"))
    return lines([line(*first), line(*second)])


# -- the list behind a group -----------------------------------------------------------------


def behind(row: Row, wanted: Wanted) -> ListFilter | None:
    """The proposals that a line sums up; None where a list can't be told so (no content, a round)."""
    by, key = wanted.by, row.group.key
    if row.kind == "round" or (row.kind == "group" and by == "round"):
        return None
    group = row.kind == "group"
    if group and by == "content" and key == "0":
        return None
    contents = (wanted.content,) if wanted.content is not None else ()
    source = wanted.source
    provinces, regions, offices = _place(wanted.area)
    if group and by == "source":
        source = key
    elif group and by == "province":
        provinces, regions = (key,), ()
    elif group and by == "office":
        offices = (key,)
    elif group and by == "content":
        contents = (int(key),)
    return ListFilter(
        source=source,
        plan_year=wanted.plan_year,
        provinces=provinces,
        regions=regions,
        offices=offices,
        contents=contents,
    )


def _place(area: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """An area as provinces, regions and offices of a list's filter."""
    if area == "vn":
        return (), (), ()
    if area in AREAS:
        return (), (AREAS[area].vi,), ()
    return (area,), (), ()


__all__ = ["STAGES", "Row", "Wanted", "behind", "cell", "cell_text", "grid", "head", "name", "ties"]
