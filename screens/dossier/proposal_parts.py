"""What the proposal screen says, as `Content`: every text of people is made visible, nothing is markup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from textual.content import Content

from kcflow.formats import compact, date_text, percent
from kcflow.i18n import t
from kcflow.labels import DEADLINE_KIND, SOURCE
from kcflow.services.views import DossierCard, DossierRow, DueView, MoneyView
from kcflow.text import visible
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark

DIM, GOOD, WARN, BAD, STRONG = "$text-muted", "$success", "$warning", "$error", "bold"
Part = Content | tuple[str, str] | str
_MARK_STYLE = {"late": BAD, "near": WARN, "returned": WARN, "completed": GOOD, "ended": DIM}
_MARK_NAME = {"completed": "done", "ended": "stopped", "none": "current", "ok": "current"}


def line(*parts: Part) -> Content:
    """Join parts, each a text or (text, style), all made visible."""
    return Content.assemble(
        *(
            part
            if isinstance(part, Content)
            else (visible(part[0]), part[1])
            if isinstance(part, tuple)
            else visible(part)
            for part in parts
        )
    )


def lines(parts: Iterable[Content]) -> Hanging:
    """Put lines under each other; each keeps its indent where it is broken."""
    return Hanging(parts)


def state_mark(row: DossierRow) -> tuple[str, str]:
    """(mark, style) of where a proposal stands."""
    return mark(_MARK_NAME.get(row.mark, row.mark)), _MARK_STYLE.get(row.mark, "$primary")


# -- head and whereabouts --------------------------------------------------------------------


def head(card: DossierCard) -> Content:
    """Code and title."""
    return line((card.row.code, "bold $accent"), "  ", (card.row.title, STRONG))


def under_head(card: DossierCard, lang: str) -> Content:
    """Source, year, place, version: what it is a part of."""
    row = card.row
    parts = (
        f"{SOURCE[row.source](lang) if row.source in SOURCE else row.source} {row.plan_year}",
        row.province_name,
        row.region_label(lang),
        t("proposal.version", lang, version=row.version),
    )
    return line((" · ".join(part for part in parts if part), DIM))


def whereabouts(card: DossierCard, lang: str, clock: Iterable[Content] = ()) -> Hanging:
    """The state, who holds the file and since when, until when and why; what was done about its time."""
    row = card.row
    sign, style = state_mark(row)
    held = t("proposal.held", lang, days=card.days_in_state, working=card.working_days_in_state)
    since = t("proposal.since", lang, on=date_text(row.entered_on, lang), held=held)
    said = [line((f"{sign} ", style), (row.state_label(lang), STRONG))]
    if row.ending:
        said.append(line((since, DIM)))
    else:
        holder = (row.waits_for_label(lang), STRONG)
        said.append(
            line((t("proposal.waits_for", lang), DIM), holder, (f" · {since[:1].lower()}{since[1:]}", DIM))
        )
        said += due_lines(card.due, row.days_left, lang, derived=False)
    said += clock
    if card.return_to_label is not None:
        said.append(line((t("proposal.return_to", lang, state=card.return_to_label(lang)), WARN)))
    said += [line((f"! {warning(lang)}", WARN)) for warning in card.warnings]
    return lines(said)


def derivation(card: DossierCard, lang: str) -> Hanging:
    """How the date of the deadline came about, line by line; empty without one."""
    return lines(line((step, DIM)) for step in _steps(card.due, lang))


def _steps(due: DueView | None, lang: str) -> list[str]:
    """The derivation; a last line that only says date and basis again is left out, they stand above it."""
    steps = [step(lang) for step in due.derivation] if due is not None else []
    if due is not None and len(steps) > 1 and due.basis in steps[-1] and date_text(due.on, lang) in steps[-1]:
        steps.pop()
    return steps


def due_lines(
    due: DueView | None, days_left: int | None, lang: str, *, derived: bool = True
) -> list[Content]:
    """The deadline, its kind and basis, and (`derived`) how the date came about."""
    if due is None:
        return [line((t("proposal.no_due", lang), DIM))]
    first: list[Part] = [(t("proposal.due", lang), DIM), (date_text(due.on, lang), STRONG)]
    if days_left is not None:
        key, style = ("late", BAD) if days_left < 0 else ("left", GOOD if days_left > 5 else WARN)
        sign = f"{mark('late')} " if days_left < 0 else f"{mark('near')} " if days_left <= 5 else ""
        left = t(
            "proposal.days_none" if days_left == 0 else f"proposal.days_{key}", lang, days=abs(days_left)
        )
        first.append((f"  {sign}{left}", style))
    first.append((f" · {DEADLINE_KIND[due.kind](lang)}: {basis_text(due.basis, lang)}", DIM))
    said = [line(*first)]
    if derived:
        said += [line((f"  {step}", DIM)) for step in _steps(due, lang)]
    return said


# -- money -----------------------------------------------------------------------------------


_STEPS = frozenset({"approved", "allocated", "contracted", "advanced", "accepted", "settled"})
"""Amounts that come one after the other."""


def money(view: MoneyView, lang: str) -> Hanging:
    """Every amount, and of which base it is which part; what hasn't come yet stands in one line."""
    paid_of = "of_contracted" if view.contracted else "of_allocated"
    rows: list[tuple[str, int | None, int, str]] = [
        ("total", view.total, 0, ""),
        ("requested", view.requested, view.total, "of_total"),
        ("counterpart", view.counterpart, view.total, "of_total"),
        ("other", view.other, view.total, "of_total"),
        ("approved", view.approved, view.requested, "of_requested"),
        ("allocated", view.allocated, view.approved or 0, "of_approved"),
        ("contracted", view.contracted, view.allocated, "of_allocated"),
        ("advanced", view.advanced, view.contracted or view.allocated, paid_of),
        ("accepted", view.accepted, view.contracted, "of_contracted"),
        ("settled", view.settled, view.accepted, "of_accepted"),
        ("returned", view.returned, view.advanced, "of_advanced"),
    ]
    said, open_yet = [], []
    for name, amount, base, base_key in rows:
        if not amount and name in ("counterpart", "other", "returned"):
            continue
        if not amount and name in _STEPS:
            open_yet.append(t(f"proposal.money.{name}", lang))
            continue
        indent = "  " if name in ("requested", "counterpart", "other") else ""
        label = (indent + t(f"proposal.money.{name}", lang)).ljust(18)
        share = (
            f"  {percent(amount, base, lang)} {t(f'proposal.money.{base_key}', lang)}"
            if base and amount
            else ""
        )
        said.append(line((label, DIM), (compact(amount or 0, lang).rjust(14), STRONG), (share, DIM)))
        if name == "allocated" and view.rounds:
            rounds = "; ".join(
                t("proposal.money.round", lang, round=number, amount=compact(part, lang))
                for number, part in view.rounds
            )
            said.append(line((f"  {rounds}", DIM)))
    if open_yet:
        said.append(line((t("proposal.money.open", lang, names=", ".join(open_yet)), DIM)))
    return lines(said)


