"""What the virtual table tells its screen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from screens.widgets.paged_view import PagedView


@dataclass(eq=False, repr=False)
class TableMessage(Message, namespace="virtual_table"):
    """Something about one table."""

    table: "PagedView"

    @property
    def control(self) -> "PagedView":
        """The table."""
        return self.table

    def _supersedes(self, message: Message) -> bool:
        return (
            type(message) is type(self) and isinstance(message, TableMessage) and message.table is self.table
        )


@dataclass(eq=False, repr=False)
class Highlighted(TableMessage, namespace="virtual_table"):
    """The cursor stands on another row, or the row under it was read again. key None: no row at all."""

    key: str | None
    payload: object

    def can_replace(self, message: Message) -> bool:
        """Let the last of a burst stand for all."""
        return self._supersedes(message)


@dataclass(eq=False, repr=False)
class Chosen(TableMessage, namespace="virtual_table"):
    """Somebody opened a row."""

    key: str
    payload: object


@dataclass(eq=False, repr=False)
class SelectionChanged(TableMessage, namespace="virtual_table"):
    """The set of selected keys is another one."""

    keys: frozenset[str]


@dataclass(eq=False, repr=False)
class SelectAllRequested(TableMessage, namespace="virtual_table"):
    """Somebody wants every row selected, and not all are in memory: the screen may `select` their keys."""


@dataclass(eq=False, repr=False)
class SelectRangeRequested(TableMessage, namespace="virtual_table"):
    """Somebody wants the rows number `first` to `last` selected as well, and not all are in memory.

    Nothing was selected: half of what somebody meant would be worse. The screen may `select` their keys.
    """

    first: int
    last: int


@dataclass(eq=False, repr=False)
class SortRequested(TableMessage, namespace="virtual_table"):
    """Somebody wants another order, that of the column `key`: the screen brings it and sets `sorted_by`."""

    key: str
    ascending: bool


@dataclass(eq=False, repr=False)
class ColumnsChanged(TableMessage, namespace="virtual_table"):
    """Somebody made a column wider or narrower; `table.widths` is worth keeping."""

    def can_replace(self, message: Message) -> bool:
        """Let the last of a burst stand for all."""
        return self._supersedes(message)


@dataclass(eq=False, repr=False)
class Reading(TableMessage, namespace="virtual_table"):
    """Reading a list anew, or the way to its end, has begun, or is over: done, failed or given up."""

    reading: bool


@dataclass(eq=False, repr=False)
class LoadFailed(TableMessage, namespace="virtual_table"):
    """The source raised `error`; rows that were already read stay."""

    error: Exception


@dataclass(eq=False, repr=False)
class Loaded(TableMessage, namespace="virtual_table"):
    """Rows were read. count_known: how many are known. complete: whether that is all of them."""

    count_known: int
    complete: bool

    def can_replace(self, message: Message) -> bool:
        """Let the last of a burst stand for all."""
        return self._supersedes(message)
