"""Where time goes, line by line: states with spans, one divided bar, returns, months by two years."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len

from kcflow.bars import BLOCKS, bar, columns, divided, part, span
from kcflow.dwell_figures import (
    Throughput,
    change_text,
    lifecycle_text,
    longest_text,
    median_text,
    p90_text,
    share_text,
    state_sentence,
    throughput,
)
from kcflow.formats import count_text
from kcflow.i18n import t
from kcflow.services.dwell_views import Dwell, DwellReport, PartyShare, PingPong
from screens.guide.pairs import wrapped
from screens.widgets.bar_list import BarRow
from screens.widgets.cells import fit, fit_both_ends, literal
from screens.widgets.flow_lines import Line, Tone
from screens.widgets.state_mark import mark
from states.records import record

_LEAST_NAME, _MOST_NAME = 18, 44
_LEAST_BAR, _MOST_BAR = 8, 60
_WIDE, _HUGE = 96, 140
MONTH: Final = 3
"""Cells of a month."""
MOST_MONTH: Final = 12
_LEAST_MONTHS: Final = 50
"""Cells that a phase's name has even over a few months."""
_JOINT: Final = " · "


def rows(found: DwellReport, which: str, lang: str, width: int) -> list[BarRow]:
    """The lines of one of `dwell_figures.PARTS` for a width in cells."""
    drawn = list(_DRAWN[which](found, lang, width))
    if not drawn:
        return message(t(f"dwell.none_{which}", lang), width)
    return drawn


def message(text: str, width: int) -> list[BarRow]:
    """A sentence in place of a picture."""
    return [_plain(""), *(_plain(f" {each}") for each in wrapped(text, max(1, width - 2)))]


def _plain(text: str, tone: Tone = "") -> BarRow:
    return BarRow((Line().add(text, tone),))


def _heading(text: str, width: int) -> BarRow:
    line = Line().add(f" {literal(text)} ", "head")
    return BarRow((line.add("─" * max(0, width - line.width), "dim"),))


def _number(n: int, lang: str) -> str:
    return count_text(n, lang) if n else "·"


# -- states ------------------------------------------------------------------------------------

_FIGURES: Final[Mapping[str, Callable[[Dwell, str], str]]] = {
    "stays": lambda row, lang: _number(row.stays, lang),
    "median": median_text,
    "p90": p90_text,
    "longest": longest_text,
    "late": lambda row, lang: f"{mark('late')} {count_text(row.late, lang)}" if row.late else "·",
    "open": lambda row, lang: _number(row.open, lang),
}


def state_key(row: Dwell) -> str:
    """The key of a state's row."""
    return f"{row.lifecycle}/{row.state}/{row.office}"