# -- parties, facts --------------------------------------------------------------------------

_SHOWN_ELSEWHERE = frozenset(
    {"total", "requested", "counterpart", "other", "source", "plan_year", "province", "unit_office"}
    | {"beneficiaries", "coordinating", "partner_provinces", "starts_on", "ends_on"}
)
_HEAD_CELLS = 100


def parties(card: DossierCard, lang: str) -> Hanging:
    """Who carries it out, for whom, with whom, where."""
    texts = {name: text(lang) for name, _, text in card.fields}
    places = "; ".join(part for part in (card.row.province_name, texts.get("partner_provinces", "")) if part)
    rows = (
        ("unit", card.row.unit_name),
        ("beneficiaries", texts.get("beneficiaries", "")),
        ("coordinating", texts.get("coordinating", "")),
        ("province", places),
    )
    return lines(
        line((t(f"proposal.party.{name}", lang), DIM), _flat(text)) for name, text in rows if text.strip()
    )


def facts(card: DossierCard, lang: str) -> Hanging:
    """The fields of Mẫu 2 that hold something and stand nowhere else on the screen."""
    shown = [
        (label(lang), text(lang))
        for name, label, text in card.fields
        if name not in _SHOWN_ELSEWHERE
        and text(lang).strip()
        and (name != "title" or len(text(lang)) > _HEAD_CELLS)
    ]
    days = [_day(card, name, lang) for name in ("starts_on", "ends_on")]
    if any(days):
        shown.insert(0, (t("proposal.time", lang), " – ".join(day or "…" for day in days)))
    return lines(line((f"{label}: ", DIM), _flat(text)) for label, text in shown)


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "; ")


def _day(card: DossierCard, name: str, lang: str) -> str:
    value = card.content.get(name)
    return date_text(date.fromisoformat(value), lang) if isinstance(value, str) and value else ""
