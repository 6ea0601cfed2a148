"""Việc của tôi: what waits for this person, of every kind, by due date at first, and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from kcflow.i18n import t
from kcflow.services.views import DossierRow, Page
from screens.lists.list_sources import IndexedRows, Stop
from screens.lists.rows import DOSSIER_COLUMNS
from screens.lists.searched import SearchedPane
from screens.widgets.table import RowSource

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.lists.views import ViewChoice


class InboxPane(SearchedPane):
    """What this person can or must do now."""

    list_name = "inbox"
    orders: ClassVar[tuple[str, ...]] = ("due", "code", "newest", "-requested")
    empty_key = "inbox.empty"
    none_found_key = "lists.inbox_none_found"
    acts_shown = True
    kinds_in_filter = True
    filled_by_drafts = True
    noun = "all"

    def column_names(self) -> tuple[str, ...]:
        """Every column, with what can be done."""
        return tuple(DOSSIER_COLUMNS)

    def empty_text(self) -> str:
        """Auditors and supervisors only read: what they look at is elsewhere."""
        reads = not self.filtered() and not self.may_write
        return t("inbox.empty_reader", self.lang) if reads else super().empty_text()

    def source(self) -> RowSource:
        """What waits for this person and passes the filter."""
        wanted, order = self.wish.on(self.desk.today), self.order

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[DossierRow]:
            return desk.inbox(after, limit, wanted, order)

        def index(desk: Desk, stop: Stop) -> Sequence[int]:
            return desk.inbox_index(wanted, order, stop)

        return IndexedRows(self.desk, fetch, self.draw, index, lambda desk, ids: desk.inbox_at(ids))

    def built_in(self) -> Sequence[ViewChoice]:
        """Of the views that everybody has, those that say something about one's own work."""
        from screens.lists.dossier_filter import built_in_views

        return built_in_views(self.names, ("late", "week", "returned", "under_way", "all"), "due")
