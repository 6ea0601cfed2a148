"""Commands that read: true shapes in JSON, complete text, pages, filters, and no screen library."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from kcflow.commands.json_form import shape_fields
from kcflow.commands.lifecycles import LifecycleRow
from kcflow.services import clock_views, views
from states.model import Lifecycle
from tests.cli.conftest import FIRST, UNIT, Desk
from tests.cli.running import kcflow, python


def members(value: Any, kind: type) -> None:
    assert list(value) == shape_fields(kind)


def test_list(desk: Desk) -> None:
    told = desk.json("list")
    assert told["next"] is None
    assert len(told["rows"]) == 8
    assert [row["code"] for row in told["rows"]] == sorted(row["code"] for row in told["rows"])
    for row in told["rows"]:
        members(row, views.DossierRow)
        assert isinstance(row["requested"], int)
        assert set(row["state_label"]) == {"vi", "en"}
    text = desk.done("list")
    assert text.count("\n") == 9
    assert all(row["title"] in text for row in told["rows"])


def test_pages_join_without_gap_or_overlap(desk: Desk) -> None:
    for order in ("code", "due", "newest"):
        everything = desk.json("list", "--order", order)["rows"]
        rows: list[Any] = []
        after: list[str] = []
        while True:
            page = desk.json("list", "--order", order, "--limit", "3", *after)
            rows += page["rows"]
            if page["next"] is None:
                break
            after = ["--after", page["next"]]
        assert rows == everything
        assert desk.json("list", "--order", order, "--limit", "1", "--all") == {
            "rows": everything,
            "next": None,
        }


def test_text_tells_that_there_is_more(desk: Desk) -> None:
    outcome = desk("list", "--limit", "3", "--lang", "en")
    assert outcome.out.count("\n") == 4
    assert "3 rows shown, there are more" in outcome.err
    assert desk("list", "--lang", "en").err == ""


def test_filters(desk: Desk) -> None:
    def codes(*arguments: str) -> set[str]:
        return {row["code"] for row in desk.json("list", *arguments)["rows"]}

    everything = codes()
    assert codes("--state", "drafting") == everything
    assert codes("--state", "approved") == set()
    assert codes("--year", "2024", "--source", "kcqg", "--open") == everything
    assert codes("--year", "2023") == set()
    assert codes("--source", "kcdp") == set()
    assert codes("--waits-for", "unit") == everything
    for province in ("Hà Giang", "ha giang", "63:02", "02"):
        assert codes("--province", province) == everything
    assert codes("--province", "Nghệ An") == set()
    title = desk.json("show", FIRST)["row"]["title"]
    assert FIRST in codes("--search", title.split()[0])
    assert desk("list", "--year", "2023").err.count("\n") == 1


def test_wrong_filters(desk: Desk) -> None:
    assert "Hà Giang" in desk.refused(2, "list", "--province", "Hà Dang")
    assert desk.json("list", "--after", "x", code=2)["error"]["code"] == "cursor"
    assert desk.json("list", "--limit", "1001", code=2)["error"]["code"] == "number"


def test_show(desk: Desk) -> None:
    card = desk.json("show", FIRST)
    members(card, views.DossierCard)
    members(card["money"], views.MoneyView)
    members(card["timeline"][0], views.HistoryView)
    members(card["options"][0], views.OptionView)
    text = desk.done("show", FIRST)
    assert card["row"]["title"] in " ".join(text.split())
    for option in card["options"]:
        assert option["name"] in text
        for reason in option["reasons"]:
            assert reason["text"]["vi"] in text
    english = desk.done("show", FIRST, "--lang", "en")
    for heading in ("PHASES", "CONTENT", "MONEY", "ACTS", "TIMELINE"):
        assert f"\n{heading}\n" in english


@pytest.mark.parametrize("command", ["show", "explain", "papers", "history"])
def test_unknown_codes(desk: Desk, command: str) -> None:
    told = desk.refused(2, command, "KCQG-24-9991")
    assert "KCQG-24-9991" in told


def test_near_codes_are_named(desk: Desk) -> None:
    assert FIRST in desk.refused(2, "show", "KCQG-24-001")


def test_explain(desk: Desk) -> None:
    told = desk.json("explain", FIRST)
    assert told["next"] is None
    names = [option["name"] for option in told["rows"]]
    assert "submit_to_department" in names
    refused = desk.json("explain", FIRST, "submit_to_department")["rows"]
    assert len(refused) == 1
    assert refused[0]["allowed"] is False
    assert refused[0]["reasons"]
    text = desk.done("explain", FIRST, "submit_to_department")
    assert all(reason["text"]["vi"] in text for reason in refused[0]["reasons"])
    assert "submit_to_department" in desk.refused(2, "explain", FIRST, "submit_to_departmnt")
    assert "submit_to_department" in desk.refused(2, "explain", FIRST, "xyz")


def test_inbox_is_mine(desk: Desk) -> None:
    assert desk.json("inbox")["rows"] == []
    mine = desk.json("inbox", "--as", UNIT)["rows"]
    assert mine
    assert all(row["waits_for"] == "unit" for row in mine)
    assert mine[0]["title"] in desk.done("inbox", "--as", UNIT)


def test_stalled(desk: Desk) -> None:
    rows = desk.json("stalled", "--as-of", "2024-06-01")["rows"]
    for row in rows:
        members(row, views.StalledRow)
        members(row["row"], views.DossierRow)
    for kind in ("law", "policy", "waiting", "near", "stuck"):
        only = desk.json("stalled", "--as-of", "01/06/2024", "--kind", kind)["rows"]
        assert {row["kind"] for row in only} <= {kind}
    late = desk.json("stalled", "--as-of", "2027-12-01")["rows"]
    assert len(late) >= len(rows)
    assert late
    text = desk.done("stalled", "--as-of", "2027-12-01")
    assert all(row["row"]["code"] in text for row in late)
    assert desk.json("stalled", "--as-of", "2199-01-01", code=2)["error"]["code"] == "calendar_unknown"
    # One page after the other, on a day to come and on one that is over.
    for day in ("2027-12-01", "2026-01-01"):
        whole = desk.json("stalled", "--as-of", day, "--all")["rows"]
        first = desk.json("stalled", "--as-of", day, "--limit", "1")
        if len(whole) > 1:
            after = desk.json("stalled", "--as-of", day, "--limit", "1", "--after", first["next"])
            assert [*first["rows"], *after["rows"]] == whole[:2]


def test_stalled_as_others_want_it(desk: Desk, tmp_path: Path) -> None:
    day = ("--as-of", "2027-12-01")
    rows = desk.json("stalled", *day, "--all")["rows"]
    lines = list(csv.DictReader(desk.done("stalled", *day, "--all", "--csv").splitlines()))
    assert [line["code"] for line in lines] == [row["row"]["code"] for row in rows]
    assert [line["due_on"] for line in lines] == [row["row"]["due_on"] or "" for row in rows]
    assert [int(line["money"]) for line in lines] == [row["money"] for row in rows]
    backwards = desk.json("stalled", *day, "--all", "--order=-code")["rows"]
    assert [row["row"]["code"] for row in backwards] == sorted((r["row"]["code"] for r in rows), reverse=True)
    groups = desk.json("stalled", *day, "--group-by", "office")["rows"]
    members(groups[0], clock_views.StalledGroup)
    assert sum(
        group[kind] for group in groups for kind in ("law", "policy", "near", "waiting", "stuck")
    ) == len(rows)
    text = desk.done("stalled", *day, "--group-by", "office")
    assert groups[0]["label"]["vi"] in text
    only = desk.json("stalled", *day, "--province", "Hà Giang", "--source", "kcqg", "--due-kind", "law")[
        "rows"
    ]
    assert {row["row"]["due_kind"] for row in only} <= {"law"}
    assert desk.json("stalled", *day, "--person", "-")["rows"] == desk.json("stalled", *day)["rows"]
    assert desk.json("stalled", *day, "--held", "yes")["rows"] == []
    assert desk.json("stalled", *day, "--age-from", "36600")["rows"] == []
    path = tmp_path / "ton-dong.xlsx"
    outcome = desk("stalled", *day, "--xlsx", str(path))
    assert (outcome.code, path.exists()) == (0, True)
    assert "ton-dong.xlsx" in outcome.out + outcome.err
    assert desk.json("stalled", "--csv", code=2)["error"]["code"] == "stalled_form"
    desk.refused(2, "stalled", "--csv", "--group-by", "age")
    desk.refused(2, "stalled", "--xlsx", str(path))
    assert desk.json("stalled", "--order", "urgent", "--kind", "near")["rows"] == []


def test_csv_is_no_formula(desk: Desk) -> None:
    desk.done("edit", FIRST, "--title", "=1+1", "--as", UNIT)
    lines = list(csv.DictReader(desk.done("stalled", "--as-of", "2027-12-01", "--all", "--csv").splitlines()))
    assert next(line["title"] for line in lines if line["code"] == FIRST) == "'=1+1"


def test_the_end_of_a_year(desk: Desk) -> None:
    rows = desk.json("year-end", "--year", "2024")["rows"]
    members(rows[0], clock_views.YearEndDate)
    assert [row["on"] for row in rows] == [
        *("2024-12-30", "2024-12-31", "2025-01-22", "2025-01-31", "2025-02-15"),
    ]
    text = desk.done("year-end", "--year", "2024")
    assert "trước 15/02/2025" in text
    assert "TT 26/2026" in text


def test_history(desk: Desk) -> None:
    rows = desk.json("history")["rows"]
    assert len(rows) == 8
    for row in rows:
        members(row, views.HistoryView)
        assert row["at"].endswith("Z")
        assert len(row["hash"]) == 64
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    one = desk.json("history", FIRST)["rows"]
    assert [row["dossier"] for row in one] == [FIRST]
    assert desk.json("history", "--person", "nobody")["rows"] == []
    assert len(desk.json("history", "--action", "create", "--from", "2023-01-01")["rows"]) == 8
    assert desk.json("history", "--to", "2000-01-01")["rows"] == []
    office = one[0]["office"]
    assert len(desk.json("history", "--office", office)["rows"]) == 8
    long = desk.done("history", FIRST, "--long")
    assert one[0]["hash"] in long
    assert one[0]["request"] in long
    pages = desk.json("history", "--limit", "5")
    rest = desk.json("history", "--limit", "5", "--after", pages["next"])
    assert pages["rows"] + rest["rows"] == rows


def test_papers(desk: Desk) -> None:
    assert desk.json("papers", FIRST) == {"rows": [], "next": None}
    assert desk("papers", FIRST).err


def test_people_and_offices(desk: Desk) -> None:
    people = desk.json("people")["rows"]
    assert desk.json("people", "list")["rows"] == people
    members(people[0], views.PersonView)
    assert UNIT in {person["login"] for person in people}
    assert "Lý Văn Đơn Vị" in desk.done("people")
    offices = desk.json("offices")["rows"]
    members(offices[0], views.OfficeView)
    departments = desk.json("offices", "list", "--kind", "department", "--province", "Hà Giang")["rows"]
    assert {office["kind"] for office in departments} == {"department"}
    assert all(office["code"] in desk.done("offices") for office in offices)


def test_lifecycles(desk: Desk) -> None:
    rows = desk.json("lifecycle", "list")["rows"]
    members(rows[0], LifecycleRow)
    assert "kcqg@2014.3" in {row["key"] for row in rows}
    shown = desk.json("lifecycle", "show", "kcqg@2014.3")
    members(shown, Lifecycle)
    text = desk.done("lifecycle", "show", "kcqg@2014.3")
    assert all(state["name"] in text for state in shown["states"])
    assert all(action["name"] in text for action in shown["actions"])
    assert desk.done("lifecycle", "diagram", "kcqg@2014.3").startswith("stateDiagram-v2")
    assert desk.json("lifecycle", "show", "kcqg@1999", code=2)["error"]["code"] == "lifecycle_unknown"


def test_doctor(desk: Desk) -> None:
    for arguments in (["doctor"], ["doctor", "--full"]):
        rows = desk.json(*arguments)["rows"]
        members(rows[0], views.CheckView)
        assert all(row["ok"] for row in rows), rows
        assert desk.done(*arguments).startswith("[tốt]")


def test_doctor_names_what_is_wrong_with_the_settings(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[look]\nlanguage = "fr"\n[keys]\nno_such_command = "x"\n', "utf-8")
    monkeypatch.setenv("KCFLOW_SETTINGS", str(file))
    outcome = desk("doctor")
    assert outcome.code == 0
    assert "settings.toml" in outcome.out
    assert "no_such_command" in outcome.out


def test_who_reads_sees_only_what_he_may(desk: Desk) -> None:
    desk.done("people", "add", "ngoai", "--name", "Người Ngoài", "--role", "unit", "--office", "TTKC-63-02")
    other = {row["unit_office"] for row in desk.json("list")["rows"]} - {"TTKC-63-02"}
    seen = desk.json("list", "--as", "ngoai")["rows"]
    assert not other & {row["unit_office"] for row in seen}


def test_no_screen_library_is_loaded(desk: Desk) -> None:
    code = "import sys, kcflow.__main__ as m; m.main({}); print('|', *sorted(sys.modules))"
    for command in (["stalled"], ["list"], ["show", FIRST]):
        outcome = python(code.format(command), KCFLOW_DATABASE_URL=desk.url)
        assert outcome.code == 0, outcome.err
        loaded = set(outcome.out.rpartition("|")[2].split())
        assert "db.store" in loaded
        assert not loaded & {"textual", "rich", "shtab", "alembic", "openpyxl", "psycopg"}


def test_a_process_says_the_same(desk: Desk) -> None:
    outcome = kcflow("list", KCFLOW_DATABASE_URL=desk.url, KCFLOW_LANG="en")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == desk.done("list", "--lang", "en")
    told = kcflow("show", "KCQG-24-9991", "--json", "--database", desk.url)
    assert told.code == 2
    assert told.json["error"]["text"]["vi"]
    assert kcflow("list", KCFLOW_DATABASE_URL=desk.url, KCFLOW_AS="khong-co").code == 2
