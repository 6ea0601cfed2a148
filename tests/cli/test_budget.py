"""kcflow budget: the year's money with the base of every share, recorded beside published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, Desk


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's store, played once for this file."""
    return tmp_path_factory.mktemp("sample") / "kc.db"


@pytest.fixture
def money(sample: Path, run: Command) -> Desk:
    """The agency's desk over the sample."""
    url = f"sqlite:///{sample}"
    if not sample.exists():
        made = run("--database", url, "init", "--sample")
        assert made.code == 0, made

    def as_agency(*arguments: str) -> Any:
        return run("--as", "cuc", *arguments)

    return Desk(url, as_agency)


def figure(group: dict[str, Any], stage: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in group["figures"] if each["stage"] == stage)
    return found


def test_the_north_of_2024_as_it_was_published(money: Desk) -> None:
    told = money.json("budget", "summary", "--year", "2024", "--region", "north")
    kcqg, kcdp = told["groups"]
    total = figure(told["total"], "planned")
    assert (total["reported"], total["share"]) == (170_800_000_000, None)
    for group, dong, permille in ((kcqg, 71_500_000_000, 419), (kcdp, 99_200_000_000, 581)):
        planned = figure(group, "planned")
        assert planned["reported"] == dong
        share = planned["share"]
        assert (share["permille"], share["base_dong"]) == (permille, 170_800_000_000)
        assert share["base_label"]["vi"] == "Kế hoạch KCQG và KCĐP"
    (first,) = told["rounds"]
    given = figure(first, "allocated")
    assert given["reported"] == 18_300_000_000
    assert (given["share"]["permille"], given["share"]["base_dong"]) == (256, 71_500_000_000)
    assert given["share"]["base_label"]["vi"] == "Kế hoạch KCQG"


def test_parts_that_miss_the_total_are_told(money: Desk) -> None:
    told = money.json("budget", "summary", "--year", "2024", "--region", "Phía Bắc")
    tie = told["ties"][0]
    assert (tie["total"], tie["parts"]) == (170_800_000_000, 170_700_000_000)
    assert (tie["difference"], tie["tolerance"], tie["verdict"]) == (100_000_000, 150_000_000, "rounding")
    assert "170,8 tỷ" in tie["sentence"]["vi"]
    assert "170,7 tỷ" in tie["sentence"]["vi"]
    text = money.done("budget", "summary", "--year", "2024", "--region", "north")
    assert "25,6% của Kế hoạch KCQG" in text
    assert "Hội nghị khuyến công" in text, "where the figures were published"


@pytest.mark.parametrize("by", ["source", "province", "office"])
def test_groups_add_up_to_the_whole(money: Desk, by: str) -> None:
    told = money.json("budget", "summary", "--year", "2024", "--by", by)
    stages = (
        "requested",
        "approved",
        "allocated",
        "contracted",
        "advanced",
        "accepted",
        "settled",
        "returned",
    )
    for stage in stages:
        parts = sum(figure(group, stage)["recorded"] for group in told["groups"])
        assert parts == figure(told["total"], stage)["recorded"], stage
    assert sum(group["proposals"] for group in told["groups"]) == told["total"]["proposals"]
    listed = money.json("list", "--year", "2024", "--all")["rows"]
    for stage in ("requested", "approved", "allocated", "advanced"):
        assert figure(told["total"], stage)["recorded"] == sum(row[stage] or 0 for row in listed)


def test_rounds_add_up_to_what_proposals_were_given(money: Desk) -> None:
    told = money.json("budget", "summary", "--year", "2024")
    assert [tie["verdict"] for tie in told["ties"]] == ["exact"] * len(told["ties"])
    board = money.json("round", "show", "PB-KCQG-24-1")
    (first,) = told["rounds"]
    assert figure(first, "allocated")["recorded"] == sum(line["dong"] for line in board["lines"])


