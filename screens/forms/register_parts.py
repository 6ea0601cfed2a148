"""Parts of the import screen: its rows, remarks on them, and the questions that a sheet leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from kcflow import reference
from kcflow.formats import UNIT_WORDS, date_text, dong, trieu
from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.services.views import ImportPlan, ImportResult, ImportRowView
from screens.commands import bindings
from screens.dossier import proposal_parts as parts
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField, FileField
from screens.forms.entries import Entry
from screens.forms.fields import words
from screens.forms.register_commands import ReadWorkbook
from screens.widgets.hanging import Hanging
from screens.widgets.state_mark import mark
from screens.widgets.table import Column, TablePage, TableRow
from states.model import Label

_STATUS = {"new": ("ahead", "good"), "already": ("done", "dim"), "bad": ("late", "bad")}


class Rows:
    """The rows of a plan as the table wants them."""

    def __init__(self, rows: Sequence[ImportRowView], lang: str) -> None:
        self._rows, self._lang, self._codes = rows, lang, has_codes(rows)

    def count(self) -> int:
        """How many there are."""
        return len(self._rows)

    def page_at(self, offset: int, limit: int) -> TablePage:
        """The rows from `offset` on."""
        end = offset + limit
        rows = tuple(self._row(row) for row in self._rows[offset:end])
        return TablePage(rows, end if end < len(self._rows) else None)

    def page(self, after: object | None, limit: int) -> TablePage:
        """The rows after the cursor `after`, a number of rows."""
        return self.page_at(after if isinstance(after, int) else 0, limit)

    def _row(self, row: ImportRowView) -> TableRow:
        lang = self._lang
        sign, style = _STATUS[row.status]
        remarks = len(row.problems) + len(row.warnings) + len(row.corrections)
        status = f"{mark(sign)} {t(f'register.status.{row.status}', lang)}"
        cells = (
            str(row.row_number),
            status,
            row.title,
            row.unit,
            _amount(row, row.requested, lang),
            _amount(row, row.total, lang),
            *([row.code or ""] if self._codes else []),
            str(remarks) if remarks else "",
        )
        return TableRow(str(row.row_number), cells, style, row)


def has_codes(rows: Sequence[ImportRowView]) -> bool:
    """Whether any row is, or was there as, a proposal."""
    return any(row.code for row in rows)


def _amount(row: ImportRowView, dong: int, lang: str) -> str:
    """An amount in triệu; nothing stands for one that couldn't be read."""
    return "–" if row.status == "bad" and not dong else trieu(dong, lang).partition(" ")[0]


class WorkbookEntry(Entry):
    """The letters of the path; Enter reads."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ReadWorkbook)

    async def action_read_workbook(self) -> None:
        """Hand over what was typed."""
        await self.action_submit()


class WorkbookField(FileField):
    """The path of a workbook; a folder may stand there too, to be looked into."""

    ENTRY = WorkbookEntry

    def _absent(self) -> Label | None:
        problem = super()._absent()
        path = self.value
        if problem is not None and path is not None and path.endswith("/"):
            try:
                return None if Path(path).expanduser().is_dir() else problem
            except (OSError, RuntimeError, ValueError):
                return problem
        return problem


def columns(lang: str, *, codes: bool) -> tuple[Column, ...]:
    """The columns of a plan's rows; `codes`: whether any of them has one."""

    def head(name: str) -> str:
        return t(f"register.column.{name}", lang)

    return (
        Column("row", head("row"), 5, "right"),
        Column("status", head("status"), 10),
        Column("title", head("title"), 0, weight=3),
        Column("unit", head("unit"), 0, min_terminal_width=140),
        Column("requested", head("requested"), 11, "right"),
        Column("total", head("total"), 12, "right", min_terminal_width=100),
        *([Column("code", head("code"), 13, min_terminal_width=90)] if codes else []),
        Column("remarks", head("remarks"), 6, "right"),
    )


