"""What a board says of its plan, round, contract or adjustment, as `Content`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual.content import Content

from kcflow import reference
from kcflow.formats import date_text, dong
from kcflow.i18n import t
from kcflow.labels import AMOUNT, ROLE, SOURCE
from kcflow.services.money_views import Board, Candidate, Line, OtherRow
from kcflow.services.views import PhaseStatus
from screens.dossier import proposal_parts as parts
from screens.money import rows
from screens.money.codes import ADJUSTMENT, CONTRACT, PLAN, ROUND
from screens.widgets.hanging import Hanging
from screens.widgets.stage_bar import StagePhase
from states.model import Lifecycle

FUND = ("approved", "allocated", "contracted", "advanced", "accepted", "settled", "returned")


def head(board: Board) -> Content:
    """Code and title."""
    return parts.line((board.row.code, "bold $accent"), "  ", (board.row.title, parts.STRONG))


def under_head(board: Board, lang: str) -> Content:
    """Kind, source, year, area, office, what it belongs to."""
    row = board.row
    found = [
        t(f"money.one.{row.kind}", lang),
        f"{SOURCE[row.source](lang) if row.source in SOURCE else row.source} {row.plan_year}",
        row.area_name(lang),
        row.office_name,
        row.plan or row.subject or "",
    ]
    return parts.line((" · ".join(each for each in found if each), parts.DIM))


def stages(board: Board, lifecycle: Lifecycle, lang: str) -> tuple[StagePhase, ...]:
    """Its phases for the stage bar, with the day on which each was entered last."""
    order = [phase.name for phase in lifecycle.phases]
    here = lifecycle.state_by_name[board.row.state].phase
    since = {
        lifecycle.state_by_name[row.to_state].phase: row.on
        for row in sorted(board.timeline, key=lambda row: row.seq)
        if row.to_state != row.from_state and row.to_state in lifecycle.state_by_name
    }
    found = []
    for at, phase in enumerate(lifecycle.phases):
        status: PhaseStatus = "done" if at < order.index(here) else "ahead"
        if phase.name == here:
            ending = board.row.ending
            status = "done" if ending == "completed" else "ended" if ending else "current"
        day = since.get(phase.name) if status != "ahead" else None
        found.append(StagePhase(phase.label(lang), status, date_text(day, lang) if day else ""))
    return tuple(found)


def money_line(board: Board, lang: str, width: int) -> Content:
    """Ceiling, what the lines take, what is left or over by how much; what the plan above has left.

    width: cells of a line; a part that finds no room begins another line.
    """
    row = board.row
    if row.fund is None:
        return Content("")
    if row.kind == CONTRACT and board.decided:
        return _filled(_signed(row, lang), width)
    name = "money.limit" if row.kind == CONTRACT else f"money.ceiling.{row.kind}"
    found = [parts.line((t(name, lang), parts.DIM), (f" {dong(row.fund.ceiling, lang)}", parts.STRONG))]
    key = "money.decided_total" if board.decided else "money.listed"
    found.append(parts.line(t(key, lang, n=row.items, amount=dong(board.total, lang))))
    if board.left is not None:
        sign, style = ("✗", parts.BAD) if board.left < 0 else ("●", parts.GOOD)
        words = t("money.over" if board.left < 0 else "money.left", lang, amount=dong(abs(board.left), lang))
        found.append(parts.line((f"{sign} {words}", f"bold {style}")))
    if board.plan_left is not None:
        over = board.plan_left < 0
        key = "money.plan_over" if over else "money.plan_left"
        words = t(key, lang, amount=dong(abs(board.plan_left), lang))
        found.append(parts.line((words, f"bold {parts.BAD}" if over else parts.DIM)))
    return _filled(found, width)


def _signed(row: OtherRow, lang: str) -> list[Content]:
    """What a contract was signed for, what was paid of it and what is still to be paid."""
    value, paid, rest = row.value or 0, row.given or 0, row.left or 0
    style = parts.BAD if rest < 0 else parts.GOOD
    mark, key = ("✗", "money.paid_over") if rest < 0 else ("●", "money.to_pay")
    return [
        parts.line((t("money.ceiling.contract", lang), parts.DIM), (f" {dong(value, lang)}", parts.STRONG)),
        parts.line(t("money.paid", lang, n=row.items, amount=dong(paid, lang))),
        parts.line((f"{mark} {t(key, lang, amount=dong(abs(rest), lang))}", f"bold {style}")),
    ]


def _filled(found: Iterable[Content], width: int) -> Content:
    """The parts in as few lines of `width` cells as they need, none broken that fits one."""
    lines: list[Content] = []
    for part in found:
        if lines and lines[-1].cell_length + 2 + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], "  ", part)
        else:
            lines.append(part)
    return Content("\n").join(lines)


def whereabouts(board: Board, lang: str, clock: Iterable[Content] = ()) -> Hanging:
    """State, for whom it waits, until when and why; what was done about its time."""
    row = board.row
    style = {"bad": parts.BAD, "warn": parts.WARN, "good": parts.GOOD, "dim": parts.DIM}.get(
        rows.tone(row), "$primary"
    )
    said = [parts.line((rows.state_text(row, lang), f"bold {style}"))]
    if not row.ending:
        since = t("money.since", lang, on=date_text(row.entered_on, lang))
        said.append(
            parts.line(
                (t("proposal.waits_for", lang), parts.DIM),
                (row.waits_for_label(lang), parts.STRONG),
                (f" · {since}", parts.DIM),
            )
        )
        said += parts.due_lines(board.due, row.days_left, lang, derived=False)
    said += clock
    said += [parts.line((f"! {note(lang)}", parts.WARN)) for note in board.notes]
    return parts.lines(said)


def derivation(board: Board, lang: str) -> Hanging:
    """How the date of the deadline came about, line by line."""
    steps = board.due.derivation if board.due is not None and not board.row.ending else ()
    return parts.lines(parts.line((step(lang), parts.DIM)) for step in steps)


def facts(board: Board, lang: str) -> Hanging:
    """What was entered, what its fund has moved, and an adjustment's before and after."""
    row, content = board.row, board.content
    said: list[Content] = []
    if row.kind == ADJUSTMENT:
        said.append(_fact("money.change", row.change_label(lang) if row.change_label else "", lang))
        level = ROLE.get(str(content.get("decides")))
        if level is not None:
            said.append(parts.line((t("money.decides", lang, who=level(lang)), parts.STRONG)))
        said.append(_fact("money.basis", str(content.get("basis") or ""), lang))
        said.append(_fact("money.reason", str(content.get("reason") or ""), lang))
        for label, before, after in board.before:
            said.append(
                parts.line(
                    (f"{label(lang)}: ", parts.DIM),
                    before(lang) or "—",
                    (" → ", "$accent"),
                    (after(lang) or "—", parts.STRONG),
                )
            )
    if row.kind == ROUND:
        names = {each.code: each.label(lang) for each in reference.contents()}
        covered = "; ".join(names.get(code, str(code)) for code in row.contents)
        said.append(_fact("money.covers", covered or t("money.covers_all", lang), lang))
    if row.kind == CONTRACT:
        named = zip(("party_a", "party_b"), board.parties, strict=False)
        said += [_fact(f"money.{name}", party, lang) for name, party in named]
    if row.kind == PLAN:
        for area, amount in division(content):
            said.append(parts.line((f"{area}: ", parts.DIM), dong(amount, lang)))
        said.append(_fact("money.basis", str(content.get("basis") or ""), lang))
    said.append(_fact("money.note", str(content.get("note") or ""), lang))
    said += _fund(board, lang)
    return parts.lines(line for line in said if line.plain)


