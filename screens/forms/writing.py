"""Forms whose fields make one thing to write: asked once, and what is wrong is said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kcflow.i18n import t
from kcflow.services.errors import ConflictError, KcflowError
from kcflow.services.views import Receipt
from screens.commands import CloseDialog
from screens.dossier import act_inputs
from screens.dossier.paper_box import Confirm
from screens.forms.keeping import KEEP, KeepsForm
from screens.trouble import with_reasons

if TYPE_CHECKING:
    from kcflow.services.desk import Desk


class WritesReceipt(KeepsForm):
    """The half of a form that writes what its fields say and gives the receipt; `KEYS` are the form's."""

    KEYS = (Confirm, CloseDialog, *KEEP)

    def work(self) -> Callable[[Desk], Receipt]:
        """What writes the form (in a worker thread); called when no field is wrong."""
        raise NotImplementedError

    def action_confirm(self) -> None:
        """Write it, once."""
        wrong = act_inputs.wrong_fields(self)
        if wrong:
            self.say(t("advance.mend_first", self.lang, count=len(wrong)), "warn")
            wrong[0].focus_entry()
            return
        self.send(self.work(), self.finish, self._failed)

    def _failed(self, error: Exception) -> None:
        """Say what went wrong, beside its field where it has one; nothing typed is lost."""
        if isinstance(error, KcflowError) and not isinstance(error, ConflictError):
            name = error.params.get("field")
            for field in act_inputs.there(self):
                if name is not None and field.key == name:
                    field.fault(error.text)
                    field.focus_entry()
        self.say(with_reasons(error, self.lang), "error")
