"""One decision over many proposals: which act, the decision, what will come of each, and what did."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from kcflow.i18n import t
from kcflow.services.errors import RefusedByRules
from kcflow.services.views import BulkItem, MoveInput
from screens.base import DeskModal, sentence
from screens.commands import CloseDialog, bindings
from screens.dossier import act_inputs
from screens.dossier import proposal_parts as parts
from screens.forms.keeping import KEEP, KeepsForm
from screens.lists import bulk_parts
from screens.lists.bulk_form import DecisionForm
from screens.lists.bulk_work import (
    Offered,
    Options,
    Outcome,
    Prospect,
    carry_out,
    foresee,
    gather,
    offered,
    one_transaction,
)
from screens.lists.list_commands import BulkBack, BulkCopy, BulkDo, BulkDrop, BulkMode, BulkNext
from screens.lists.list_sources import ReadyRows
from screens.lists.long_work import LongWork
from screens.lists.shaped import number
from screens.widgets.table import TableRow, VirtualTable

Step = Literal["acts", "form", "preview", "result"]


class BulkDialog(KeepsForm, LongWork, DeskModal["tuple[BulkItem, ...]"]):
    """Choose an act, enter the decision once, preview it for every proposal, carry it out.

    Gives what became of every proposal, or None when nothing was done. Long work runs in a thread, says how
    far it is, and stops on escape; a decision keeps one request id, so that trying again does nothing twice.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        BulkNext, BulkDo, BulkMode, BulkDrop, BulkBack, BulkCopy, CloseDialog, *KEEP
    )
    title_key = "bulk.title"
    help_key = "help.bulk"
    keep_as = "bulk"

    def __init__(self, codes: Sequence[str]) -> None:
        """Act on these proposals."""
        super().__init__()
        self._selected = tuple(dict.fromkeys(codes))
        self.codes = self._selected
        self.step: Step = "acts"
        self.all_or_nothing = True
        self.act: Offered | None = None
        self.prospects: tuple[Prospect, ...] = ()
        self.items: tuple[BulkItem, ...] = ()
        self._options: Options | None = None
        self._move = MoveInput()
        self._moved: Offered | None = None  # the act that the move was entered for
        self._stopped = False
        self._armed = False

    # Layout

    def body(self) -> Iterable[Widget]:
        """Which step, what belongs to it, what is to be said."""
        yield Static(id="bulk-step", markup=False)
        yield VirtualTable(bulk_parts.act_columns(self.lang), id="bulk-acts", selectable=False)
        yield Container(id="bulk-form")
        yield Static(id="bulk-mode", markup=False)
        yield VirtualTable(bulk_parts.row_columns(self.lang), id="bulk-rows", selectable=False)
        yield Static(id="bulk-said", markup=False)

    def frame_title(self) -> str:
        """How many it is about."""
        return t(self.title_key, self.lang, n=len(self.codes))

    def on_mount(self) -> None:
        """Look what can be done with them."""
        self._gather()

    def _gather(self) -> None:
        codes = self.codes
        self.start("looking", lambda desk, tell, stop: gather(desk, codes, tell, stop), self._gathered)
        self._show("acts")

    def _gathered(self, options: Options) -> None:
        self._options = options
        self._show("acts")

    def work_told(self) -> None:
        """Say how far it is."""
        self._write_said()

    def work_changed(self) -> None:
        """Say that something began or ended."""
        self._write()

    # Steps

    def _show(self, step: Step) -> None:
        """Go to a step and put the focus where its work begins."""
        self.step = step
        self._armed = False
        self.say("")
        for name in ("acts", "form", "preview", "result"):
            self.set_class(name == step, f"-{name}")
        self._write()
        if step == "acts":
            table = self.query_one("#bulk-acts", VirtualTable)
            table.set_source(ReadyRows(self._act_rows))
            table.focus()
        elif step == "form":
            self.query_one(DecisionForm).focus_first()
        else:
            table = self.query_one("#bulk-rows", VirtualTable)
            table.set_columns(bulk_parts.row_columns(self.lang))
            table.set_source(ReadyRows(self._preview_rows if step == "preview" else self._result_rows))
            table.focus()
        self.refresh_bindings()

    def _act_rows(self) -> list[TableRow]:
        return [bulk_parts.act_row(act, len(self.codes), self.lang) for act in offered(self._options or {})]

    def _preview_rows(self) -> list[TableRow]:
        return [bulk_parts.prospect_row(prospect, self.lang) for prospect in self.prospects]

    def _result_rows(self) -> list[TableRow]:
        titles = {prospect.code: prospect.title for prospect in self.prospects}
        why = {prospect.code: prospect.why for prospect in self.prospects}
        return [
            bulk_parts.item_row(item, titles.get(item.code, ""), why.get(item.code, ()), self.lang)
            for item in self.items
        ]

    async def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter takes an act; elsewhere it does nothing."""
        message.stop()
        if isinstance(message.payload, Offered) and not self.busy:
            await self._take(message.payload)

    def on_virtual_table_highlighted(self, message: VirtualTable.Highlighted) -> None:
        """Say in full why the proposal under the cursor is left alone."""
        message.stop()
        if message.table.id == "bulk-rows" and self.step in ("preview", "result"):
            self._write_said()

    async def _take(self, act: Offered) -> None:
        if self.act is None or self.act.option != act.option:
            if self.act is not None:
                self.stop_keeping()
            self.act = act
            form = self.query_one("#bulk-form", Container)
            await form.remove_children()
            await form.mount(DecisionForm(act))
            self.start_keeping()
        self._show("form")

    def keep_code(self) -> str:
        """What was typed belongs to the act: a decision is the same, whichever dossiers are chosen again."""
        return self.act.option.name if self.act is not None else ""

    async def action_bulk_next(self) -> None:
        """Take the act, or preview the decision."""
        if self.busy:
            return
        if self.step == "form":
            self._preview()
        elif isinstance(act := self.query_one("#bulk-acts", VirtualTable).cursor_payload, Offered):
            await self._take(act)

    def _preview(self) -> None:
        act, form = self.act, self.query_one(DecisionForm)
        if act is None:
            return
        wrong = act_inputs.wrong_fields(form)
        if wrong:
            self.say(t("advance.mend_first", self.lang, count=len(wrong)), "warn")
            wrong[0].focus_entry()
            return
        move = act_inputs.read_move(form, request=self._move.request or str(uuid.uuid4()))
        if replace(move, request=None) != replace(self._move, request=None) or self.act is not self._moved:
            # Another decision is another request: the old one may have been carried out in part.
            move = replace(move, request=str(uuid.uuid4()))
        self._move, self._moved = move, act
        codes = self.codes

        def previewed(prospects: Sequence[Prospect]) -> None:
            self.prospects = tuple(prospects)
            if len(prospects) == len(codes):
                self._show("preview")
            else:
                self._write()

        self.start(
            "previewing", lambda desk, tell, stop: foresee(desk, codes, act, move, tell, stop), previewed
        )

    def _obstacle(self) -> str:
        """Why the preview can't be carried out as it stands; "" when it can."""
        will = [prospect.code for prospect in self.prospects if prospect.will]
        if not will:
            return t("bulk.none_will", self.lang)
        if self.all_or_nothing and len(will) < len(self.prospects):
            left = number(len(self.prospects) - len(will), self.lang)
            return t("bulk.one_stops", self.lang, **{"not": left})
        if self.all_or_nothing and self.act is not None and not one_transaction(will, self.act, self._move):
            return t("bulk.different_amounts", self.lang)
        return ""

    def action_bulk_do(self) -> None:
        """Carry out what was previewed; what ends something is confirmed once more."""
        act, move, each = self.act, self._move, not self.all_or_nothing
        if act is None or self.busy:
            return
        obstacle = self._obstacle()
        if obstacle:
            self.say(obstacle, "warn")
            self._write_said()
            return
        codes = tuple(prospect.code for prospect in self.prospects if prospect.will)
        if act.option.danger and not self._armed:
            self._armed = True
            self.say(t("bulk.sure", self.lang, n=len(codes)), "warn")
            return
        self._armed = False
        self.start(
            "carrying",
            lambda desk, tell, stop: carry_out(desk, codes, act, move, not each, tell, stop),
            self._carried_out,
        )

    def _carried_out(self, outcome: Outcome) -> None:
        self.trouble, self._stopped = outcome.error, outcome.stopped
        if outcome.error is not None and not outcome.items:
            self._write()  # nothing was done: everything stays as it was entered
            return
        cut_short = outcome.error is not None or outcome.stopped
        if not cut_short and all(item.receipt is not None for item in outcome.items):
            self.form_done()  # else it is still wanted, for those that are left
        told = {item.code: item for item in outcome.items}
        before = {item.code: item for item in self.items if item.receipt is not None}
        self.items = tuple(
            told.get(code) or before.get(code) or BulkItem(code, None) for code in self._selected
        )
        self._show("result")

    # What is said

    def _write(self) -> None:
        lang = self.lang
        self.query_one("#bulk-step", Static).update(bulk_parts.step_line(self.step, self.act, lang))
        self.query_one("#bulk-mode", Static).update(bulk_parts.mode_lines(self.all_or_nothing, lang))
        table = self.query_one("#bulk-acts", VirtualTable)
        table.empty_text = t("bulk.no_acts", lang) if self._options is not None else ""
        self._write_said()
        self.refresh_bindings()

    def _write_said(self) -> None:
        lang = self.lang
        said = []
        if self.busy:
            total = len(self.prospects) if self.work == "carrying" else len(self.codes)
            counts = {"done": number(self.work_done, lang), "total": number(total, lang)}
            said.append(parts.line((t(f"bulk.{self.work}", lang, **counts), "bold $accent")))
        elif self.step == "preview":
            will = sum(prospect.will for prospect in self.prospects)
            left = number(len(self.prospects) - will, lang)
            said.append(
                parts.line((t("bulk.summary", lang, will=number(will, lang), **{"not": left}), "bold"))
            )
            obstacle = self._obstacle()
            if obstacle and obstacle != self.said():
                said.append(parts.line((f"! {obstacle}", parts.WARN)))
        elif self.step == "result":
            said += bulk_parts.result_lines(self.items, self._stopped, lang)
        if not self.busy and self.step in ("preview", "result"):
            code = self.query_one("#bulk-rows", VirtualTable).cursor_key
            items = self.items if self.step == "result" else ()
            said += bulk_parts.why_lines(code, self.prospects, items, self.lang)
        if self.trouble is not None:
            said.append(parts.line((f"✗ {sentence(self.trouble, lang)}", f"bold {parts.BAD}")))
            if isinstance(self.trouble, RefusedByRules):
                said += [parts.line((f"  · {why.text(lang)}", parts.BAD)) for why in self.trouble.reasons]
            said.append(parts.line((t("bulk.kept", lang), parts.DIM)))
        box = self.query_one("#bulk-said", Static)
        box.update(parts.lines(said))
        box.display = bool(said)

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        self.query_one("#bulk-acts", VirtualTable).set_columns(bulk_parts.act_columns(self.lang))
        self.query_one("#bulk-rows", VirtualTable).set_columns(bulk_parts.row_columns(self.lang))
        for table in self.query(VirtualTable):
            table.reload()
        for form in self.query(DecisionForm):
            act_inputs.relabel(form)
        self._write()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what belongs to the step is offered."""
        belongs: dict[str, tuple[Step, ...]] = {
            "bulk_next": ("acts", "form"),
            "bulk_do": ("preview",),
            "bulk_mode": ("preview",),
            "bulk_drop": ("preview",),
            "bulk_copy": ("preview", "result"),
            "take_kept": ("form",),
            "drop_kept": ("form",),
            "bulk_back": ("form", "preview") if self._any_done() else ("form", "preview", "result"),
        }
        if action in belongs and self.step not in belongs[action]:
            return False
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str | None:
        """While something is under way only stopping is possible."""
        if self.busy and action not in ("close_dialog", "help"):
            total = len(self.prospects) if self.work == "carrying" else len(self.codes)
            return t(f"bulk.{self.work}", self.lang, done=self.work_done, total=total)
        if action == "bulk_drop" and all(prospect.will for prospect in self.prospects):
            return t("bulk.summary", self.lang, will=len(self.prospects), **{"not": 0})
        return None

    def _any_done(self) -> bool:
        return any(item.receipt is not None for item in self.items)

    def action_bulk_mode(self) -> None:
        """The other way to carry it out."""
        self.all_or_nothing = not self.all_or_nothing
        self._armed = False
        self.say("")
        self._write()

    def action_bulk_drop(self) -> None:
        """Leave out what can't be done; it stays selected in the list."""
        kept = tuple(prospect for prospect in self.prospects if prospect.will)
        dropped = len(self.prospects) - len(kept)
        if not kept:
            self.say(t("bulk.nothing_left", self.lang), "warn")
            return
        self.prospects, self.codes = kept, tuple(prospect.code for prospect in kept)
        self.query_one(".modal").border_title = parts.line(self.frame_title())
        self._show("preview")
        self.say(t("bulk.dropped", self.lang, n=dropped))

    def action_bulk_back(self) -> None:
        """The step before; everything that was entered is still there."""
        if self.step == "form":
            self._show("acts")
        elif self.step == "preview":
            self._show("form")
        elif not self._any_done():
            self.items = ()
            self._show("preview")

    def action_bulk_copy(self) -> None:
        """Copy the table, with its head."""
        rows = self._preview_rows() if self.step == "preview" else self._result_rows()
        text = bulk_parts.rows_as_text(rows, self.lang)
        self.desk_app.copy(text, t("bulk.copied", self.lang, n=len(rows)))

    def _result(self) -> tuple[BulkItem, ...] | None:
        return self.items if self._any_done() else None

    def action_close_dialog(self) -> None:
        """Stop what is under way; else close, with what was done."""
        if self.busy and self.work == "carrying":
            self.stop()  # what was done until then is told
        elif self.busy:
            self.give_up()
            if self.step == "acts":
                self.dismiss(None)
        else:
            self.dismiss(self._result())