def _states(found: DwellReport, lang: str, width: int) -> Iterator[BarRow]:
    if not found.dwell:
        return
    names = [name for name in _FIGURES if name != "longest" or width >= _WIDE]
    heads = {name: t(f"dwell.head.{name}", lang) for name in names}
    cells = {
        name: 2 + max(cell_len(heads[name]), *(cell_len(_FIGURES[name](row, lang)) for row in found.dwell))
        for name in names
    }
    party = 2 + max(cell_len(row.waits_for_label(lang)) for row in found.dwell) if width >= _HUGE else 0
    left = width - sum(cells.values()) - party
    room = max(_LEAST_NAME, min(_MOST_NAME, left * 3 // 5))
    drawn = max(0, min(_MOST_BAR, left - room - 3))
    most = max(row.p90 for row in found.dwell)
    legend = t("dwell.legend.states", lang, full=BLOCKS.full, tail=BLOCKS.tail)
    yield _plain(" " + fit(legend, width - 1), "dim")
    line = Line().add(fit(" " + t("dwell.head.state", lang), room), "dim")
    for name in names:
        line.add(fit(heads[name], cells[name], "right"), "dim")
    line.add(" " * (drawn + 2) if party else "").add(fit(t("dwell.head.waits_for", lang), party - 2), "dim")
    yield BarRow((line,))

    def figures(row: Dwell, name: str) -> BarRow:
        line = Line().add(fit(f" {name}", room), "" if row.stays else "dim")
        for each in names:
            text = _FIGURES[each](row, lang)
            tone: Tone = "bad" if each == "late" and row.late else "dim" if text in "·–" else ""
            line.add(fit(text, cells[each], "right"), tone)
        if drawn >= _LEAST_BAR:
            line.add("  " + fit(span(row.median, row.p90, most, drawn), drawn), "bar")
        if party:
            line.add("  " + fit(row.waits_for_label(lang), party - 2), "dim")
        return BarRow((line,), state_key(row))

    for name, own in groupby(found.dwell, key=lambda row: row.lifecycle):
        yield _heading(lifecycle_text(name, lang), width)
        for _, of_state in groupby(own, key=lambda row: row.state):
            listed = list(of_state)
            if listed[0].office:
                yield _plain(" " + fit(literal(listed[0].state_label(lang)), width - 1))
                yield from (
                    figures(row, f"  {fit_both_ends(row.office_name, room - 4).rstrip()}") for row in listed
                )
            else:
                yield from (figures(row, literal(row.state_label(lang))) for row in listed)


# -- parties -----------------------------------------------------------------------------------


def _parties(found: DwellReport, lang: str, width: int) -> Iterator[BarRow]:
    shares = found.parties
    if not shares:
        return
    yield _plain(" " + fit(t("dwell.legend.parties", lang), width - 1), "dim")
    yield _plain("")
    yield from _divided(shares, lang, width - 2)
    yield _plain("")
    room = max(cell_len(share.label(lang)) for share in shares) + 2
    percents = 2 + max(len(share_text(share, lang)) for share in shares)
    days = 2 + max(len(_days(share, lang)) for share in shares)
    drawn = max(0, min(_MOST_BAR, width - room - percents - days - 7))
    most = max(share.days for share in shares)
    for at, share in enumerate(shares):
        line = Line().add(f" {part(at)} ", _tone(at)).add(fit(share.label(lang), room))
        line.add(fit(share_text(share, lang), percents, "right")).add(
            fit(_days(share, lang), days, "right"), "dim"
        )
        line.add("  " + bar(share.days, most, drawn), "bar")
        yield BarRow((line,), share.party)


def _days(share: PartyShare, lang: str) -> str:
    return t("dwell.days", lang, days=share.days)


def _tone(at: int) -> Tone:
    """Neighbours differ in tone as well as in shape."""
    return "bar" if at % 2 == 0 else ""


def _divided(shares: Sequence[PartyShare], lang: str, width: int) -> Iterator[BarRow]:
    """One bar of all the time; each part in its own shape, its name over it where there is room."""
    pieces = divided([share.days for share in shares], width)
    names, drawn = Line().add(" "), Line().add(" ")
    for at, (share, piece) in enumerate(zip(shares, pieces, strict=True)):
        name = f"{share.label(lang)} {share_text(share, lang)}"
        if cell_len(name) + 1 > len(piece):
            name = share_text(share, lang)
        names.add(fit(name if cell_len(name) < len(piece) else "", len(piece)), "dim")
        drawn.add(piece, _tone(at))
    yield BarRow((names,))
    yield from (BarRow((drawn,)) for _ in range(2))


# -- returns -----------------------------------------------------------------------------------


def return_key(row: PingPong) -> str:
    """The key of a row of returns."""
    return f"{row.office}/{row.action}"


def _returns(found: DwellReport, lang: str, width: int) -> Iterator[BarRow]:
    if not found.ping_pong:
        return
    most = max(row.returns for row in found.ping_pong)
    room = max(len(count_text(most, lang)), 2)
    words = [_returned(row, lang) for row in found.ping_pong]
    drawn = max(0, min(_MOST_BAR, width - room - 5 - max(cell_len(each) for each in words)))
    for row, said_of in zip(found.ping_pong, words, strict=True):
        name = literal(f"{row.office_name}{_JOINT}{row.action_label(lang)}")
        first = Line().add(fit(f" {name}", width), "head")
        second = Line().add("   " + fit(count_text(row.returns, lang), room, "right"))
        second.add(" " + fit(bar(row.returns, most, drawn), drawn), "bar")
        second.add(f" {said_of}", "dim")
        third = Line().add("   " + t("dwell.returned_most", lang, n=row.most, code=row.most_code), "dim")
        yield BarRow((first, second, third), return_key(row))


def _returned(row: PingPong, lang: str) -> str:
    files = t("dwell.returned_files", lang, n=row.dossiers)
    return f"{files}{_JOINT}{t('dwell.returned_again', lang, n=row.more_than_once)}"


# -- months ------------------------------------------------------------------------------------


def month_key(row: Throughput) -> str:
    """The key of a phase's row."""
    return f"{row.lifecycle}/{row.phase_label.vi}"


def _months(found: DwellReport, lang: str, width: int) -> Iterator[BarRow]:
    shown = throughput(found.months)
    if not shown:
        return
    words = [t("dwell.this_year", lang), t("dwell.former_year", lang)]
    beside = max(cell_len(word) for word in words) + 4
    figures = [count_text(sum(each), lang) for row in shown for each in (row.now, row.before)]
    tail = 2 + max(len(figure) for figure in figures)
    wide = max(MONTH, min(MOST_MONTH, (width - beside - tail) // max(1, len(shown[0].months))))
    count = max(1, (width - beside - tail) // wide)
    digits = max(len(count_text(n, lang)) for row in shown for n in (*row.now, *row.before))
    yield _plain(" " + fit(t("dwell.legend.months", lang), width - 1), "dim")
    for name, own in groupby((row.last(count) for row in shown), key=lambda row: row.lifecycle):
        yield _heading(lifecycle_text(name, lang), width)
        for at, row in enumerate(own):
            if at == 0:
                heads = "".join(f"{month % 12 + 1:02}".ljust(wide) for month in row.months)
                yield _plain(" " * beside + heads, "dim")
            used = min(width, max(_LEAST_MONTHS, beside + wide * len(row.months) + tail))
            grid = _Grid(beside, wide, tail, used, wide >= digits + 4)
            yield BarRow(tuple(_month_lines(row, words, lang, grid)), month_key(row))


@record(frozen=True, slots=True)
class _Grid:
    """Cells beside the months, of a month, of the sums, of all; whether the numbers have room."""

    beside: int
    wide: int
    tail: int
    used: int
    numbers: bool


def _month_lines(row: Throughput, words: Sequence[str], lang: str, grid: _Grid) -> Iterator[Line]:
    """The phase with its change, this year, the year before; where there is room, with the numbers."""
    change = change_text(sum(row.now), sum(row.before), lang)
    name = fit(f" {literal(row.phase_label(lang))}", grid.used - len(change) - 1)
    yield Line().add(name).add(f" {change}", "dim")
    most = max(*row.now, *row.before, 1)
    tones: tuple[Tone, Tone] = ("bar", "dim")
    for word, values, tone in zip(words, (row.now, row.before), tones, strict=True):
        line = Line().add(fit(f"   {word}", grid.beside), "dim")
        for value, column in zip(values, columns(values, most, 2), strict=True):
            number = f" {count_text(value, lang)}" if value and grid.numbers else ""
            line.add(fit(column + number, grid.wide), tone)
        yield line.add(fit(count_text(sum(values), lang), grid.tail, "right"))


_DRAWN: Final[Mapping[str, Callable[[DwellReport, str, int], Iterator[BarRow]]]] = {
    "states": _states,
    "parties": _parties,
    "returns": _returns,
    "months": _months,
}


# -- the row under the cursor ------------------------------------------------------------------


def state_of(found: DwellReport, key: str) -> Dwell | None:
    """The state with this key."""
    return next((row for row in found.dwell if state_key(row) == key), None)


def party_of(found: DwellReport, key: str) -> PartyShare | None:
    """The party with this key."""
    return next((row for row in found.parties if row.party == key), None)


def return_of(found: DwellReport, key: str) -> PingPong | None:
    """The row of returns with this key."""
    return next((row for row in found.ping_pong if return_key(row) == key), None)


def said(found: DwellReport, which: str, key: str, lang: str) -> str:
    """The row under the cursor in words."""
    if which == "states" and (state := state_of(found, key)) is not None:
        return f"{literal(state.office_name)}{_JOINT * bool(state.office)}{state_sentence(state, lang)}"
    if which == "parties" and (share := party_of(found, key)) is not None:
        size = count_text(share.days, lang)
        return t("dwell.said.party", lang, party=share.label(lang), size=size, share=share_text(share, lang))
    if which == "returns" and (row := return_of(found, key)) is not None:
        return t(
            "dwell.said.returns",
            lang,
            n=row.returns,
            office=row.office_name,
            act=row.action_label(lang),
            files=count_text(row.dossiers, lang),
            again=count_text(row.more_than_once, lang),
            most=row.most,
            code=row.most_code,
        )
    for each in throughput(found.months) if which == "months" else ():
        if month_key(each) == key:
            now, before = sum(each.now), sum(each.before)
            return t(
                "dwell.said.month",
                lang,
                source=lifecycle_text(each.lifecycle, lang),
                phase=each.phase_label(lang),
                now=count_text(now, lang),
                before=count_text(before, lang),
                change=change_text(now, before, lang),
            )
    return ""
