"""What the reading threads of the virtual table tell it; each bears the ticket or pages it belongs to."""

from dataclasses import dataclass
from threading import Event

from textual.message import Message

from screens.widgets.row_pages import Delivery, RowPages
from screens.widgets.row_source import RowSource
from states.records import record


@record(frozen=True, slots=True)
class Opening:
    """A list to be read from its start, or anew.

    keep: look for the row with `key`, which was number `row`; else the cursor goes to `row`. learnt: the
    source's `prepare` is done. stop: set when nobody wants the list any more.
    """

    source: RowSource
    key: str | None
    row: int
    keep: bool
    learnt: bool
    stop: Event


@dataclass(eq=False, repr=False)
class Opened(Message, bubble=False, namespace="paged_view"):
    """A list was read; `cursor` is the row the cursor belongs on."""

    ticket: int
    pages: RowPages
    cursor: int
    opening: Opening


@dataclass(eq=False, repr=False)
class Arrived(Message, bubble=False, namespace="paged_view"):
    """A part of what was asked for."""

    ticket: int
    delivery: Delivery


@dataclass(eq=False, repr=False)
class Learnt(Message, bubble=False, namespace="paged_view"):
    """The source of `pages` has `total` rows; prepared: any of them opens directly from here on."""

    pages: RowPages
    total: int
    prepared: bool


@dataclass(eq=False, repr=False)
class NotLearnt(Message, bubble=False, namespace="paged_view"):
    """The source of `pages` could not say how many rows it has."""

    pages: RowPages
    error: Exception


@dataclass(eq=False, repr=False)
class Finished(Message, bubble=False, namespace="paged_view"):
    """The request is done, well or badly."""

    ticket: int
    error: Exception | None = None
