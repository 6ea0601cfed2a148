"""The year's money: recorded here beside published elsewhere, every percentage with its base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from db import sums
from kcflow import reference
from kcflow.formats import compact
from kcflow.money_labels import AREAS, SOURCES
from kcflow.services.context import Context
from kcflow.services.errors import BadInput
from kcflow.services.money.codes import PLAN, ROUND
from kcflow.services.money.figures import area_label, provinces_of
from kcflow.services.money.stages import STAGE, STAGES, share
from kcflow.services.money_figures import BudgetSummary, Share, StageFigure, SummaryGroup, Tie
from kcflow.services.texts import both, error_label
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from db.rows import DossierRow as StoredDossier
    from db.rows_money import FigureRow
    from db.sums import RoundLine, SumLine

GROUPINGS: Final = ("source", "province", "office", "content", "round")
BASES: Final[Mapping[str, tuple[str, ...]]] = {
    "approved": ("planned", "requested"),
    "allocated": ("planned", "approved"),
    "contracted": ("allocated",),
    "advanced": ("contracted", "allocated"),
    "accepted": ("contracted",),
    "settled": ("accepted",),
    "returned": ("advanced",),
}
"""What each stage is a part of: the first that there is."""
RECORDED: Final = tuple(stage for stage in STAGES if stage != "planned")
Amounts = dict[str, int]


# -- reading ---------------------------------------------------------------------------------


class _Year:
    """All that is read for one summary, in one transaction."""

    def __init__(self, context: Context, reader: Reader, plan_year: int) -> None:
        self.context = context
        self.lines = [line for line in sums.by_group(reader, plan_year) if self._sees(line)]
        self.rounds = [line for line in sums.by_round(reader, plan_year) if self._in_scope(line)]
        self.plans = [
            (row, reader.fund(row.code))
            for line in reader.others(PLAN, plan_year=plan_year)
            if (row := reader.dossier(line.code)) is not None and self._own(row)
        ]
        self.round_rows = {
            line.code: row
            for line in reader.others(ROUND, plan_year=plan_year)
            if (row := reader.dossier(line.code)) is not None and self._own(row)
        }
        self.figures = [row for row in reader.figures(plan_year) if row.withdrawn_at is None]

    def _in_scope(self, line: SumLine | RoundLine) -> bool:
        scope = self.context.scope
        return (scope.provinces is None or line.province in scope.provinces) and (
            scope.offices is None or line.unit_office in scope.offices
        )

    def _sees(self, line: SumLine) -> bool:
        return self._in_scope(line) and line.state not in self.context.scope.hide_states

    def _own(self, row: StoredDossier) -> bool:
        from kcflow.services.money.dossiers import may_read

        return may_read(self.context, row)


def _planned(year: _Year, source: str | None, provinces: frozenset[str] | None, area: str) -> Amounts:
    """Đồng planned by source, for the whole country or what its plans give to an area."""
    found: Amounts = defaultdict(int)
    for row, fund in year.plans:
        if fund is None or (source and row.source != source):
            continue
        state = year.context.shared.lifecycle(row.lifecycle).state_by_name[row.state]
        if state.name in ("drafting", "submitted") or state.ending in ("withdrawn", "refused"):
            continue
        if provinces is None or row.province in provinces:
            found[row.source] += fund.ceiling
        elif not row.province:
            found[row.source] += sum(
                line["dong"]
                for line in row.content.get("lines", ())
                if line["area"] == area or line["area"] in provinces
            )
    return found


# -- figures ---------------------------------------------------------------------------------


def _reported(
    figures: Sequence[FigureRow], area: str, source: str
) -> dict[tuple[str, int | None], FigureRow]:
    return {(row.stage, row.round): row for row in figures if row.area == area and row.source == source}


def _figures(
    recorded: Amounts, reported: Mapping[tuple[str, int | None], FigureRow], of: Label
) -> tuple[StageFigure, ...]:
    """Each stage as recorded and as reported, with its part of a base of the same kind of source."""
    found: list[StageFigure] = []
    for stage in STAGES:
        row = reported.get((stage, None))
        figure = StageFigure(
            stage=stage,
            label=STAGE[stage],
            recorded=recorded.get(stage, 0),
            reported=row.dong if row else None,
            reported_basis=row.basis if row else None,
            tolerance=row.unit_dong // 2 if row else 0,
        )
        found.append(replace(figure, share=_share(figure, found, of)))
    return tuple(found)


def _shown(figure: StageFigure) -> int:
    return figure.recorded if figure.reported is None else figure.reported


def _share(figure: StageFigure, before: Iterable[StageFigure], of: Label) -> Share | None:
    bases = {each.stage: each for each in before}
    for base in BASES.get(figure.stage, ()):
        of_them, published = _base(figure, bases[base])
        if of_them > 0:
            label = Label(f"{STAGE[base].vi} {of.vi}", f"{STAGE[base].en}, {of.en}")
            return share(_shown(figure), base, of_them, label, published=published)
    return None


def _base(figure: StageFigure, base: StageFigure) -> tuple[int, bool]:
    """What a figure is a part of, and whether that was published: published figures are parts of published
    ones, what this store holds is a part of what it holds, as far as there is such a base."""
    reported = base.reported
    if reported is not None and (figure.reported is not None or base.recorded <= 0):
        return reported, True
    return base.recorded, False


# -- groups ----------------------------------------------------------------------------------


def _keys(by: str) -> Callable[[SumLine | RoundLine], tuple[str, ...]]:
    if by == "province":
        return lambda line: (line.province,)
    if by == "office":
        return lambda line: (line.unit_office,)
    if by == "content":
        return lambda line: tuple(str(code) for code in range(1, 10) if line.contents >> code & 1) or ("0",)
    return lambda line: (line.source,)


def _name(context: Context, by: str, key: str) -> Label:
    if by == "province":
        return area_label(key)
    if by == "office":
        name = context.shared.office_name(key)
        return Label(name, name)
    if by == "content":
        known = {str(content.code): content.label for content in reference.contents()}
        return known.get(key, both("money.no_content"))
    return SOURCES[key]


def _added(lines: Iterable[SumLine]) -> tuple[Amounts, int]:
    amounts: Amounts = defaultdict(int)
    count = 0
    for line in lines:
        count += line.count
        for stage in RECORDED:
            amounts[stage] += getattr(line, stage)
    return amounts, count


def _groups(
    year: _Year, lines: Sequence[SumLine], by: str, planned: Amounts, area: str
) -> tuple[SummaryGroup, ...]:
    keys = _keys(by)
    sorted_lines: dict[str, list[SumLine]] = defaultdict(list)
    for line in lines:
        for key in keys(line):
            sorted_lines[key].append(line)
    if by == "source":
        for key in ("kcqg", "kcdp"):
            if key in planned or any(row.area == area and row.source == key for row in year.figures):
                sorted_lines.setdefault(key, [])
    found = []
    for key in sorted(sorted_lines, key=lambda key: (key != "kcqg", key)):
        amounts, count = _added(sorted_lines[key])
        if by == "source":
            amounts["planned"] = planned.get(key, 0)
        label = _name(year.context, by, key)
        reported = _reported(year.figures, area, key) if by == "source" else {}
        found.append(SummaryGroup(key, label, _figures(amounts, reported, label), count))
    return tuple(found)


def _rounds(
    year: _Year, lines: Sequence[RoundLine], source: str | None, area: str, groups: Sequence[SummaryGroup]
) -> tuple[SummaryGroup, ...]:
    """Each round: what it gave, as recorded and as published, as a part of its source's plan."""
    given: dict[str, Amounts] = defaultdict(lambda: defaultdict(int))
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        given[line.round]["allocated"] += line.dong
        counts[line.round] += line.count
    numbered: dict[tuple[str, int], str] = {
        (row.source, int(row.content["number"])): code
        for code, row in year.round_rows.items()
        if not row.province and (source is None or row.source == source)
    }
    for row in year.figures:
        if row.round is not None and row.area == area and (source is None or row.source == source):
            numbered.setdefault((row.source, row.round), f"{row.source}-{row.round}")
    by_source = {group.key: group for group in groups}
    found = []
    for (own, number), code in sorted(numbered.items()):
        report = _reported(year.figures, area, own).get(("allocated", number))
        figure = StageFigure(
            "allocated",
            STAGE["allocated"],
            given[code]["allocated"],
            report.dong if report else None,
            report.basis if report else None,
            report.unit_dong // 2 if report else 0,
        )
        base = by_source.get(own)
        if base is not None:
            figure = replace(figure, share=_share(figure, base.figures, base.label))
        label = both("money.round_name", number=number, source=SOURCES[own])
        found.append(SummaryGroup(code, label, (figure,), counts[code]))
    return tuple(found)