def division(content: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(place, đồng) of a plan that is divided."""
    return [(_area(str(part["area"])), int(part["dong"])) for part in content.get("lines") or ()]


def _area(key: str) -> str:
    try:
        return reference.province(key).name
    except reference.UnknownProvince:
        return key


def _fact(key: str, text: str, lang: str) -> Content:
    if not text.strip():
        return Content("")
    return parts.line((f"{t(key, lang)}: ", parts.DIM), text.replace("\n", "; "))


def _fund(board: Board, lang: str) -> Iterable[Content]:
    """What was charged to it, kind by kind."""
    fund = board.row.fund
    if fund is None:
        return
    for name in FUND:
        amount = getattr(fund, name)
        if amount:
            yield parts.line((f"{AMOUNT[name](lang)}: ", parts.DIM), dong(amount, lang))


def line_problems(line: Line | None, lang: str) -> Hanging:
    """Every problem of the line under the cursor; its note."""
    if line is None:
        return parts.lines(())
    said = [parts.line((line.code, "bold $accent"), "  ", line.title)]
    money = t(
        "money.line",
        lang,
        requested=dong(line.requested, lang),
        approved=dong(line.approved, lang) if line.approved is not None else "–",
        allocated=dong(line.allocated, lang),
        given=dong(line.dong, lang),
    )
    said.append(parts.line((money, parts.DIM)))
    said += [parts.line(("✗ ", parts.BAD), reason.text(lang)) for reason in line.problems]
    if line.note:
        said.append(parts.line((f"{t('money.note', lang)}: ", parts.DIM), line.note))
    return parts.lines(said)


def candidate_problems(found: Candidate, lang: str) -> Hanging:
    """What a candidate has left, and everything that it lacks."""
    said = [parts.line((found.code, "bold $accent"), "  ", found.title)]
    money = t(
        "money.candidate",
        lang,
        requested=dong(found.requested, lang),
        approved=dong(found.approved, lang) if found.approved is not None else "–",
        allocated=dong(found.allocated, lang),
        rest=dong(found.left, lang),
    )
    said.append(parts.line((f"{found.state_label(lang)} · {money}", parts.DIM)))
    if found.elsewhere is not None:
        said.append(parts.line(("! ", parts.WARN), t("money.elsewhere", lang, code=found.elsewhere)))
    said += [parts.line(("✗ ", parts.BAD), reason.text(lang)) for reason in found.problems]
    return parts.lines(said)
