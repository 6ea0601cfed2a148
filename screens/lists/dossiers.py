"""Đề án: everything that this person may see, by code at first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from kcflow.services.views import DossierRow, Page
from screens.lists.list_sources import IndexedRows, Stop
from screens.lists.searched import SearchedPane
from screens.widgets.table import RowSource

if TYPE_CHECKING:
    from kcflow.services.desk import Desk
    from screens.lists.views import ViewChoice


class DossiersPane(SearchedPane):
    """All dossiers in scope."""

    list_name = "dossiers"
    orders: ClassVar[tuple[str, ...]] = ("code", "due", "newest", "-requested")
    empty_key = "dossiers.empty"
    filled_by_drafts = True

    def source(self) -> RowSource:
        """The dossiers that pass the filter."""
        wanted, order = self.wish.on(self.desk.today), self.order

        def fetch(desk: Desk, after: object | None, limit: int) -> Page[DossierRow]:
            return desk.dossiers(wanted, order, after, limit)

        def index(desk: Desk, stop: Stop) -> Sequence[int]:
            return desk.dossier_index(wanted, order, stop)

        return IndexedRows(self.desk, fetch, self.draw, index, lambda desk, ids: desk.dossiers_at(ids))

    def built_in(self) -> Sequence[ViewChoice]:
        """The views that everybody has."""
        from screens.lists.dossier_filter import built_in_views

        return built_in_views(self.names)