# -- what ties -------------------------------------------------------------------------------


def tie(label: Label, total: int, parts: Sequence[int], tolerance: int) -> Tie:
    """Whether `parts` make up `total`: exactly, within what rounding can explain, or not.

    tolerance: half a last printed digit of every figure that takes part (domain: lessons of §9).
    """
    added = sum(parts)
    off = total - added
    verdict = "exact" if off == 0 else "rounding" if abs(off) <= tolerance else "off"
    texts = [
        both(
            f"money.tie_{verdict}",
            what=label,
            total=Label(compact(total, "vi"), compact(total, "en")),
            parts=Label(compact(added, "vi"), compact(added, "en")),
            difference=Label(compact(abs(off), "vi"), compact(abs(off), "en")),
            tolerance=Label(compact(tolerance, "vi"), compact(tolerance, "en")),
        )
    ]
    return Tie(label, total, added, off, tolerance, verdict, texts[0])


def _ties(total: SummaryGroup, groups: Sequence[SummaryGroup], year: _Year, given: int) -> tuple[Tie, ...]:
    found = []
    for index, stage in enumerate(STAGES):
        own = total.figures[index]
        parts = [group.figures[index] for group in groups]
        if own.reported is not None and len(parts) > 1 and all(each.reported is not None for each in parts):
            printed = (own, *parts)
            label = both("money.tie_reported", stage=STAGE[stage])
            values = [each.reported or 0 for each in parts]
            found.append(tie(label, own.reported, values, sum(each.tolerance for each in printed)))
    for row, fund in year.plans:
        lines = row.content.get("lines") or ()
        if fund is not None and lines:
            label = both("money.tie_plan", code=row.code)
            found.append(tie(label, fund.ceiling, [line["dong"] for line in lines], 0))
    allocated = next(each for each in total.figures if each.stage == "allocated").recorded
    if given:
        found.append(tie(both("money.tie_rounds"), given, [allocated], 0))
    return tuple(found)


