"""The phases of a proposal in a row: what is done, where it is, what lies ahead.

Written out in full, with the dates under the labels, where there is room; else the labels are cut evenly;
in a very narrow place only the marks and the label of the current phase are left.
"""

from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from screens.widgets.cells import fit, literal
from screens.widgets.state_mark import mark
from states.records import record

Status = Literal["done", "current", "ahead", "ended"]
_MARKS: dict[Status, str] = {
    "done": mark("done"),
    "current": mark("current"),
    "ahead": mark("ahead"),
    "ended": mark("stopped"),
}
_JOIN, _TIGHT = " ─ ", " "  # the marks alone keep phases apart where the line finds no room
_LEAST = 4  # cells below which a cut label says nothing


@record(frozen=True, slots=True)
class StagePhase:
    """One phase. status: done, current, ahead, or ended (it stopped there). date_text: as shown, or ""."""

    label: str
    status: Status
    date_text: str = ""


def share(widths: list[int], room: int, keep: int | None = None) -> list[int]:
    """Cut the widest first until all fit into `room`; number `keep` gives way last, its neighbours before it.

    widths: cells wanted. Returns cells given, never more than wanted; they add up to `room` at most.
    """
    given = list(widths)
    if keep is not None and 0 <= keep < len(widths):
        for near in (1, 0):
            others = [i for i in range(len(widths)) if abs(i - keep) > near]
            left = room - sum(widths[i] for i in range(len(widths)) if abs(i - keep) <= near)
            if left >= _LEAST * len(others):
                for i, cells in zip(others, share([widths[i] for i in others], left), strict=True):
                    given[i] = cells
                return given
    while sum(given) > room and any(given):
        given[given.index(max(given))] -= 1
    return given


class StageBar(Widget):
    """Phases in order, each with a mark, so that nothing hangs on colour."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"stage--done", "stage--current", "stage--ahead", "stage--ended"}

    DEFAULT_CSS = """
    StageBar {
        height: auto;
        color: $text-muted;
        & > .stage--done { color: $success; }
        & > .stage--current { color: $primary; text-style: bold; }
        & > .stage--ahead { color: $text-muted; }
        & > .stage--ended { color: $error; text-style: bold; }
    }
    """

    ALLOW_SELECT = False

    def __init__(
        self,
        phases: tuple[StagePhase, ...] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Make a bar of these phases."""
        super().__init__(id=id, classes=classes)
        self._phases = phases

    def update(self, phases: tuple[StagePhase, ...]) -> None:
        """Show other phases."""
        self._phases = phases
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """As wide as it may be."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Two lines when the dates find room, else one."""
        return 2 if self._dated(width) else 1

    def _labels(self) -> list[str]:
        return [literal(phase.label) for phase in self._phases]

    def _columns(self) -> list[int]:
        """The widths that labels and dates want, each in its own column."""
        return [
            max(cell_len(label), cell_len(literal(phase.date_text)))
            for label, phase in zip(self._labels(), self._phases, strict=True)
        ]

    def _frame(self, join: str) -> int:
        """Cells that marks and joints take."""
        return 2 * len(self._phases) + len(join) * max(0, len(self._phases) - 1)

    def _dated(self, width: int) -> bool:
        has_dates = any(phase.date_text for phase in self._phases)
        return has_dates and self._frame(_JOIN) + sum(self._columns()) <= width

    @property
    def _current(self) -> int | None:
        for i, phase in enumerate(self._phases):
            if phase.status in ("current", "ended"):
                return i
        return None

    def render_line(self, y: int) -> Strip:
        """Draw the labels, or under them the dates."""
        width, base = self.content_size.width, self.rich_style
        if not self._phases or width <= 0 or y > 1:
            return Strip.blank(max(0, width), base)
        dated = self._dated(width)
        if y == 1:
            segments = self._dates() if dated and self.content_size.height > 1 else []
        else:
            segments = self._line(width, dated)
        return Strip(segments).adjust_cell_length(width, base)

    def _line(self, width: int, dated: bool) -> list[Segment]:
        labels = self._labels()
        wanted = [cell_len(label) for label in labels]
        if dated:
            return self._joined(labels, self._columns(), _JOIN)
        join = _JOIN if self._frame(_JOIN) + sum(wanted) <= width else _TIGHT
        given = share(wanted, width - self._frame(join), self._current)
        if all(cells >= min(_LEAST, want) for cells, want in zip(given, wanted, strict=True)):
            return self._joined(labels, given, join)
        return self._marks_only(labels, width)

    def _joined(self, labels: list[str], widths: list[int], join: str) -> list[Segment]:
        """Every mark and label; a wider column is filled with the line that joins the phases."""
        line = self.rich_style
        segments: list[Segment] = []
        for i, (phase, label, cells) in enumerate(zip(self._phases, labels, widths, strict=True)):
            shown = fit(label, min(cells, cell_len(label)))
            segments.append(Segment(f"{_MARKS[phase.status]} {shown}", self._style(phase)))
            if i < len(labels) - 1:
                filled = join[:1] + join[1:2] * (cells - cell_len(shown) + 1) + join[2:]
                segments.append(Segment(filled, line))
        return segments

    def _dates(self) -> list[Segment]:
        segments: list[Segment] = []
        for phase, cells in zip(self._phases, self._columns(), strict=True):
            segments.append(Segment("  " + fit(phase.date_text, cells) + " " * len(_JOIN), self.rich_style))
        return segments

    def _marks_only(self, labels: list[str], width: int) -> list[Segment]:
        """All marks in a row, the current phase with its name and number."""
        current = self._current
        count = "" if current is None else f" {current + 1}/{len(labels)}"
        room = width - len(labels) - (0 if current is None else 2 + len(count))
        segments: list[Segment] = []
        for i, phase in enumerate(self._phases):
            text = _MARKS[phase.status]
            if i == current and room >= _LEAST:
                text += f" {fit(labels[i], min(room, cell_len(labels[i])))}{count}"
                text += " " if i < len(labels) - 1 else ""
            segments.append(Segment(text, self._style(phase)))
        return segments

    def _style(self, phase: StagePhase) -> Style:
        return self.get_component_rich_style(f"stage--{phase.status}")
