"""kcflow flow: figures that add up, filters, boxes in the width of a terminal, plain ones elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from kcflow.commands.json_form import shape_fields
from kcflow.services import views
from tests.cli.conftest import Desk
from tests.cli.running import ROOT, environment


def test_json_adds_up_to_the_list(desk: Desk) -> None:
    told = desk.json("flow")
    assert told["next"] is None
    listed = desk.json("list", "--all")["rows"]
    for phase in told["rows"]:
        assert list(phase) == shape_fields(views.FlowPhase)
        assert phase["count"] == sum(state["count"] for state in phase["states"])
        for state in phase["states"]:
            assert list(state) == shape_fields(views.FlowState)
            own = [row for row in listed if row["state"] == state["state"]]
            assert state["count"] == len(own)
            assert state["requested"] == sum(row["requested"] for row in own)
    assert sum(phase["count"] for phase in told["rows"]) == len(listed) == 8


def test_filters(desk: Desk) -> None:
    def count(*arguments: str) -> int:
        return sum(phase["count"] for phase in desk.json("flow", *arguments)["rows"])

    assert count("--year", "2024", "--source", "kcqg", "--province", "Hà Giang") == 8
    assert count("--region", "phia bac") == count("--region", "North") == 8
    assert count("--year", "2023") == count("--source", "kcdp") == count("--region", "Phía Nam") == 0
    assert "Phía Bắc" in desk.refused(2, "flow", "--region", "Phía Đông")
    assert "Hà Giang" in desk.refused(2, "flow", "--province", "Hà Dang")


def test_text_in_both_languages(desk: Desk) -> None:
    text = desk.done("flow")
    assert text.startswith("8 đề án = 8 đang xử lý + 0 đã kết thúc\n")
    assert "| 8 đề án " in text
    assert "Khuyến công quốc gia (KCQG): 8 đang xử lý" in text
    english = desk.done("flow", "--lang", "en")
    assert english.startswith("8 proposals = 8 under way + 0 ended\n")
    assert "| Provincial submission" in english
    nothing = desk("flow", "--year", "2023")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err.count("\n") == 1


def test_elsewhere_than_on_a_terminal_boxes_are_plain(desk: Desk) -> None:
    drawn = re.findall(r"[\u2190-\u21ff\u2500-\u259f\u25a0-\u25ff]", desk.done("flow"))
    assert drawn == []


def _on_a_terminal(desk: Desk, columns: int, *arguments: str, **changes: str) -> str:
    """What the command writes to a pseudo-terminal of that width."""
    ours, theirs = pty.openpty()
    try:
        done = subprocess.Popen(
            [sys.executable, "-m", "kcflow", "--database", desk.url, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            env=environment(COLUMNS=str(columns), **changes),
            cwd=ROOT,
        )
    finally:
        os.close(theirs)
    told = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        told += part
    os.close(ours)
    assert done.wait(60) == 0
    return told.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("columns", "each"), [(60, 2), (80, 3), (140, 6)])
def test_a_terminal_gets_boxes_in_its_width(desk: Desk, columns: int, each: int) -> None:
    lines = _on_a_terminal(desk, columns, "flow").splitlines()
    assert max(len(line) for line in lines) <= columns
    tops = [line for line in lines if line.startswith("┌")]
    assert [line.count("┌") for line in tops] == [each] * (6 // each)


def test_no_color_gives_plain_boxes(desk: Desk) -> None:
    text = _on_a_terminal(desk, 80, "flow", NO_COLOR="1")
    assert "+---" in text
    assert "┌" not in text
