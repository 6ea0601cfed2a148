"""The desk benchmark: its terminal reads a screen right, its report judges right, its walk works."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks import bigstore, desk
from benchmarks.desk_report import STEPS, aims, report
from benchmarks.terminal import Screen, Terminal, TimedOut

GOOD = {
    "DataTable": {"first paint": 0.5, "page down": 0.09, "memory": 45e6},
    "minimal": {"first paint": 0.40, "memory": 30e6},
    "kcflow 10k": {"first paint": 0.44, "page down": 0.02, "search rows": 0.04, "open": 0.1, "memory": 90e6},
    "kcflow 1m": {"first paint": 0.44, "page down": 0.025, "search rows": 0.05, "open": 0.12, "memory": 99e6},
}


def test_a_screen_holds_what_was_written_where() -> None:
    screen = Screen(20, 4)
    screen.feed("\x1b[?1049h\x1b[2;3H\x1b[1;48;2;10;20;30mđề án\x1b[0m x\x1b]0;title\x07\x1b[4;1Hcuối")
    assert screen.line(1) == "  đề án x"
    assert screen.line(3) == "cuối"
    assert [screen.ground(1, column) for column in (1, 2, 6, 7)] == ["", "2;10;20;30", "2;10;20;30", ""]


def test_a_sequence_cut_in_two_is_read_whole() -> None:
    screen = Screen(20, 4)
    for piece in ("\x1b[3", ";5", "Hhere\x1b", "[1;1H", "first"):
        screen.feed(piece)
    assert (screen.line(2), screen.line(0)) == ("    here", "first")


def test_erasing_and_what_goes_past_the_edge() -> None:
    screen = Screen(6, 2)
    screen.feed("abcdefgh\x1b[1;3H\x1b[K\x1b[2;1Hxy\x1b[1;2H\x1b[7mZ")
    assert (screen.line(0), screen.line(1)) == ("aZ", "xy")
    screen.feed("\x1b[2J")
    assert screen.text == "\n"


def test_the_cursor_is_the_line_painted_otherwise() -> None:
    screen = Screen(30, 6)
    for number in range(4):
        ground = "\x1b[44m" if number == 2 else "\x1b[49m"
        screen.feed(f"\x1b[{number + 2};1H{ground}   KCQG-24-{number:04} one\x1b[0m")
    codes = tuple(f"KCQG-24-{number:04}" for number in range(4))
    assert desk.rows(screen) == desk.List(codes, codes, 2)
    # The line under a list that begins with a code is no row of it.
    screen.feed("\x1b[6;1H Dòng 1\x1b[1;1H KCDP-24-00… cut")
    found = desk.rows(screen)
    assert (found.lines[0], found.codes) == ("KCDP-24-00… cut", ("KCDP-24-00", *codes))


def test_what_a_program_paints_is_timed_by_its_content() -> None:
    code = (
        "import sys,time; print('ready'); sys.stdin.readline(); time.sleep(0.2); print('đến'); time.sleep(9)"
    )
    terminal = Terminal((sys.executable, "-u", "-c", code), os.environ)
    try:
        terminal.painted(lambda screen: "ready" in screen.text)
        terminal.press(b"x\r")
        before = time.monotonic()
        seconds = terminal.painted(lambda screen: "đến" in screen.text)
        assert 0.2 <= seconds <= time.monotonic() - terminal.start
        assert terminal.start <= before
        assert terminal.memory() > 1_000_000
        with pytest.raises(TimedOut, match="đến"):
            terminal.painted(lambda screen: "never" in screen.text, timeout=0.3)
    finally:
        terminal.close()


def test_aims_are_judged_against_their_baselines() -> None:
    assert all(aim.met for aim in aims(GOOD))
    slow = {name: dict(steps) for name, steps in GOOD.items()}
    slow["kcflow 1m"] |= {"page down": 0.031, "first paint": 0.5, "memory": 130e6}
    missed = {aim.text for aim in aims(slow) if not aim.met}
    assert missed == {
        "kcflow 1m: page down",
        "kcflow 1m: page down, times faster than DataTable",
        "kcflow 1m: first paint / minimal application",
        "kcflow 1m: memory",
        "kcflow 1m / kcflow 10k: page down",
    }
    text = report(slow)
    assert text.count("NO") == len(missed)
    assert all(name in text for name in slow)


@pytest.mark.slow
def test_the_walk_finds_every_step_in_the_real_program(tmp_path: Path) -> None:
    path = tmp_path / "tiny.db"
    bigstore.build(path, 400, history_per=4)
    found = desk.measure({"tiny": path}, rounds=1, keys=2, starts=0, warm=False)
    assert set(found["kcflow tiny"]) == {*STEPS, "memory"}
    assert {"first paint", "cursor down", "page down", "jump to the end"} < set(found["DataTable"])
    assert set(found["minimal"]) == {"first paint", "memory"}
    assert all(value > 0 for steps in found.values() for values in steps.values() for value in values)