def summary(plan: ImportPlan, result: ImportResult | None, lang: str) -> Hanging:
    """What the workbook is, what would become of its rows, and afterwards what did."""
    unknown = t("register.unknown", lang)
    source = SOURCE[plan.source](lang) if plan.source in SOURCE else unknown
    unit = UNIT_WORDS[plan.unit][0 if lang == "vi" else 1] if plan.unit in UNIT_WORDS else unknown
    where = " · ".join((source, str(plan.plan_year or unknown), plan.province_name or unknown, unit))
    report = t("register.report", lang, number=plan.report) if plan.report else ""
    if plan.report and plan.report_date:
        report += f", {date_text(plan.report_date, lang)}"
    already = sum(row.status == "already" for row in plan.rows)
    said = [
        parts.line(
            (plan.file_name, parts.STRONG),
            (f"  {t('register.sheet', lang, sheet=plan.sheet)}", parts.DIM),
        ),
        parts.line(where, (f"  {report}", parts.DIM)),
        parts.line(
            (f"{mark('ahead')} {t('register.count_new', lang, count=plan.new_count)}   ", parts.GOOD),
            (f"{mark('done')} {t('register.count_already', lang, count=already)}   ", parts.DIM),
            (
                f"{mark('late')} {t('register.count_bad', lang, count=plan.bad_count)}   ",
                parts.BAD if plan.bad_count else parts.DIM,
            ),
            t("register.total_requested", lang, amount=dong(plan.total_requested, lang)),
        ),
    ]
    if result is not None:
        said.append(_said_result(result, lang))
    return parts.lines(said)


def _said_result(result: ImportResult, lang: str) -> Content:
    said = [t("register.written", lang, count=len(result.written))]
    if result.written:
        ends = (result.written[0], result.written[-1])
        said.append(" – ".join(dict.fromkeys(ends)))
    if result.already:
        said.append(t("register.count_already", lang, count=len(result.already)))
    if result.skipped:
        said.append(t("register.skipped", lang, count=result.skipped))
    return parts.line((f"✓ {'; '.join(said)}", f"bold {parts.GOOD}"))


def plan_remarks(plan: ImportPlan, lang: str) -> Hanging:
    """What concerns the whole sheet: problems first, then warnings, then corrections."""
    said = []
    for key, labels, style, sign in (
        ("problems", plan.problems, parts.BAD, "✗"),
        ("warnings", plan.warnings, parts.WARN, "!"),
        ("corrections", plan.corrections, parts.DIM, "·"),
    ):
        if labels:
            said.append(parts.line((t(f"register.{key}", lang, count=len(labels)), f"bold {style}")))
            said += [parts.line((f"{sign} ", style), label(lang)) for label in labels]
    return parts.lines(said)


def row_remarks(row: ImportRowView, lang: str) -> Hanging:
    said = [parts.line((t("register.row", lang, number=row.row_number), "bold $primary"), f"  {row.title}")]
    said += [parts.line(("✗ ", parts.BAD), text(lang)) for text in row.problems]
    said += [parts.line(("! ", parts.WARN), text(lang)) for text in row.warnings]
    said += [parts.line(("· ", parts.DIM), text(lang)) for text in row.corrections]
    return parts.lines(said)


def question(
    name: str, text: Label, answer: str | int | None, plan: ImportPlan, today: date
) -> ChoiceField | WholeField:
    """The field that answers one question."""
    key = f"answer-{name}"
    if name == "plan_year":
        year = answer if isinstance(answer, int) else None
        return WholeField(key, text, year, least=2005, most=2100, required=True)
    options: list[tuple[str, Label]]
    if name == "source":
        options = [(source, label) for source, label in SOURCE.items()]
    elif name == "unit":
        options = [(unit, Label(*both)) for unit, both in UNIT_WORDS.items()]
    else:
        day = date(plan.plan_year - 1, 6, 1) if plan.plan_year else today
        options = [
            (province.key.partition(":")[2], Label(province.name, province.name))
            for province in reference.provinces()
            if province.in_force(day)
        ]
    return ChoiceField(key, text, options, as_text(answer), required=True, blank=words("form.choose"))


def as_text(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None


def as_number(value: str | int | None) -> int | None:
    return value if isinstance(value, int) else None