def test_one_content_one_source_one_province(money: Desk) -> None:
    whole = money.json("budget", "summary", "--year", "2024", "--region", "63:02")
    for source in ("kcqg", "kcdp"):
        part = money.json("budget", "summary", "--year", "2024", "--region", "Hà Giang", "--source", source)
        (group,) = [each for each in whole["groups"] if each["key"] == source]
        assert figure(part["total"], "approved")["recorded"] == figure(group, "approved")["recorded"]
    contents = money.json("budget", "summary", "--year", "2024", "--by", "content")
    for group in contents["groups"]:
        if group["key"] != "0":
            one = money.json("budget", "summary", "--year", "2024", "--content", group["key"])
            assert figure(one["total"], "requested")["recorded"] == figure(group, "requested")["recorded"]


def test_a_province_sees_its_own_money_only(money: Desk, run: Command) -> None:
    def told(login: str) -> Any:
        done = run("--database", money.url, "--as", login, "budget", "summary", "--year", "2024", "--json")
        assert done.code == 0, done
        return json.loads(done.out)

    own, all_ = told("sct-63-02"), told("cuc")
    listed = run("--database", money.url, "--as", "sct-63-02", "list", "--year", "2024", "--all", "--json")
    requested = sum(row["requested"] for row in json.loads(listed.out)["rows"])
    assert figure(own["total"], "requested")["recorded"] == requested
    assert requested < figure(all_["total"], "requested")["recorded"]


def test_published_figures_are_kept_replaced_and_withdrawn(money: Desk) -> None:
    asked = ("budget", "figures", "add", "103,1 tỷ", "--year", "2023", "--region", "south")
    more = ("--source", "kcdp", "--stage", "planned", "--precision", "100 triệu", "--basis", "Báo cáo 12/BC")
    money.done(*asked, *more)
    money.done(*asked[:3], "103,2 tỷ", *asked[4:], *more)
    rows = money.json("budget", "figures", "list", "--year", "2023")["rows"]
    assert [(row["dong"], row["withdrawn"]) for row in rows] == [
        (103_100_000_000, True),
        (103_200_000_000, False),
    ]
    money.done("budget", "figures", "withdraw", str(rows[1]["id"]))
    assert all(row["withdrawn"] for row in money.json("budget", "figures", "list", "--year", "2023")["rows"])
    assert "rút" in money.refused(2, "budget", "figures", "withdraw", str(rows[1]["id"]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"--region": "Phía Đông"}, "Phía Đông"),
        ({"--precision": "3 triệu"}, "lũy thừa"),
        ({"--stage": "planned", "--round": "1"}, "Số đợt"),
        ({"--year": "1200"}, "1200"),
    ],
)
def test_figures_that_can_not_be(money: Desk, change: dict[str, str], told: str) -> None:
    given = {
        "--year": "2023",
        "--region": "south",
        "--source": "kcdp",
        "--stage": "allocated",
        "--precision": "100 triệu",
        "--basis": "Báo cáo",
        **change,
    }
    arguments = [part for pair in given.items() for part in pair]
    before = money.json("budget", "figures", "list", "--year", "2023")["rows"]
    assert told in money.refused(2, "budget", "figures", "add", "18,3 tỷ", *arguments)
    assert money.json("budget", "figures", "list", "--year", "2023")["rows"] == before


def test_a_signed_contract_is_listed_with_what_was_signed(money: Desk) -> None:
    rows = money.json("contract", "list", "--year", "2024")["rows"]
    text = money.done("contract", "list", "--year", "2024")
    assert rows
    for row in rows:
        line = next(line for line in text.splitlines() if line.startswith(row["code"]))
        amount = f"{row['fund']['contracted']:,}".replace(",", ".")
        assert row["fund"]["contracted"] > 0
        assert line.rstrip().endswith(f"{amount} đ")


def test_the_list_of_an_issued_round_is_closed_for_good(money: Desk) -> None:
    told = money.refused(2, "round", "put", "PB-KCQG-24-1", "KCQG-24-0006=1 triệu")
    assert "đã kết thúc" in told
    assert "mở" in told
