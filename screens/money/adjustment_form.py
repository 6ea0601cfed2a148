"""The form of a wish to change an approved proposal: what changes, from what to what, who decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget

from kcflow.i18n import t
from kcflow.labels import AMOUNT, DATE_FIELDS, FIELD
from kcflow.services.door import LENGTHS
from kcflow.services.errors import KcflowError
from kcflow.services.money_views import AdjustmentInput, AdjustmentKind, AdjustmentPlan
from kcflow.services.views import DossierCard, Receipt
from screens.dossier import proposal_parts as parts
from screens.dossier.paper_box import PaperBox, my_roles
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, Field, MemoField, TextField, words
from screens.money.form import MoneyForm
from screens.trouble import with_reasons
from screens.widgets.basis import basis_text
from screens.widgets.hanging import Hanging
from states.model import Label

if TYPE_CHECKING:
    from kcflow.services.desk import Desk

PREFIX: Final = "after-"
LETTER: Final = "cong_van_don_vi"
_SETTLE_SECONDS: Final = 0.15


class AdjustmentForm(MoneyForm):
    """Proposal, kind of change, the fields of that kind as they are and as they are to be, a reason."""

    help_key = "help.adjustment_form"
    keep_as = "adjustment"

    def __init__(self, proposal: str = "") -> None:
        """Begin with a proposal."""
        super().__init__()
        self._proposal = proposal
        self._card: DossierCard | None = None
        self._kinds: tuple[AdjustmentKind, ...] = ()
        self._plan: AdjustmentPlan | None = None
        self._trouble: KcflowError | None = None
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Read the proposal that it begins with."""
        super().on_mount()
        self._read()

    def keep_code(self) -> str:
        """It is kept with the proposal that it began with."""
        return self._proposal

    def heading(self) -> str:
        """What is written."""
        return t("money.new_adjustment", self.lang)

    def fields(self) -> Iterable[Widget]:
        """Proposal, kind, the fields of the kind, reason, the unit's letter."""
        yield TextField("proposal", words("money.proposal"), self._proposal, required=True, max_length=30)
        yield ChoiceField("change", words("money.change"), (), required=True, blank=words("form.choose"))
        yield Vertical(id="form-changes")
        yield MemoField("reason", words("advance.reason"), required=True, max_length=LENGTHS["reason"])
        yield PaperBox(
            "letter",
            ((LETTER, words("money.letter")),),
            self.desk.today,
            title=words("money.letter"),
            roles=my_roles(self.desk),
        )

    # The proposal and the kind

    @property
    def _code(self) -> str:
        return (self.query_one("#field-proposal", TextField).value or "").strip().upper()

    @property
    def _kind(self) -> AdjustmentKind | None:
        name = self.query_one("#field-change", ChoiceField).value
        return next((kind for kind in self._kinds if kind.name == name), None)

    def changed(self, key: str) -> None:
        """Another proposal or kind has other fields; what will come of it is worked out anew."""
        if key == "proposal":
            self._read()
        elif key == "change":
            self.call_later(self._show_fields)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SETTLE_SECONDS, self._look)

    def _read(self) -> None:
        code = self._code

        def read(desk: Desk) -> tuple[DossierCard, tuple[AdjustmentKind, ...]]:
            card = desk.dossier(code)
            return card, desk.money.adjustment_kinds(card.row.source)

        if code:
            self.ask(read, self._known, failed=self._failed_look, group="proposal")

    def _known(self, found: tuple[DossierCard, tuple[AdjustmentKind, ...]]) -> None:
        self._card, self._kinds = found
        self._trouble = None
        field = self.query_one("#field-change", ChoiceField)
        field.offer([(kind.name, kind.label) for kind in self._kinds])
        self.call_later(self._show_fields)
        self._look()

    async def _show_fields(self) -> None:
        """The fields of the kind, each with what it is now."""
        kind, box = self._kind, self.query_one("#form-changes", Vertical)
        wanted = kind.fields if kind is not None else ()
        there = [field.key.removeprefix(PREFIX) for field in box.query(Field).results(Field)]
        if list(wanted) != there:
            await box.remove_children()
            await box.mount_all([self._field(name) for name in wanted])
            self.filled(*(f"{PREFIX}{name}" for name in wanted))

    async def make_room(self, keys: Collection[str]) -> None:
        """The fields that were kept, before their texts come back."""
        box = self.query_one("#form-changes", Vertical)
        names = [key.removeprefix(PREFIX) for key in keys if key.startswith(PREFIX)]
        if names:
            await box.remove_children()
            await box.mount_all([self._field(name) for name in names])

    def _field(self, name: str) -> Widget:
        key, label = f"{PREFIX}{name}", FIELD.get(name) or AMOUNT.get(name) or Label(name, name)
        now = self._now(name)
        if name in AMOUNT:
            return MoneyField(key, words("money.support"), now if isinstance(now, int) else None)
        if name in DATE_FIELDS:
            day = date.fromisoformat(now) if isinstance(now, str) and now else None
            return DateField(key, label, day, today=self.desk.today)
        if isinstance(now, list | tuple):
            return TextField(key, label, "; ".join(str(each) for each in now), max_length=1000)
        return MemoField(key, label, str(now or ""), max_length=2000)

    def _now(self, name: str) -> object:
        if self._card is None:
            return None
        return self._card.money.approved if name == "approved" else self._card.content.get(name)

    # Who decides

    def _look(self) -> None:
        kind = self._kind
        if kind is None or self.sending or not self._code:
            self._plan = None
            self.write()
            return
        entered = self.entered()
        self.ask(
            lambda desk: desk.money.check_adjustment(entered),
            self._looked,
            failed=self._failed_look,
            group="check",
            quiet=True,
        )

    def _looked(self, plan: AdjustmentPlan) -> None:
        self._plan, self._trouble = plan, None
        self.write()

    def _failed_look(self, error: KcflowError) -> None:
        self._plan, self._trouble = None, error
        self.write()

    def sums(self) -> Hanging:
        """Who decides on which basis, what changes from what to what; or what is wrong."""
        lang, plan, kind = self.lang, self._plan, self._kind if self.is_mounted else None
        said = []
        if self._card is not None:
            said.append(parts.line((self._card.row.code, "bold $accent"), "  ", self._card.row.title))
        if plan is not None:
            who = t("money.decides", lang, who=plan.decides_label(lang))
            said.append(
                parts.line((f"● {who}", parts.GOOD), (f" · {basis_text(plan.basis, lang)}", parts.DIM))
            )
            for label, before, after in plan.changes:
                change = f"{before(lang) or '—'} → {after(lang) or '—'}"
                said.append(parts.line((f"{label(lang)}: ", parts.DIM), change))
        elif kind is not None:
            who = t("money.decides", lang, who=kind.decides_label(lang))
            said.append(parts.line((who, ""), (f" · {basis_text(kind.basis, lang)}", parts.DIM)))
        if self._trouble is not None:
            said.append(parts.line((f"○ {with_reasons(self._trouble, lang)}", parts.WARN)))
        if not said:
            said.append(parts.line((t("money.adjust_what", lang), parts.DIM)))
        return parts.lines(said)

    # Sending

    def entered(self) -> AdjustmentInput:
        """The form as it stands: only what differs from the proposal."""
        after: dict[str, object] = {}
        for field in self.query_one("#form-changes", Vertical).query(Field).results(Field):
            name, value = field.key.removeprefix(PREFIX), field.value if field.is_mounted else None
            text: object = value.isoformat() if isinstance(value, date) else value
            if text is None and name not in AMOUNT:
                text = ""
            if text is not None and not _same(text, self._now(name)):
                after[name] = text
        return AdjustmentInput(
            proposal=self._code,
            change=self.query_one("#field-change", ChoiceField).value or "",
            after=after,
            reason=self.query_one("#field-reason", MemoField).value or "",
            letter=self.query_one(PaperBox).value(),
        )

    def work(self) -> Callable[[Desk], Receipt]:
        """Ask for it."""
        entered, request = self.entered(), self.request
        return lambda desk: desk.money.ask_adjustment(entered, request=request)


def _same(text: object, now: object) -> bool:
    """Whether a typed value says what is there already."""
    if isinstance(now, list | tuple):
        return text == "; ".join(str(each) for each in now)
    return text == (now if now is not None else "")
