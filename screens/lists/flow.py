"""Dòng chảy: how many proposals stand in each phase and state, how many are late, how much money is at stake.

A supervisor's first look. The boxes add up: those under way and those that have ended make the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kcflow.flow_figures import ENDED, SourceFlow, Tally, sources_of, summed
from kcflow.formats import dong
from kcflow.i18n import t
from kcflow.labels import SOURCE
from kcflow.services.errors import KcflowError
from kcflow.services.views import FlowPhase, ListFilter
from screens.base import sentence
from screens.clock.dwell_commands import OpenDwell, OpensDwell
from screens.commands import bindings
from screens.lists.chips import ChipsLine
from screens.lists.flow_commands import (
    FlowList,
    FlowSource,
    FlowStalled,
    FlowUp,
    FlowYearAfter,
    FlowYearBefore,
)
from screens.lists.list_commands import FilterChips, FilterList
from screens.lists.listpane import Pane
from screens.lists.wishes import Chip, Names, Wish, chips_of, read_names, without
from screens.widgets.flow_chart import FlowChart
from screens.widgets.flow_lines import Spot, box_name, grouped, proposals
from screens.widgets.state_mark import mark

if TYPE_CHECKING:
    from screens.lists.filters import Value

SOURCES: tuple[str | None, ...] = (None, *SOURCE)
IN_HEAD = ("source:", "plan_year:")
"""What the head line says by itself, without a chip: it has keys of its own."""


class FlowPane(OpensDwell, Pane):
    """The flow picture over the whole width, what it counts above it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *(FlowList, FlowStalled, FlowUp, FlowSource, FlowYearBefore, FlowYearAfter),
        *(FilterList, FilterChips, OpenDwell),
    )
    help_key = "help.flow"
    DEFAULT_CSS = """
    FlowPane {
        background: $surface;
        & > #flow-head { height: auto; padding: 0 1; background: $background; }
        & > FlowChart { height: 1fr; }
    }
    """

    def __init__(self) -> None:
        """Count everything."""
        super().__init__()
        self.wanted = ListFilter()
        self._names = Names()
        self._phases: tuple[FlowPhase, ...] | None = None
        self._failure: str = ""

    def compose(self) -> Iterable[Widget]:
        """What is counted, and the picture."""
        yield Static("", id="flow-head", markup=False)
        yield ChipsLine()
        yield FlowChart()

    @property
    def chart(self) -> FlowChart:
        """The picture."""
        return self.query_one(FlowChart)

    # Reading

    def on_mount(self, event: events.Mount | None = None) -> None:
        """Count for the first time."""
        if event is not None:
            event.prevent_default()  # the base class would look for its list
        self.ready = True
        self._read()
        if self.display:
            self.take_focus()

    def focus_list(self) -> None:
        """Put the focus on the picture."""
        self.chart.focus()

    def _read(self) -> None:
        wanted = self.wanted
        self._write()
        self.ask(lambda desk: desk.flow(wanted), self._take, failed=self._failed, group="flow")

    def _take(self, phases: tuple[FlowPhase, ...]) -> None:
        if self._failure:
            self._failure = ""
            self.say("")
        self._phases = phases
        self._write()

    def _failed(self, error: KcflowError) -> None:
        self._failure = sentence(error, self.lang)
        self.say(self._failure, "error")
        self._write()

    def restart(self) -> None:
        """Another person works: count anew, from the first box."""
        self.wanted = ListFilter()
        self._phases = None
        self.chart.cursor = None
        self._read()

    def refresh_data(self) -> None:
        """Count anew; the cursor stays on its place."""
        self._read()

    def on_language_changed(self) -> None:
        """Write every word anew; the figures stay."""
        self._write()

    @property
    def at_rest(self) -> bool:
        """Whether everything that belongs on the pane is there."""
        return not self.waiting

    def on_resize(self) -> None:
        """The totals are broken over lines by the width."""
        self._write()

    # Writing

    @property
    def sources(self) -> tuple[SourceFlow, ...]:
        """What is shown."""
        return sources_of(self._phases or ())

    def _write(self) -> None:
        shown = self.sources
        self.chart.show(shown, self.lang)
        self.query_one("#flow-head", Static).update(self._head(shown))
        line = self.query_one(ChipsLine)
        line.show(self._chips(), "", "")
        line.display = bool(line.chips)
        self._write_quiet()
        self.refresh_bindings()

    def _chips(self) -> tuple[Chip, ...]:
        """The parts of the filter that the head line doesn't say."""
        chips = chips_of(Wish(self.wanted), self._names, self.lang)
        return tuple(chip for chip in chips if chip.key not in IN_HEAD)

    def _head(self, shown: tuple[SourceFlow, ...]) -> Content:
        """What is counted, and how it adds up."""
        lang = self.lang
        wanted = self.wanted
        source = t("flow.all_sources", lang) if wanted.source is None else SOURCE[wanted.source](lang)
        year = t("flow.all_years", lang) if wanted.plan_year is None else str(wanted.plan_year)
        parts: list[tuple[str, str]] = [
            (f"{t('flow.source_is', lang)} ", "$text-muted"),
            (source, "$accent bold"),
            (f"   {t('flow.year_is', lang)} ", "$text-muted"),
            (year, "$accent bold"),
            ("\n", ""),
        ]
        if self._phases is None:
            text = self._failure or t("app.reading", lang)
            return Content.assemble(*parts, (text, "$text-muted"))
        under_way = summed(flow.under_way for flow in shown)
        ended = summed(flow.ended.tally for flow in shown)
        money = t("flow.sum_money", lang, amount=dong(under_way.requested, lang))
        parts.insert(-1, (f"   {money}", "$text-muted"))
        room = self.size.width - 2
        for text, style in self._totals(under_way, ended):
            used = cell_len("".join(text for text, _ in parts).rpartition("\n")[2])
            joint = "" if not used else "   " if used + 3 + cell_len(text) <= room else "\n"
            parts += [(joint, ""), (text, style)]
        return Content.assemble(*parts)

    def _totals(self, under_way: Tally, ended: Tally) -> list[tuple[str, str]]:
        """What can't be broken over two lines."""
        lang = self.lang
        if not under_way.count + ended.count:
            filtered = self.wanted != ListFilter()
            return [(t("dossiers.none_found" if filtered else "dossiers.empty", lang), "")]

        def n(number: int) -> str:
            return grouped(number, lang)

        total = under_way.count + ended.count
        sum_ = t("flow.sum", lang, total=total, under_way=under_way.count, ended=ended.count)
        parts = [(sum_, "bold")]
        if under_way.late:
            words = t(
                "flow.sum_late",
                lang,
                late=n(under_way.late),
                law=n(under_way.late_law),
                policy=n(under_way.late_policy),
            )
            parts.append((f"{mark('late')} {words}", "$error bold"))
        if under_way.near:
            words = t("flow.sum_near", lang, n=n(under_way.near))
            parts.append((f"{mark('near')} {words}", "$warning"))
        return parts

    def _write_quiet(self) -> None:
        spot = self.chart.cursor
        found = self.chart.found(spot) if spot is not None else None
        self.quiet_text = ""
        if found is not None:
            box, state = found
            name = box_name(box, self.lang)
            place = name if state is None else f"{name} › {state.label(self.lang)}"
            count = box.tally.count if state is None else state.count
            self.quiet_text = t(
                "flow.here",
                self.lang,
                source=SOURCE[box.source](self.lang) if box.source in SOURCE else box.source,
                place=place,
                proposals=proposals(count, self.lang),
            )
        self.post_message(self.Quiet(self, self.quiet_text))

    def on_flow_chart_moved(self, message: FlowChart.Moved) -> None:
        """Say where the cursor stands."""
        message.stop()
        self._write_quiet()
        self.refresh_bindings()

    # Keys

    def why_not(self, action: str) -> str | None:
        """A list needs something to list, up needs somewhere to go."""
        if action == "flow_list":
            return None if self._wanted() is not None else t("flow.nothing_there", self.lang)
        if action == "flow_stalled":
            return self._why_not_stalled()
        if action == "flow_up":
            spot = self.chart.cursor
            deep = spot is not None and bool(spot.state)
            return None if deep or self.wanted != ListFilter() else t("flow.top", self.lang)
        if action == "filter_chips":
            return None if self.query_one(ChipsLine).chips else t("lists.no_chips", self.lang)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the picture is composed nothing can be done with it."""
        return super().check_action(action, parameters) if self.ready else None

    def _wanted(self, spot: Spot | None = None) -> ListFilter | None:
        """The filter of the list behind a place (default: the cursor's); None where nothing stands."""
        spot = spot or self.chart.cursor
        found = self.chart.found(spot) if spot is not None else None
        if found is None:
            return None
        box, state = found
        count = box.tally.count if state is None else state.count
        if not count:
            return None
        place = box.wanted(self.wanted.plan_year, state)
        return replace(
            self.wanted,
            phases=place.phases,
            states=place.states,
            lifecycles=place.lifecycles,
            source=place.source,
            open_only=place.open_only,
        )

    def action_flow_list(self) -> None:
        """The list of what stands under the cursor."""
        self.chart.action_choose()

    def on_flow_chart_chosen(self, message: FlowChart.Chosen) -> None:
        """Show the list, or say that there is nothing in it."""
        message.stop()
        wanted = self._wanted(message.spot)
        if wanted is None:
            self.say(t("flow.nothing_there", self.lang), "warn")
        else:
            self.desk_app.show_dossiers(wanted)

    def _why_not_stalled(self) -> str | None:
        """What has ended stands still no more."""
        spot = self.chart.cursor
        found = self.chart.found(spot) if spot is not None else None
        if found is not None and found[0].phase == ENDED:
            return t("flow.ended_never_stalled", self.lang)
        return None if self._wanted() is not None else t("flow.nothing_there", self.lang)

    def action_flow_stalled(self) -> None:
        """What is late, waits or is stuck in the phase or the state under the cursor."""
        wanted, reason = self._wanted(), self._why_not_stalled()
        if wanted is None or reason is not None:
            self.say(reason or "", "warn")
        else:
            self.desk_app.show_stalled(wanted)

    def action_flow_up(self) -> None:
        """From a state to its phase; from a phase to everything."""
        if not self.chart.to_box():
            self._count(ListFilter())

    def action_flow_source(self) -> None:
        """The next source of money."""
        source = SOURCES[(SOURCES.index(self.wanted.source) + 1) % len(SOURCES)]
        self._count(replace(self.wanted, source=source))

    def action_year(self, step: int) -> None:
        """The plan year before or after; from all years to this year."""
        year = self.wanted.plan_year
        self._count(replace(self.wanted, plan_year=self.desk.today.year if year is None else year + step))

    def _count(self, wanted: ListFilter) -> None:
        """Count what passes another filter."""
        self.wanted = wanted
        self._read()

    def dwell_filter(self) -> ListFilter:
        """Where time goes begins with what is counted here."""
        return self.wanted

    # The filter

    def action_filter(self) -> None:
        """Choose what is counted; what can be chosen is read first."""
        self.ask(read_names, self._open_filter, group="filter")

    def _open_filter(self, names: Names) -> None:
        from screens.lists.dossier_filter import flow_fields, judge, wish_from
        from screens.lists.filters import FilterDialog

        def filtered(values: Mapping[str, Value] | None) -> None:
            if values is not None:
                self._count(wish_from(values, Wish(self.wanted)).filter)

        self._names = names
        fields = flow_fields(Wish(self.wanted), names, self.desk.today)
        self.app.push_screen(FilterDialog(fields, judge), filtered)

    def action_filter_chips(self) -> None:
        """Go to the chips."""
        self.query_one(ChipsLine).focus()

    def on_chips_line_removed(self, message: ChipsLine.Removed) -> None:
        """Count without one part of the filter."""
        message.stop()
        self._count(without(Wish(self.wanted), message.key).filter)

    def on_chips_line_cleared(self, message: ChipsLine.Cleared) -> None:
        """Count everything."""
        message.stop()
        self._count(ListFilter())

    def on_chips_line_edited(self, message: ChipsLine.Edited) -> None:
        """Change the filter."""
        message.stop()
        self.action_filter()

    def on_chips_line_left(self, message: ChipsLine.Left) -> None:
        """Back to the picture."""
        message.stop()
        self.focus_list()
