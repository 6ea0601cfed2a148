"""Boards and money stories as workbooks: the annex of a decision (NĐ 30/2020), a proposal's movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kcflow import reference
from kcflow.formats import date_text
from kcflow.services.context import Context
from kcflow.services.money.codes import CONTRACT, KINDS, PLAN, ROUND
from kcflow.services.money.dossiers import may_read
from kcflow.services.money.lines import mover_of
from kcflow.services.money.others import area_name, board
from kcflow.services.money_views import Board, Line, MoneyEvent, MoneyStory
from kcflow.services.sheets import Book, Column, Worksheet, save, table, target_of

MILLION: Final = 1_000_000


def _million(amount: int) -> Decimal:
    return Decimal(amount) / MILLION


# -- a plan, a round, a contract -------------------------------------------------------------


def _decision(context: Context, found: Board) -> str:
    """ "số 12/QĐ-BCT ngày 20/02/2024" of the decision over the list; "" while there is none."""
    mover = mover_of(context.shared.lifecycle(found.row.lifecycle))
    for entry in reversed(found.timeline):
        document = entry.document
        if mover is not None and entry.action == mover.name and document is not None and document.number:
            return f"{document.number}|{document.date.isoformat() if document.date else ''}"
    return ""


def _columns(book: Book, found: Board) -> list[Column]:
    say = book.say
    names = {content.code: content.label(book.lang) for content in reference.contents()}
    order = {line.code: number for number, line in enumerate(found.lines, start=1)}

    def contents(line: Line) -> str:
        return "; ".join(f"{code}. {names[code]}" if code in names else str(code) for code in line.contents)

    columns = [
        Column(say("ordinal"), 6, lambda line: order[line.code], right=True),
        Column(say("code"), 15, lambda line: line.code),
        Column(say("title"), 48, lambda line: line.title),
        Column(say("unit"), 30, lambda line: line.unit_name),
        Column(say("province"), 16, lambda line: line.province_name),
        Column(say("contents"), 30, contents),
        Column(say("dong"), 19, lambda line: line.dong, right=True),
        Column(say("trieu"), 14, lambda line: _million(line.dong), right=True),
    ]
    if found.row.kind == ROUND:
        columns.append(Column(say("round"), 7, lambda _: found.row.number, right=True))
    columns.append(Column(say("note"), 24, lambda line: line.note))
    return columns


def _board(context: Context, found: Board, lang: str) -> bytes:
    row = found.row
    book = Book(lang, row.title, context.shared.now())
    sheet = book.sheet(row.code)
    columns = _columns(book, found)
    last = len(columns) - 1
    centred: dict[str, object] = {"align": "center", "bold": True}
    number, _, day = _decision(context, found).partition("|")
    if number:
        when = date_text(date.fromisoformat(day), lang) if day else "…"
        under = book.say("decision", number=number, date=when)
    else:
        under = book.say("draft", state=row.state_label(lang))
    heads: list[tuple[str, dict[str, object]]] = [
        (row.office_name, {"bold": True}),
        (book.say(f"heading_{row.kind}"), {**centred, "font_size": 14}),
        (f"{row.title} ({row.code})", centred),
        (under, {"align": "center", "italic": True}),
    ]
    for top, (text, options) in enumerate(heads):
        sheet.merge_range(top, 0, top, last, "", book.style(**options))
        book.put(sheet, top, 0, text, **options)
    after = table(book, sheet, 5, columns, found.lines)
    sheet.repeat_rows(5)
    sheet.freeze_panes(6, 0)
    _total(book, sheet, after, columns, sum(line.dong for line in found.lines))
    after += 2
    for label, amount in _facts(book, found):
        if amount is not None:
            book.put(sheet, after, 2, label)
            book.put(sheet, after, 6, amount)
            after += 1
    if row.kind == PLAN and found.content.get("lines"):
        _division(book, found, context)
    return book.data()


def _facts(book: Book, found: Board) -> list[tuple[str, int | None]]:
    """What is said under the list: the ceiling and what is left of it; of a signed contract what was paid."""
    row = found.row
    if row.kind == CONTRACT and found.decided:
        left = None if row.left is None else max(0, row.left)
        return [
            (book.say("value"), row.value),
            (book.say("paid"), row.given),
            (book.say("left_to_pay"), left),
        ]
    ceiling = row.fund.ceiling if row.fund else None
    return [
        (book.say("limit" if row.kind == CONTRACT else "ceiling"), ceiling),
        (book.say("left"), found.left),
    ]


def _total(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], total: int) -> None:
    for index in range(len(columns)):
        book.put(sheet, row, index, None, border=1, bold=True)
    book.put(sheet, row, 2, book.say("sum"), border=1, bold=True)
    book.put(sheet, row, 6, total, border=1, bold=True, align="right")
    book.put(sheet, row, 7, _million(total), border=1, bold=True, align="right")


def _division(book: Book, found: Board, context: Context) -> None:
    """How a plan's total is divided by province, office or region."""
    parts = found.content["lines"]
    assert isinstance(parts, list)  # noqa: S101 - as plans write it
    sheet = book.sheet(book.say("division"))
    keys = {province.key for province in reference.provinces()}

    def place(part: dict[str, Any]) -> str:
        area = str(part["area"])
        if area in keys:
            return area_name(area)(book.lang)
        return (
            context.shared.office_name(area) if area in context.shared.offices else book.say(f"region_{area}")
        )

    columns = [
        Column(book.say("area"), 48, place),
        Column(book.say("dong"), 20, lambda part: part["dong"], right=True),
        Column(book.say("trieu"), 16, lambda part: _million(part["dong"]), right=True),
    ]
    after = table(book, sheet, 0, columns, parts)
    total = sum(part["dong"] for part in parts)
    for index, value in enumerate((book.say("sum"), total, _million(total))):
        book.put(sheet, after, index, value, border=1, bold=True)
    for number, note in enumerate(found.notes, start=1):
        book.put(sheet, after + number, 0, note(book.lang), italic=True)


