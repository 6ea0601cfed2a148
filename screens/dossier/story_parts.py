"""What the money story of one proposal says: bars of its stages, what is open, and the rows of its lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from kcflow.formats import compact, date_text, dong, percent
from kcflow.i18n import t
from kcflow.labels import AMOUNT
from kcflow.services.money_figures import Share, StageFigure
from kcflow.services.money_views import MoneyEvent, MoneyStory, OtherRow
from screens.dossier.act_parts import paper_text
from screens.dossier.proposal_parts import BAD, DIM, STRONG, WARN, Part, line, lines
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, TableRow

PARTS: Final = ("events", "reports", "related")
"""The lists of the story: movements, monthly reports, and what it belongs to."""
_FULL, _HALF, _LEAST, _REST = "█", "▌", "▏", "░"
_MOST_BAR, _LEAST_BAR = 60, 6


def money_text(amount: int, lang: str, *, exact: bool) -> str:
    """`amount` đồng in full, or in the largest unit that says it exactly."""
    return dong(amount, lang) if exact else compact(amount, lang)


def share_text(share: Share | None, lang: str) -> str:
    """A percentage with the name of its base; "" for none."""
    if share is None:
        return ""
    return t("story.share", lang, percent=percent(share.permille, 1000, lang), base=share.base_label(lang))


# -- bars ------------------------------------------------------------------------------------


def bar(part: int, base: int, scale: int, cells: int) -> tuple[str, str]:
    """What `part` fills, and what its `base` goes on to, of `cells` cells that stand for `scale` đồng."""
    if scale <= 0 or cells <= 0:
        return "", ""
    halves = (max(0, part) * 2 * cells * 2 + scale) // (2 * scale)
    filled = _FULL * (halves // 2) + (_HALF if halves % 2 else "")
    if not filled and part > 0:
        filled = _LEAST
    reach = (max(0, base) * 2 * cells + scale) // (2 * scale)
    return filled, _REST * max(0, reach - len(filled))


def bars(story: MoneyStory, lang: str, width: int, *, exact: bool) -> Content:
    """A line for each stage: name, đồng, a bar over that of its base, and the share of the base."""
    rows = [
        (figure, money_text(figure.recorded, lang, exact=exact), share_text(_shown(figure), lang))
        for figure in story.figures
    ]
    bases = [figure.share.base_dong for figure, *_ in rows if figure.share is not None]
    scale = max([figure.recorded for figure, *_ in rows] + bases, default=0)
    name_cells = max(cell_len(figure.label(lang)) for figure, *_ in rows) + 1
    money_cells = max(cell_len(money) for _, money, _ in rows)
    share_cells = max(cell_len(share) for *_, share in rows)
    cells = min(_MOST_BAR, width - name_cells - money_cells - share_cells - 4)
    said = []
    for figure, money, share in rows:
        base = figure.share.base_dong if figure.share is not None else figure.recorded
        some = figure.recorded > 0
        parts: list[Part] = [
            (_padded(figure.label(lang), name_cells), "" if some else DIM),
            ((money if some else "–").rjust(money_cells), STRONG if some else DIM),
            "  ",
        ]
        if cells >= _LEAST_BAR:
            filled, rest = bar(figure.recorded, base if some else 0, scale, cells)
            parts += [(filled, "$primary"), (rest, DIM), " " * (cells - len(filled) - len(rest)), "  "]
        said.append(line(*parts, (share, DIM)))
    return Content("\n").join(said)


def _shown(figure: StageFigure) -> Share | None:
    """A share of what is there; nothing is no share of anything."""
    return figure.share if figure.recorded else None


def _padded(text: str, cells: int) -> str:
    return text + " " * max(0, cells - cell_len(text))


# -- what is open ----------------------------------------------------------------------------


def open_yet(story: MoneyStory, lang: str, *, exact: bool) -> Hanging:
    """What is left to allocate and to pay, what is due back and until when, and what a reader must know."""

    def money(amount: int) -> str:
        return money_text(amount, lang, exact=exact)

    first: list[Part] = [
        (t("story.left_to_allocate", lang), DIM),
        (f" {money(story.left_to_allocate)}", STRONG),
    ]
    first += [(f"   {t('story.left_to_pay', lang)}", DIM), (f" {money(story.left_to_pay)}", STRONG)]
    if not story.refund_due:
        first.append((f"   {t('story.no_refund', lang)}", DIM))
    said = [line(*first)]
    if story.refund_due:
        amount = money(story.refund_due)
        words = (
            t("story.refund_by", lang, amount=amount, day=date_text(story.refund_by, lang))
            if story.refund_by is not None
            else t("story.refund", lang, amount=amount)
        )
        said.append(line((f"{mark('late')} {words}", f"bold {BAD}")))
    if story.months_missing:
        months = ", ".join(f"{month:%m/%Y}" for month in story.months_missing)
        said.append(line((f"{mark('late')} {t('story.months_missing', lang, months=months)}", WARN)))
    said += [line((f"! {passed(lang)}", WARN)) for passed in story.ceilings]
    return lines(said)


# -- lists -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """A month without a report, as mm/yyyy."""

    month: str


@dataclass(frozen=True)
class Related:
    """A round, a contract, an adjustment, or a ceiling that is passed (which has no code)."""

    kind: str
    code: str
    about: str
    state: str = ""


def columns(part: str, lang: str) -> list[Column]:
    """The columns of a list, as width allows."""

    def label(name: str) -> str:
        return t(f"story.column.{name}", lang)

    if part == "events":
        return [
            Column("on", label("on"), 11),
            Column("act", label("act"), 0, weight=2),
            Column("dong", label("dong"), 16, "right"),
            Column("after", label("after"), 16, "right"),
            Column("part", label("part"), 8, "right"),
            Column("charged", label("charged"), 17, min_terminal_width=100),
            Column("document", label("document"), 0, min_terminal_width=130),
            Column("person", label("person"), 18, min_terminal_width=116),
        ]
    if part == "reports":
        return [
            Column("on", label("on"), 11),
            Column("said", label("said"), 0, weight=3),
            Column("person", label("person"), 0),
        ]
    return [
        Column("kind", label("kind"), 16),
        Column("code", label("code"), 18),
        Column("about", label("about"), 0),
        Column("state", label("state"), 24, min_terminal_width=100),
    ]


def rows(story: MoneyStory, part: str, lang: str, *, exact: bool) -> tuple[TableRow, ...]:
    """The rows of a list in the present language."""
    if part == "events":
        return tuple(_event(event, lang, exact=exact) for event in story.events)
    if part == "reports":
        return tuple(_reports(story, lang))
    return tuple(
        TableRow(f"{at}", (each.kind, each.code or "–", each.about, each.state), "", each)
        for at, each in enumerate(related(story, lang))
    )


def _event(event: MoneyEvent, lang: str, *, exact: bool) -> TableRow:
    part = percent(event.permille, 1000, lang) if event.permille is not None else "–"
    cells = (
        date_text(event.on, lang),
        event.label(lang),
        money_text(event.dong, lang, exact=exact),
        money_text(event.after, lang, exact=exact),
        part,
        event.owner or "–",
        paper_text(event.document, lang) if event.document is not None else "–",
        event.actor_name,
    )
    return TableRow(f"{event.seq}", cells, "", event)


def _reports(story: MoneyStory, lang: str) -> Iterator[TableRow]:
    for month in story.months_missing:
        missing = Missing(f"{month:%m/%Y}")
        words = f"{mark('late')} {t('story.report_missing', lang, month=missing.month)}"
        yield TableRow(f"m{missing.month}", ("–", words, "–"), "warn", missing)
    for report in reversed(story.reports):
        cells = (date_text(report.on, lang), fields_text(report, lang) or "–", report.actor_name)
        yield TableRow(f"{report.seq}", cells, "", report)


def related(story: MoneyStory, lang: str) -> Iterator[Related]:
    """Rounds, contract, adjustments, and the ceilings that it passes."""
    for code in story.rounds:
        yield Related(t("money.one.allocation_round", lang), code, t("story.about_round", lang))
    if story.contract is not None:
        yield Related(t("money.one.contract", lang), story.contract, t("story.about_contract", lang))
    for one in story.adjustments:
        yield Related(t("money.one.adjustment", lang), one.code, _change(one, lang), one.state_label(lang))
    for passed in story.ceilings:
        yield Related(t("story.ceiling", lang), "", passed(lang))


def _change(one: OtherRow, lang: str) -> str:
    return one.change_label(lang) if one.change_label is not None else one.title


def fields_text(event: MoneyEvent, lang: str) -> str:
    """What was entered besides the amount."""
    return " · ".join(f"{name(lang)}: {value(lang)}" for name, value in event.fields)


def strip(payload: object, lang: str) -> Hanging:
    """The row under the cursor in full."""
    if isinstance(payload, MoneyEvent):
        return _event_strip(payload, lang)
    if isinstance(payload, Related):
        parts: list[Part] = [(payload.kind, STRONG), f"  {payload.code}", f"  {payload.about}"]
        return lines([line(*parts, (f"  {payload.state}", DIM))])
    return lines(())


def _event_strip(event: MoneyEvent, lang: str) -> Hanging:
    first: list[Part] = [(event.label(lang), STRONG)]
    if event.kind in AMOUNT:
        first.append(f"  {AMOUNT[event.kind](lang)}: {dong(event.dong, lang)}")
        first.append((f" · {t('story.after', lang, amount=dong(event.after, lang))}", DIM))
        if event.permille is not None:
            share = percent(event.permille, 1000, lang)
            first.append((f" · {t('story.of_contract', lang, percent=share)}", DIM))
    second = [event.actor_name]
    if event.owner is not None:
        second.insert(0, t("proposal.charged_to", lang, codes=event.owner))
    if event.document is not None:
        second.append(f"{event.document.label(lang)} {paper_text(event.document, lang)}".strip())
    said = [line(*first), line((" · ".join(second), DIM))]
    if event.fields:
        said.append(line(fields_text(event, lang)))
    return lines(said)
