"""Import of a registration workbook (Mẫu 2): read, show, and only then write — all rows or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from db import directory, queries
from db.rows import OrganisationRow
from kcflow import reference
from kcflow.ceilings import ceiling_warnings
from kcflow.register import RegisterAnswers, RegisterReading, RegisterRefused, RegisterRow, read_register
from kcflow.register import sentence as register_sentence
from kcflow.register_texts import refused_sentence
from kcflow.services import door
from kcflow.services.context import Context
from kcflow.services.drafts import (
    assignment_for,
    clean_content,
    code_prefix,
    creation_leaf,
    creators,
    draft_facts,
)
from kcflow.services.errors import BadInput
from kcflow.services.texts import both, error_label
from kcflow.services.views import ImportPlan, ImportResult, ImportRowView
from kcflow.text import fold
from kcflow.workbook import WorkbookRefused
from kcflow.workbook import sentence as workbook_sentence
from states.model import Label

if TYPE_CHECKING:
    from db.reader import Reader
    from kcflow.register import Note, Problem


def _said(said: Problem | Note) -> Label:
    return Label(register_sentence(said, "vi"), register_sentence(said, "en"))


def _read(path: str, answers: RegisterAnswers | None) -> RegisterReading:
    try:
        return read_register(path, answers=answers)
    except WorkbookRefused as refused:
        text = Label(workbook_sentence(refused, "vi"), workbook_sentence(refused, "en"))
        raise BadInput(f"workbook_{refused.code}", text, path=path) from None
    except RegisterRefused as refused:
        text = Label(refused_sentence(refused, "vi"), refused_sentence(refused, "en"))
        raise BadInput(f"register_{refused.code}", text, path=path) from None


def province_of(reading: RegisterReading) -> str | None:
    """The register's province key."""
    return f"{reading.province_list}:{reading.province_code}" if reading.province_code else None


# -- implementing units ----------------------------------------------------------------------


def _unit_kind(name: str) -> str:
    folded = fold(name)
    if "trung tam khuyen cong quoc gia" in folded or "khuyen cong vung" in folded:
        return "regional_centre"
    if "trung tam khuyen cong" in folded:
        return "provincial_centre"
    return "service" if "trung tam" in folded else "enterprise"


def _find_unit(context: Context, name: str, province: str) -> str | None:
    """Code of the office called `name` in this province (or a national one), compared folded."""
    folded, keys = fold(name), reference.covered_by(province)
    for row in context.shared.offices.values():
        if fold(row.name) == folded and (row.province is None or row.province in keys):
            return row.code
    return None


def _new_unit(name: str, province: str, taken: Iterable[str], on: date) -> OrganisationRow:
    """An office for a unit that the register names and the store doesn't know."""
    kind = _unit_kind(name)
    stem = f"{'TTKC' if kind.endswith('centre') else 'DV'}-{province.replace(':', '-')}"
    used, number, code = set(taken), 1, stem
    while code in used:
        number += 1
        code = f"{stem}-{number}"
    return OrganisationRow(code, name, None, kind, province, None, on)


# -- reading ---------------------------------------------------------------------------------


def _existing_titles(reader: Reader, reading: RegisterReading) -> dict[tuple[str, str], str]:
    """(folded title, unit office) → code of what is there for this year, source and province."""
    wanted = queries.DossierFilter(
        plan_year=reading.plan_year, source=reading.source, provinces=frozenset({province_of(reading) or ""})
    )
    found: dict[tuple[str, str], str] = {}
    cursor = None
    while True:
        lines, cursor = queries.list_dossiers(reader, queries.Scope(), wanted, after=cursor, limit=500)
        for line in lines:
            found.setdefault((fold(line.title), line.unit_office), line.code)
        if cursor is None:
            return found


def plan(context: Context, path: str, answers: RegisterAnswers | None) -> ImportPlan:
    """Read a workbook and say what would be written. Writes nothing. Raises `BadInput`."""
    reading = _read(path, answers)
    province = province_of(reading)
    with context.store.read() as reader:
        known = reader.import_keys([row.import_key for row in reading.rows])
        titles = _existing_titles(reader, reading) if province and reading.source else {}
    by_row: dict[str, dict[int, list[Label]]] = {
        "problems": defaultdict(list),
        "warnings": defaultdict(list),
    }
    table: dict[str, list[Label]] = {"problems": [], "warnings": []}
    for name, problems in (("problems", reading.problems), ("warnings", reading.warnings)):
        for problem in problems:
            if problem.row_number is not None and problem.level == "row":
                by_row[name][problem.row_number].append(_said(problem))
            else:
                table[name].append(_said(problem))
    rows = []
    for row in reading.rows:
        code = known.get(row.import_key)
        if code is None and row.ok and province:
            unit = _find_unit(context, row.implementing_unit, province)
            twin = titles.get((fold(row.title), unit)) if unit else None
            if twin:
                by_row["warnings"][row.row_number].append(error_label("duplicate_title", code=twin))
            if unit is None:
                by_row["warnings"][row.row_number].append(both("errors.unit_new", unit=row.implementing_unit))
            ceilings = ceiling_warnings(
                str(row.content_code or ""),
                row.requested,
                row.total,
                date((reading.plan_year or 2000) - 1, 6, 1),
                province=province if reading.source == "kcdp" else "",
            )
            by_row["warnings"][row.row_number] += [warning.label for warning in ceilings]
        rows.append(
            ImportRowView(
                row_number=row.row_number,
                title=row.title,
                unit=row.implementing_unit,
                total=row.total,
                requested=row.requested,
                counterpart=row.counterpart,
                other=row.other,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                status="already" if code else "new" if row.ok else "bad",
                code=code,
                problems=tuple(by_row["problems"][row.row_number]),
                warnings=tuple(by_row["warnings"][row.row_number]),
            )
        )
    return ImportPlan(
        path=path,
        file_name=reading.file_name,
        sha256=reading.sha256,
        sheet=reading.sheet,
        source=reading.source,
        plan_year=reading.plan_year,
        province=province,
        province_name=reading.province_name,
        unit=reading.unit,
        report=reading.report_number,
        report_date=reading.report_date,
        rows=tuple(rows),
        problems=tuple(table["problems"]),
        warnings=tuple(table["warnings"]),
        corrections=tuple(_said(note) for note in reading.corrections),
        questions=tuple(
            (question.field, Label(register_sentence(question, "vi"), register_sentence(question, "en")))
            for question in reading.questions
        ),
        total_requested=reading.sums.requested,
        handle=reading,
    )