# -- a proposal's money story ----------------------------------------------------------------


def _event_columns(book: Book) -> list[Column]:
    say, lang = book.say, book.lang

    def paper(event: MoneyEvent) -> str:
        found = event.document
        if found is None:
            return ""
        return " ".join(
            part for part in (found.number, date_text(found.date, lang) if found.date else "") if part
        )

    def more(event: MoneyEvent) -> str:
        return "; ".join(f"{label(lang)}: {value(lang)}" for label, value in event.fields)

    return [
        Column(say("on"), 12, lambda event: event.on),
        Column(say("act"), 34, lambda event: event.label(lang)),
        Column(say("dong"), 19, lambda event: event.dong, right=True),
        Column(say("after"), 19, lambda event: event.after, right=True),
        Column(say("owner"), 20, lambda event: event.owner or ""),
        Column(say("document"), 26, paper),
        Column(say("person"), 26, lambda event: event.actor_name),
        Column(say("note"), 40, more),
    ]


def _story(context: Context, found: MoneyStory, lang: str) -> bytes:
    book = Book(lang, found.title, context.shared.now())
    sheet = book.sheet(found.code)
    book.put(sheet, 0, 0, f"{found.code}  {found.title}", bold=True, font_size=14)
    row = 2
    for figure in found.figures:
        book.put(sheet, row, 1, figure.label(lang))
        book.put(sheet, row, 2, figure.recorded, align="right")
        if figure.share is not None:
            tenths = figure.share.permille
            whole = f"{tenths // 10}{',' if lang == 'vi' else '.'}{tenths % 10}%"
            text = book.say("share", percent=whole, base=figure.share.base_label(lang))
            book.put(sheet, row, 3, text)
        row += 1
    for key, amount in (
        ("left_to_allocate", found.left_to_allocate),
        ("left_to_pay", found.left_to_pay),
        ("refund_due", found.refund_due),
    ):
        book.put(sheet, row, 1, book.say(key), italic=True)
        book.put(sheet, row, 2, amount, italic=True, align="right")
        row += 1
    columns = _event_columns(book)
    row = table(book, sheet, row + 1, columns, found.events) + 1
    if found.reports:
        book.put(sheet, row, 0, book.say("reports"), bold=True)
        kept = [columns[0], columns[1], *columns[5:]]
        listed = [Column(c.heading, columns[i].width, c.value, c.right) for i, c in enumerate(kept)]
        row = table(book, sheet, row + 1, listed, found.reports) + 1
    for ceiling in found.ceilings:
        book.put(sheet, row, 0, ceiling(lang), italic=True)
        row += 1
    return book.data()


# -- writing ---------------------------------------------------------------------------------


def write(context: Context, code: str, path: Path, lang: str, overwrite: bool = False) -> Path:
    """Write a plan's, round's or contract's list, or a proposal's money story, as an .xlsx file.

    Returns where it is (".xlsx" is added to a name without an ending). A file that is there is replaced only
    with `overwrite`. Raises `NotFound`, `BadInput` (also when the disk refuses it); nothing half-written.
    """
    target = target_of(path, overwrite=overwrite)
    with context.store.read() as reader:
        row = reader.dossier(code.strip().upper())
    if row is not None and row.kind in KINDS and may_read(context, row):
        data = _board(context, board(context, code), lang)
    else:
        from kcflow.services.money import story

        data = _story(context, story.story(context, code), lang)
    return save(target, data)
