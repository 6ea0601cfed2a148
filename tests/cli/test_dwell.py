"""kcflow dwell: figures as JSON, parts as text, pictures in the width of a terminal, a workbook."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from kcflow.commands.csv_form import cell
from kcflow.commands.dwell_syntax import PARTS
from kcflow.commands.json_form import shape_fields
from kcflow.dwell_figures import PARTS as KNOWN
from kcflow.services import dwell_views
from tests.cli.conftest import FIRST, Desk
from tests.cli.test_acting import SUBMIT, WITH
from tests.cli.test_flow import _on_a_terminal as on_a_terminal

ALL = ("--from", "01/01/2020")


@pytest.fixture
def moved(desk: Desk) -> Desk:
    """One of the eight proposals was submitted."""
    desk.done("advance", FIRST, SUBMIT, *WITH)
    return desk


def test_json_says_what_the_text_says(moved: Desk) -> None:
    told = moved.json("dwell", *ALL)
    assert list(told) == shape_fields(dwell_views.DwellReport)
    rows = {row["state"]: row for row in told["dwell"]}
    assert list(rows) == ["drafting", "submitted_to_department"]
    drafting, submitted = rows["drafting"], rows["submitted_to_department"]
    assert (drafting["stays"], drafting["open"], submitted["stays"], submitted["open"]) == (1, 7, 0, 1)
    assert told["total_days"] == drafting["total_days"] == sum(share["days"] for share in told["parties"])
    listed = moved.json("list", "--state", "drafting")["rows"]
    assert drafting["open"] == len(listed)
    assert told["from_on"] == "2020-01-01"
    text = moved.done("dwell", *ALL)
    assert text.startswith("Thời gian đi đâu: 01/01/2020 – ")
    assert "Soạn thảo" in text
    assert not any(char in text for char in "█░▏▅")


def test_one_part_other_limits_and_by_unit(moved: Desk) -> None:
    assert PARTS == KNOWN
    text = moved.done("dwell", *ALL, "--part", "returns", "--lang", "en")
    assert "RETURNS" in text
    assert "Nothing was given back in the period." in text
    assert "MONTH" not in text
    assert moved.json("dwell", *ALL, "--source", "kcdp")["dwell"] == []
    assert moved.json("dwell", *ALL, "--year", "2023", "--region", "Phía Nam")["dwell"] == []
    by_unit = moved.json("dwell", *ALL, "--by-office", "--lifecycle", "kcqg", "--province", "Hà Giang")
    assert {bool(row["office"]) for row in by_unit["dwell"]} == {True}
    assert sum(row["open"] for row in by_unit["dwell"]) == 8
    assert "Trung tâm" in moved.done("dwell", *ALL, "--by-office", "--part", "states")


def test_csv_has_one_part(moved: Desk) -> None:
    text = moved.done("dwell", *ALL, "--csv", "--lang", "en")
    rows = list(csv.DictReader(io.StringIO(text)))
    told = moved.json("dwell", *ALL)["dwell"]
    assert [row["state"] for row in rows] == [row["state"] for row in told]
    assert [int(row["median"]) for row in rows] == [row["median"] for row in told]
    assert rows[0]["state_label"] == told[0]["state_label"]["en"]
    for part, first in (("parties", "party"), ("returns", "office"), ("months", "year")):
        assert moved.done("dwell", *ALL, "--csv", "--part", part).startswith(f"{first},")
    assert "--csv" in moved.refused(2, "dwell", "--csv", "--xlsx", "x.xlsx")
    assert cell("=1+1") == "'=1+1"


def test_bad_input_is_refused_in_one_sentence(desk: Desk) -> None:
    assert "01/02/2024" in desk.refused(2, "dwell", "--from", "1/2/2024", "--to", "1/1/2024")
    assert "30/02" in desk.refused(2, "dwell", "--from", "30/02/2024")
    assert desk.refused(2, "dwell", "--lifecycle", "nothing").count("\n") == 1
    assert desk.refused(2, "dwell", "--part", "all")
    assert "Hà Giang" in desk.refused(2, "dwell", "--province", "Hà Dang")


def test_a_workbook_is_written_once(moved: Desk, tmp_path: Path) -> None:
    target = tmp_path / "thời gian.xlsx"
    assert moved.json("dwell", *ALL, "--xlsx", str(target)) == {"written": str(target)}
    assert CalamineWorkbook.from_path(str(target)).sheet_names[0] == "Trạng thái"
    assert str(target) in moved.refused(2, "dwell", "--xlsx", str(target))
    assert str(target) in moved.done("dwell", "--xlsx", str(target), "--force", "--lang", "en")
    assert CalamineWorkbook.from_path(str(target)).sheet_names[0] == "States"


def test_a_terminal_gets_bars_in_its_width_and_plain_ones_without_colour(moved: Desk) -> None:
    for columns in (60, 140):
        lines = on_a_terminal(moved, columns, "dwell", *ALL).splitlines()
        assert max(len(line) for line in lines) <= columns
        assert any("█" in line for line in lines)
    plain = on_a_terminal(moved, 80, "dwell", *ALL, NO_COLOR="1")
    assert "#" in plain
    assert "█" not in plain