# -- writing ---------------------------------------------------------------------------------


def _content(reading: RegisterReading, row: RegisterRow, province: str, unit: str) -> dict[str, Any]:
    kinds = {row.kind} & {"point", "group", "multi_province"}
    if row.starts_on and row.ends_on and row.ends_on.year > row.starts_on.year:
        kinds.add("multi_year")
    return clean_content(
        {
            "title": row.title,
            "source": reading.source,
            "plan_year": reading.plan_year,
            "province": province,
            "unit_office": unit,
            "coordinating": [],
            "beneficiaries": [],
            "partner_provinces": [],
            "kinds": sorted(kinds),
            "content_codes": [row.content_code] if row.content_code else [],
            "trade": None,
            "priority": None,
            "objective": row.objective,
            "expected_result": row.expected_result,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "total": row.total,
            "requested": row.requested,
            "counterpart": row.counterpart,
            "other": row.other,
            "note": row.note,
            "import_key": row.import_key,
            "import_ref": {
                "file": reading.file_name,
                "sha256": reading.sha256,
                "sheet": row.sheet,
                "row": row.row_number,
            },
        }
    )


def _check(plan: ImportPlan, reading: RegisterReading, skip_bad_rows: bool) -> None:
    if reading.questions:
        fields = ", ".join(field for field, _ in plan.questions)
        raise BadInput("register_questions", error_label("register_questions", fields=fields))
    if reading.blocking:
        raise BadInput("register_problems", _said(reading.blocking[0]))
    if reading.problems and not skip_bad_rows:
        raise BadInput(
            "register_problems",
            error_label("register_problems", count=len(reading.problems), file=plan.file_name),
        )


def write(context: Context, plan: ImportPlan, skip_bad_rows: bool, on: date | None) -> ImportResult:
    """Write the good rows of `plan` as drafts, in one transaction; rows already there are left alone.

    `on` is the date of the act (default: the register's report date, never after today). Raises
    `BadInput` when the file has errors and `skip_bad_rows` is false, or questions are open.
    """
    reading = plan.handle
    if not isinstance(reading, RegisterReading):
        raise BadInput("register_plan", error_label("register_plan"))
    _check(plan, reading, skip_bad_rows)
    province, source = province_of(reading) or "", reading.source or ""
    day = min(on or reading.report_date or context.today, context.today)
    rows = reading.good_rows
    lifecycle = context.shared.lifecycle_for(source, province, day)
    # The writer is asked for before an office is opened, so that a refusal leaves nothing behind.
    probe: dict[str, Any] = {"source": source, "plan_year": reading.plan_year, "province": province}
    probe |= {"ends_on": None, "kinds": ()}
    units = {row.implementing_unit: _find_unit(context, row.implementing_unit, province) for row in rows}
    for name, unit in units.items():
        facts = draft_facts(context, {**probe, "unit_office": unit or name}, lifecycle.initial)
        assignment_for(context, facts, creators(lifecycle))
    new = [name for name, unit in units.items() if unit is None]
    if new:
        with context.store.administer() as admin:
            for name in new:
                clean = door.text("name", name, required=True) or ""
                taken = [*context.shared.offices, *(unit for unit in units.values() if unit)]
                office = _new_unit(clean, province, taken, day)
                directory.add_organisation(admin, office)
                units[name] = office.code
        context.shared.forget()
    with context.store.write() as writer:
        known = writer.import_keys([row.import_key for row in rows])
        fresh = [row for row in rows if row.import_key not in known]
        codes = writer.next_code(code_prefix(source, reading.plan_year or 0), len(fresh)) if fresh else []
        leaves = []
        for code, row in zip(codes, fresh, strict=True):
            content = _content(reading, row, province, units[row.implementing_unit] or "")
            facts = draft_facts(context, content, lifecycle.initial)
            assignment = assignment_for(context, facts, creators(lifecycle))
            request = door.bulk_request(door.request_id(None), row.import_key)
            leaves.append(
                creation_leaf(
                    context, writer, lifecycle, assignment, content, code=code, on=day, request=request
                )
            )
        writer.append_many(leaves)
    written = dict(zip((row.import_key for row in fresh), codes, strict=True))
    named = {row.row_number: written.get(row.import_key) or known.get(row.import_key) for row in rows}
    views = tuple(replace(view, code=named.get(view.row_number) or view.code) for view in plan.rows)
    return ImportResult(
        plan=replace(plan, rows=views),
        written=tuple(codes),
        already=tuple(known.values()),
        skipped=len(reading.rows) - len(rows),
    )