# -- the summary -----------------------------------------------------------------------------


def _matches(
    line: SumLine | RoundLine, provinces: frozenset[str] | None, source: str | None, content: int | None
) -> bool:
    return (
        (provinces is None or line.province in provinces)
        and (source is None or line.source == source)
        and (content is None or bool(line.contents >> content & 1))
    )


def summary(
    context: Context, plan_year: int, area: str, source: str | None, content: int | None, by: str
) -> BudgetSummary:
    """The year's money for an area, source or content (`Money.summary`). Raises `BadInput`."""
    if by not in GROUPINGS:
        raise BadInput("figure_choice", error_label("figure_choice", value=by, known=", ".join(GROUPINGS)))
    if source is not None and source not in ("kcqg", "kcdp"):
        raise BadInput("figure_choice", error_label("figure_choice", value=source, known="kcqg, kcdp"))
    provinces = provinces_of(area)
    with context.store.read() as reader:
        year = _Year(context, reader, plan_year)
    lines = [line for line in year.lines if _matches(line, provinces, source, content)]
    rounds = [line for line in year.rounds if _matches(line, provinces, source, content)]
    planned = _planned(year, source, provinces, area) if content is None else {}
    if content is not None:
        year.figures = []
    amounts, count = _added(lines)
    amounts["planned"] = sum(planned.values())
    label = SOURCES[source or "total"]
    whole = SummaryGroup(
        "total", label, _figures(amounts, _reported(year.figures, area, source or "total"), label), count
    )
    sources = _groups(year, lines, "source", planned, area)
    if source is None:
        sources = tuple(_of_total(group, whole) for group in sources)
    by_round = _rounds(year, rounds, source, area, sources)
    groups = by_round if by == "round" else sources if by == "source" else _groups(year, lines, by, {}, area)
    return BudgetSummary(
        plan_year=plan_year,
        area=area,
        area_label=area_label(area),
        source=source,
        content=content,
        total=whole,
        groups=groups,
        rounds=by_round,
        ties=_ties(whole, sources if source is None else (), year, sum(line.dong for line in rounds)),
        notes=_notes(year, area, by, provinces),
    )


def _of_total(group: SummaryGroup, whole: SummaryGroup) -> SummaryGroup:
    """A source's plan as a part of the plan of both."""
    own, both_ = group.figures[0], whole.figures[0]
    base = _shown(both_)
    if base <= 0 or _shown(own) <= 0:
        return group
    label = Label(f"{STAGE['planned'].vi} {whole.label.vi}", f"{STAGE['planned'].en}, {whole.label.en}")
    published = both_.reported is not None
    own = replace(own, share=share(_shown(own), "planned_total", base, label, published=published))
    return replace(group, figures=(own, *group.figures[1:]))


def _notes(year: _Year, area: str, by: str, provinces: frozenset[str] | None) -> tuple[Label, ...]:
    notes = [both("money.note_shares")]
    if any(row.area == area for row in year.figures):
        notes.append(both("money.note_reported"))
    if area in AREAS and provinces is not None:
        old = sum(key.startswith("63:") for key in provinces)
        notes.append(both("money.note_area", area=AREAS[area], size=old))
    if by == "content":
        notes.append(both("money.note_contents"))
    national = [row for row, _ in year.plans if row.source == "kcqg" and not row.content.get("lines")]
    if provinces is not None and national:
        notes.append(both("money.note_undivided", code=national[0].code))
    return tuple(notes)
