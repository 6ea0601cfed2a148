"""Carry out an act: what it is, what it needs, and what will come of it, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Static

from kcflow.formats import date_text, dong
from kcflow.i18n import t
from kcflow.services.door import LENGTHS
from kcflow.services.errors import ConflictError, KcflowError, RefusedByRules
from kcflow.services.views import DossierCard, MoveInput, OptionView, Preview, Receipt
from screens import proposal_parts as parts
from screens.amounts import MoneyField, WholeField
from screens.base import DeskModal, StatusLine, sentence
from screens.commands import CloseDialog, Command, bindings
from screens.fields import DateField, Field, MemoField, words
from screens.papers import AddPaper, Confirm, PaperBox, my_roles
from screens.sending import SendsOnce
from screens.widgets.hanging import Hanging
from states.model import Label

_SETTLE_SECONDS = 0.12
"""How long the fields stay still before the consequences are worked out anew."""


class FreshData(Command):
    """Look at the dossier as it stands now; what was typed stays."""

    key = "f5"
    priority = True
    order = 15


class AdvanceDialog(SendsOnce, DeskModal[Receipt]):
    """Ask for what an act needs, show who will hold the file and by when, and do it once.

    The consequences on the right come from the same rules that decide, worked out while somebody types.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = bindings(Confirm, FreshData, AddPaper, CloseDialog)
    title_key = "advance.title"
    help_key = "help.advance"

    def __init__(self, code: str, option: OptionView, version: int) -> None:
        """Carry out `option` on the dossier `code`, whose version the person has seen."""
        super().__init__()
        self._code, self.option, self._version = code, option, version
        self._preview: Preview | None = None
        self._failure: Exception | None = None
        self._armed = False
        self._receipt: Receipt | None = None
        self._timer: Timer | None = None
        self._papers = 0
        self._gone = False
        self._kinds: tuple[tuple[str, Label], ...] = ()

    # Layout

    def body(self) -> ComposeResult:
        """Head, inputs beside consequences, what went wrong, buttons; or the receipt."""
        lang = self.lang
        with Container(id="advance-work"):
            yield Static("", id="advance-head", markup=False)
            with Container(id="advance-panes"):
                with Vertical(id="advance-form"):
                    yield from self._fields()
                with Vertical(id="advance-after"):
                    yield Static(
                        Content(t("advance.working_out", lang)), id="advance-consequence", markup=False
                    )
                    yield Static("", id="advance-missing", markup=False)
            yield Static("", id="advance-trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(t("advance.reload", lang), id="advance-reload")
                yield Button(t("advance.add_paper", lang), id="advance-add")
                yield Button(t("advance.confirm", lang), id="advance-confirm")
        with Container(id="advance-done"):
            yield Static("", id="advance-receipt", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(t("advance.close", lang), id="advance-close")

    def _fields(self) -> ComposeResult:
        """Only what this act asks for."""
        option, today, roles = self.option, self.desk.today, my_roles(self.desk)
        yield DateField("on", words("advance.on"), today, today=today, required=True, past_only=True)
        if option.act_documents:
            required = option.act_document_need == "required"
            yield PaperBox("act", option.act_documents, today, own=True, required=required, roles=roles)
        if option.amount is not None:
            label = words(f"advance.amount.{option.amount}")
            yield MoneyField("amount", label, option.suggested_amount, required=True)
        if option.round:
            yield WholeField("round", words("advance.round"), least=1, most=99, required=True)
        if option.reason_need != "none":
            required = option.reason_need == "required"
            yield MemoField(
                "reason", words("advance.reason"), required=required, max_length=LENGTHS["reason"]
            )
        for number, kinds in enumerate(option.missing_documents, start=1):
            yield PaperBox(f"missing{number}", kinds, today, roles=roles)

    def on_mount(self) -> None:
        """Begin with the first field, and work out what will happen."""
        self._write_head()
        self.query(Field).first().focus_entry()
        self._look()

    def frame_title(self) -> str:
        """The dossier that the act is about."""
        return t("advance.title", self.lang, code=self._code)

    # Writing

    def on_language_changed(self) -> None:
        """Write every word anew; what was typed stays."""
        super().on_language_changed()
        lang = self.lang
        for box in self.query(PaperBox):
            box.relabel()
        for field in self.query(Field).results(Field):
            field.relabel()
        for name in ("reload", "close", "add_paper"):
            self.query_one(f"#advance-{name.removesuffix('_paper')}", Button).label = t(
                f"advance.{name}", lang
            )
        self._write_head()
        self._write_after()
        self._write_trouble()
        if self._receipt is not None:
            self._write_receipt(self._receipt)

    def _write_head(self) -> None:
        option, lang = self.option, self.lang
        preview = self._preview
        from_label = preview.from_label(lang) if preview is not None else "…"
        target = (preview.to_label if preview is not None else None) or option.target_label
        to_label = target(lang) if target is not None else t("advance.target_open", lang)
        who = t(
            "advance.acting", lang, role=_or_dash(option.role_label, lang), office=option.office_name or "—"
        )
        said = [parts.line((option.label(lang), "bold $accent"))]
        if preview is not None:
            said.append(parts.line((preview.title, parts.DIM)))
        said += [
            parts.line((from_label, ""), (" → ", "$accent"), (to_label, parts.STRONG)),
            parts.line((f"{who} · {t('advance.basis', lang, basis=option.basis)}", parts.DIM)),
        ]
        self.query_one("#advance-head", Static).update(parts.lines(said))

    def _write_after(self) -> None:
        """What will happen, and what is still missing."""
        preview, lang = self._preview, self.lang
        if preview is None:
            return
        said = [parts.line((t("advance.will_happen", lang), "bold $primary"))]
        if preview.to_label is None:
            said.append(parts.line((t("advance.target_open", lang), parts.DIM)))
        else:
            said.append(parts.line((t("advance.state_after", lang), parts.DIM), preview.to_label(lang)))
            holder = _or_dash(preview.waits_for_label, lang)
            said.append(parts.line((t("advance.holder_after", lang), parts.DIM), (holder, parts.STRONG)))
            if preview.due is not None:
                said += parts.due_lines(preview.due, None, lang)
        if preview.amount_after is not None and self.option.amount is not None:
            before = dong(preview.amount_before, lang) if preview.amount_before is not None else "—"
            after = dong(preview.amount_after, lang)
            label = words(f"advance.amount.{self.option.amount}")(lang)
            said.append(parts.line((f"{label}: {before} → ", parts.DIM), (after, parts.STRONG)))
        said += [parts.line((f"! {warning.text(lang)}", parts.WARN)) for warning in preview.option.warnings]
        self.query_one("#advance-consequence", Static).update(parts.lines(said))
        self.query_one("#advance-missing", Static).update(self._missing(preview))
        # Where the panes stand one under another, the list is out of sight while somebody types.
        count = len(preview.option.reasons)
        line = t("advance.count_missing" if count else "advance.nothing_missing", lang, count=count)
        self.query_one(StatusLine).quiet(line if self.has_class("-narrow") else "")

    def _missing(self, preview: Preview) -> Hanging:
        lang = self.lang
        wrong = [
            f"{field.label(lang)}: {problem(lang)}"
            for field in self.query(Field).results(Field)
            if field.value is None and (problem := field.problem()) is not None and not _just_empty(field)
        ]
        if not preview.option.reasons and not wrong:
            return parts.lines([parts.line((f"● {t('advance.nothing_missing', lang)}", parts.GOOD))])
        said = [parts.line((t("advance.still_missing", lang), "bold $warning"))]
        said += [parts.line(("○ ", parts.WARN), text) for text in wrong]
        said += [parts.line(("○ ", parts.WARN), reason.text(lang)) for reason in preview.option.reasons]
        return parts.lines(said)

    # What will happen

    @on(Field.Changed)
    def _something_changed(self) -> None:
        self._disarm()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SETTLE_SECONDS, self._look)

    def move(self) -> MoveInput:
        """What was entered so far."""
        act = next(iter(self.query("#act-box").results(PaperBox)), None)
        own = act.value() if act is not None else None
        others = [box for box in self.query(PaperBox) if box is not act]
        return MoveInput(
            on=self.query_one("#field-on", DateField).value,
            reason=next((field.value for field in self.query("#field-reason").results(MemoField)), None),
            document_kind=own.kind if own is not None else None,
            document_number=own.number if own is not None else None,
            document_date=own.date if own is not None else None,
            signer=own.signer if own is not None else None,
            conclusion=own.conclusion if own is not None else None,
            document_file=own.file if own is not None else None,
            papers=tuple(paper for box in others if (paper := box.value()) is not None),
            amount=next((field.value for field in self.query("#field-amount").results(MoneyField)), None),
            round=next((field.value for field in self.query("#field-round").results(WholeField)), None),
            authority=act.authority if act is not None else None,
            expected_version=self._version,
            request=self.request,
        )

    def _look(self) -> None:
        """Ask the rules what would happen with what stands in the fields now."""
        if self._receipt is not None or self.sending:
            return
        code, name, move = self._code, self.option.name, self.move()
        self.ask(
            lambda desk: desk.preview(code, name, move),
            self._looked,
            failed=self._not_looked,
            group="preview",
        )

    def _looked(self, preview: Preview) -> None:
        self._preview = preview
        self._write_head()
        self._write_after()

    def _not_looked(self, error: KcflowError) -> None:
        if self._failure is None:
            self._trouble(error)

    # Doing it

    @on(Button.Pressed, "#advance-confirm")
    def action_confirm(self) -> None:
        """Do it, if nothing that was typed is wrong; an act that ends something is confirmed once more."""
        if self.sending or self._gone or self._receipt is not None:
            return
        wrong = [field for field in self.query(Field).results(Field) if field.display and not field.check()]
        if wrong:
            self.say(t("advance.mend_first", self.lang, count=len(wrong)), "warn")
            wrong[0].focus_entry()
            return
        if self.option.danger and not self._armed:
            self._armed = True
            self._write_trouble()
            self.query_one("#advance-confirm").focus()
            return
        self._failure = None
        self._write_trouble()
        code, name, move = self._code, self.option.name, self.move()
        self.send(lambda desk: desk.advance(code, name, move), self._done, self._trouble)

    def _disarm(self) -> None:
        if self._armed:
            self._armed = False
            self._write_trouble()

    def _trouble(self, error: Exception) -> None:
        """Say what went wrong in its place; every field keeps what was typed."""
        self._armed = False
        self._failure = error
        self._write_trouble()
        if isinstance(error, ConflictError):
            self.query_one("#advance-reload").focus()

    def _write_trouble(self) -> None:
        lang, error = self.lang, self._failure
        said: list[Content] = []
        if error is not None:
            said.append(parts.line((f"✗ {sentence(error, lang)}", f"bold {parts.BAD}")))
        if isinstance(error, RefusedByRules):
            said += [parts.line((f"  · {reason.text(lang)}", parts.BAD)) for reason in error.reasons]
        if isinstance(error, ConflictError) and not self._gone:
            said.append(parts.line((f"  {t('advance.load_fresh', lang)}", parts.WARN)))
        elif error is not None:
            said.append(parts.line((f"  {t('advance.kept', lang)}", parts.DIM)))
        if self._gone:
            said.append(parts.line((t("advance.no_longer", lang), parts.WARN)))
        if self._armed:
            said.append(parts.line((f"! {t('advance.sure', lang)}", f"bold {parts.WARN}")))
        box = self.query_one("#advance-trouble", Static)
        box.update(parts.lines(said))
        box.display = bool(said)
        self.query_one("#advance-reload").display = isinstance(error, ConflictError) and not self._gone
        button = self.query_one("#advance-confirm", Button)
        button.label = t("advance.confirm_again" if self._armed else "advance.confirm", lang)
        button.disabled = self._gone
        if said:
            self.call_after_refresh(box.scroll_visible, animate=False)

    # Fresh data after somebody else was faster

    def key_r(self) -> None:
        """Load fresh data, where no field takes the letter."""
        if isinstance(self._failure, ConflictError):
            self.action_fresh_data()

    @on(Button.Pressed, "#advance-reload")
    def action_fresh_data(self) -> None:
        """Read the dossier as it stands now; what was typed stays."""
        if self._receipt is None and not self.sending:
            code = self._code
            self.ask(lambda desk: desk.dossier(code), self._fresh, failed=self._trouble, group="fresh")

    def _fresh(self, card: DossierCard) -> None:
        found = next((option for option in card.options if option.name == self.option.name), None)
        self._version = card.row.version
        if found is None:
            self._gone = True
        else:
            self.option = found
            self._failure = None
            self.say(t("advance.fresh", self.lang), "good")
        self._write_trouble()
        self._look()

    # More papers

    @on(Button.Pressed, "#advance-add")
    def action_add_paper(self) -> None:
        """Add the fields of a paper that comes with the act."""
        if self._receipt is not None:
            return
        if self._kinds:
            self._add_paper(self._kinds)
        else:
            self.ask(lambda desk: desk.document_kinds(), self._add_paper, group="kinds")

    def _add_paper(self, kinds: tuple[tuple[str, Label], ...]) -> None:
        self._kinds = kinds
        self._papers += 1
        title = words("advance.extra_paper", number=self._papers)
        name, roles = f"extra{self._papers}", my_roles(self.desk)
        box = PaperBox(name, kinds, self.desk.today, title=title, choose=True, roles=roles, wants_focus=True)
        self.query_one("#advance-form").mount(box)

    # Done

    def _done(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self.add_class("-done")
        self._write_receipt(receipt)
        self.query_one("#advance-close").focus()

    def _write_receipt(self, receipt: Receipt) -> None:
        lang = self.lang
        key = "repeated" if receipt.repeated else "done"
        said = [
            parts.line((f"● {t(f'advance.{key}', lang)}", f"bold {parts.GOOD}")),
            parts.line((f"{receipt.code}  ", "$accent"), receipt.title),
            parts.line((receipt.action_label(lang), parts.STRONG), f", {date_text(receipt.on, lang)}"),
            parts.line((t("advance.state_now", lang), parts.DIM), receipt.to_label(lang)),
            parts.line(
                (t("advance.holder_now", lang), parts.DIM), (receipt.waits_for_label(lang), parts.STRONG)
            ),
        ]
        if receipt.due is not None:
            said += parts.due_lines(receipt.due, None, lang)
        said += [parts.line((f"! {warning.text(lang)}", parts.WARN)) for warning in receipt.warnings]
        mark = t("advance.mark", lang, seq=receipt.seq, mark=receipt.mark)
        said.append(parts.line((mark, "$accent")))
        self.query_one("#advance-receipt", Static).update(parts.lines(said))

    @on(Button.Pressed, "#advance-close")
    def action_close_dialog(self) -> None:
        """Close; with the receipt, if it was done."""
        if not self.sending:
            self.dismiss(self._receipt)

    def why_not(self, action: str) -> str | None:
        """After the act only closing is left."""
        if self._receipt is not None and action in ("confirm", "fresh_data", "add_paper"):
            return t("advance.done", self.lang)
        return None


def _or_dash(label: Label | None, lang: str) -> str:
    return label(lang) if label is not None else "—"


def _just_empty(field: Field[object]) -> bool:
    """Whether nothing was typed: the rules say themselves what is missing."""
    return not str(getattr(field, "text", "")).strip()
