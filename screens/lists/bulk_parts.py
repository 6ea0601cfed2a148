"""What the bulk dialog says: its columns, rows and lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import BulkItem
from screens.dossier import proposal_parts as parts
from screens.lists.bulk_work import Offered, Prospect
from screens.lists.rows import toned
from screens.lists.shaped import number
from screens.widgets.basis import basis_text
from screens.widgets.cells import literal
from screens.widgets.hanging import Hanging
from screens.widgets.table import Column, TableRow
from states.model import Label


def act_columns(lang: str) -> list[Column]:
    """Act, where it leads, with how many it is possible."""
    return [
        Column("act", t("bulk.act", lang), 0, weight=3),
        Column("target", t("bulk.target", lang), 0, weight=2),
        Column("can", t("bulk.can", lang), 13, "right"),
    ]


def act_row(act: Offered, total: int, lang: str) -> TableRow:
    """One act."""
    name = f"! {act.option.label(lang)}" if act.option.danger else act.option.label(lang)
    targets = " / ".join(label(lang) for label in act.targets) or "="
    possible = t("bulk.possible", lang, n=number(len(act.possible), lang), m=number(total, lang))
    tone = "good" if len(act.possible) == total else "warn"
    return TableRow(act.option.name, (name, targets, toned(possible, tone)), "", act)


def row_columns(lang: str) -> list[Column]:
    """Proposal, what comes of it, its next deadline."""
    return [
        Column("code", t("bulk.code", lang), 12),
        Column("outcome", t("bulk.outcome", lang), 0, weight=3),
        Column("after", t("bulk.after", lang), 11),
        Column("title", t("bulk.dossier", lang), 0, min_terminal_width=100, weight=2),
    ]


def prospect_row(prospect: Prospect, lang: str) -> TableRow:
    """What will come of one."""
    preview, after = prospect.preview, t("bulk.no_due", lang)
    if prospect.will and preview is not None:
        target = preview.to_label
        text = t("bulk.will", lang, state=target(lang)) if target is not None else t("bulk.will_open", lang)
        outcome = toned(f"✓ {text}", "good")
        if preview.due is not None:
            after = date_text(preview.due.on, lang)
    else:
        outcome = toned(f"✗ {t('bulk.will_not', lang, why=reasons(prospect.why, lang))}", "warn")
    return TableRow(prospect.code, (prospect.code, outcome, after, prospect.title))


def item_row(item: BulkItem, title: str, why: Sequence[Label], lang: str) -> TableRow:
    """What came of one; `why` is what the preview said against it."""
    receipt, after = item.receipt, t("bulk.no_due", lang)
    if receipt is not None:
        text = t("bulk.repeated" if receipt.repeated else "bulk.done", lang, mark=receipt.mark)
        outcome = toned(f"✓ {text}", "good")
        if receipt.due is not None:
            after = date_text(receipt.due.on, lang)
        title = receipt.title
    else:
        said = tuple(reason.text for reason in item.reasons) or tuple(why)
        outcome = toned(f"✗ {t('bulk.not_done', lang, why=reasons(said, lang))}", "warn")
    return TableRow(item.code, (item.code, outcome, after, title), "", item)


def reasons(found: Sequence[Label], lang: str) -> str:
    """Every reason in one line."""
    return " · ".join(label(lang) for label in found) or t("bulk.not_changed", lang)


def why_lines(
    code: str | None, prospects: Sequence[Prospect], items: Sequence[BulkItem], lang: str
) -> list[Content]:
    """Every reason against the dossier under the cursor, in full: its row has no room for them."""
    found: tuple[Label, ...] = ()
    for prospect in prospects:
        if prospect.code == code and not prospect.will:
            found = prospect.why
    for item in items:
        if item.code == code:
            found = () if item.receipt is not None else tuple(one.text for one in item.reasons) or found
    said = " ".join(label(lang) for label in found)
    return [parts.line((f"{code}  ", "$accent"), said)] if said else []


def step_line(step: str, act: Offered | None, lang: str) -> Content:
    """Which step it is, and which act."""
    said = parts.line((t(f"bulk.step_{step}", lang), "bold $primary"))
    if act is None or step == "acts":
        return said
    return parts.line(
        said,
        "  ",
        (act.option.label(lang), "bold $accent"),
        "  ",
        (basis_text(act.option.basis, lang), parts.DIM),
    )


def mode_lines(all_or_nothing: bool, lang: str) -> Hanging:
    """How it will be carried out, explained."""
    modes = []
    for value, name in ((True, "all"), (False, "each")):
        chosen = value == all_or_nothing
        mark = "(●)" if chosen else "( )"
        modes.append((f"{mark} {t(f'bulk.{name}_mode', lang)}   ", "bold" if chosen else parts.DIM))
    explained = t("bulk.all_explained" if all_or_nothing else "bulk.each_explained", lang)
    return parts.lines([parts.line((f"{t('bulk.mode', lang)}  ", parts.DIM), *modes), parts.line(explained)])


def result_lines(items: Sequence[BulkItem], stopped: bool, lang: str) -> list[Content]:
    """How many were done."""
    done = sum(item.receipt is not None for item in items)
    counts = {"done": number(done, lang), "left": number(len(items) - done, lang)}
    key = "nothing_done" if not done else "stopped" if stopped else "result"
    style = parts.GOOD if done == len(items) else parts.WARN
    return [parts.line((t(f"bulk.{key}", lang, **counts), f"bold {style}"))]


def rows_as_text(rows: Sequence[TableRow], lang: str) -> str:
    """The table with its head, columns divided by tabs."""
    lines = ["\t".join(column.label for column in row_columns(lang))]
    for row in rows:
        texts = (cell.plain if isinstance(cell, Content) else cell for cell in row.cells)
        lines.append("\t".join(literal(text) for text in texts))
    return "\n".join(lines) + "\n"
