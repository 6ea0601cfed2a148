"""Whole lists, filters, notes, attachments and saved views as a desk gives them: all within one's scope."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from db import queries
from kcflow import reference
from kcflow.services import stalled
from kcflow.services.errors import BadInput, KcflowError, NoPermission, NotFound
from kcflow.services.saved import MAX_PAYLOAD
from kcflow.services.views import HistoryFilter, ListFilter, PaperInput
from kcflow.text import fold
from tests.services.world import AGENCY, SCT, UNIT, World

OTHER, OTHER_UNIT = "sct-63-19", "ttkc-63-19"
HOSTILE = "[red]x[/red] [@click=app.quit] %s {0} 'q' \"w\" -- ; DROP TABLE"


@pytest.fixture
def codes(world: World) -> list[str]:
    """Six proposals of two provinces, some of them under way."""
    made = [
        world.draft(title="Máy sấy chè", requested=100_000_000, counterpart=400_000_000, content_codes=(4,)),
        world.draft(
            title="Đào tạo nghề dệt", requested=200_000_000, counterpart=300_000_000, content_codes=(1, 2)
        ),
        world.draft(title="Hội chợ", source="kcdp", beneficiaries=("HTX Bình Minh",), content_codes=(5,)),
        world.draft(title="Máy chè Thái", unit_office="TTKC-63-19"),
        world.draft(title="Miến dong", unit_office="TTKC-63-19", plan_year=2025),
        world.draft(title="Gốm", unit_office="TTKC-63-19", source="kcdp"),
    ]
    world.to("registered", made[0])
    return made


def every_filter(codes: list[str]) -> list[ListFilter]:
    return [
        ListFilter(),
        ListFilter(lifecycles=("kcqg@2014.3",)),
        ListFilter(offices=("TTKC-63-19",), source="kcqg"),
        ListFilter(regions=("Phía Bắc",)),
        ListFilter(regions=("Phía Nam",)),
        ListFilter(regions=("Phía Bắc",), provinces=("63:02",)),
        ListFilter(contents=(2, 5)),
        ListFilter(contents=(99,)),
        ListFilter(due_from=date(2023, 5, 1), due_to=date(2023, 12, 31)),
        ListFilter(due_to=date.max),
        ListFilter(amount_from=100_000_001, amount_to=10**30),
        ListFilter(amount_to=200_000_000, open_only=True),
        ListFilter(waits_for="unit"),
        ListFilter(phases=("drafting",), plan_year=2025),
        ListFilter(text="thai nguyen"),
        ListFilter(text="che ha giang"),
        ListFilter(text="htx binh"),
        ListFilter(text=codes[0].lower()),
        ListFilter(text=HOSTILE),
    ]


def fits(world: World, code: str, wanted: ListFilter) -> bool:
    """The same question answered from the card and the reference data alone."""
    card = world.desk("ktnn").dossier(code)
    row, content = card.row, cast("dict[str, Any]", card.content)
    place = reference.province(row.province)
    words = queries.words_of(
        fold(" ".join((row.code, row.title, row.unit_name, place.name, *content["beneficiaries"])))
    )
    covered = {key for asked in wanted.provinces for key in reference.covered_by(asked)}
    return (
        all(any(own.startswith(word) for own in words) for word in queries.words_of(fold(wanted.text)))
        and (not wanted.lifecycles or row.lifecycle in wanted.lifecycles)
        and (not wanted.offices or row.unit_office in wanted.offices)
        and (not wanted.regions or bool(set(wanted.regions) & set(place.regions)))
        and (not wanted.provinces or row.province in covered)
        and (not wanted.contents or bool(set(wanted.contents) & set(content["content_codes"])))
        and (wanted.due_from is None or (row.due_on is not None and row.due_on >= wanted.due_from))
        and (wanted.due_to is None or wanted.due_to == date.max or (row.due_on or date.max) <= wanted.due_to)
        and (wanted.amount_from is None or row.requested >= wanted.amount_from)
        and (wanted.amount_to is None or row.requested <= wanted.amount_to)
        and (wanted.source is None or row.source == wanted.source)
        and (wanted.plan_year is None or row.plan_year == wanted.plan_year)
        and (wanted.waits_for is None or row.waits_for == wanted.waits_for)
        and (not wanted.phases or row.phase in wanted.phases)
        and (not wanted.open_only or not row.ending)
    )


def seen_by(world: World, login: str, codes: list[str]) -> list[str]:
    found = []
    for code in codes:
        try:
            world.desk(login).dossier(code)
        except NotFound:
            continue
        found.append(code)
    return found


@pytest.mark.parametrize("login", ["ktnn", SCT, OTHER, UNIT, AGENCY])
def test_lists_indexes_counts_and_flow_agree(world: World, codes: list[str], login: str) -> None:
    desk = world.desk(login)
    mine = seen_by(world, login, codes)
    everything = world.desk("ktnn").dossier_index()
    assert {row.code for row in desk.dossiers_at(everything)} == set(mine)
    for wanted in every_filter(codes):
        expected = {code for code in mine if fits(world, code, wanted)}
        for order in get_args(queries.Order):
            page = desk.dossiers(wanted, order, limit=100).rows
            assert {row.code for row in page} == expected, wanted
            assert desk.dossiers_at(desk.dossier_index(wanted, order)) == page
        assert desk.count(wanted, cap=None) == len(expected)
        flow = desk.flow(wanted)
        assert sum(phase.count for phase in flow) == len(expected)
        rows = desk.dossiers(wanted, limit=100).rows
        assert sum(phase.late for phase in flow) == sum(row.mark == "late" for row in rows)
        assert sum(state.near for phase in flow for state in phase.states) == sum(
            row.mark == "near" for row in rows
        )
        assert sum(s.requested for phase in flow for s in phase.states) == sum(r.requested for r in rows)


@pytest.mark.parametrize("wanted", [ListFilter(), ListFilter(text="may")])
def test_what_is_late_is_counted_beside_many_that_wait_for_others(
    world: World, monkeypatch: pytest.MonkeyPatch, wanted: ListFilter
) -> None:
    """Counting ends at a cap, so none of the numbers may come from taking one count off another."""
    monkeypatch.setattr(stalled, "CAP", 2)
    late, *waiting = [world.draft(title=f"Máy số {number}") for number in range(4)]
    world.to("ministry_screening", late)
    for code in waiting:
        world.to("awaiting_estimate", code)
    desk, day = world.desk(AGENCY), date(2024, 3, 1)
    due = {row.code: row for row in desk.dossiers().rows}
    assert {due[code].due_kind for code in (*waiting, late)} == {"law"}
    assert all((due[code].due_on or day) < day for code in (*waiting, late))
    assert [row.row.code for row in desk.stalled(day, kinds=("law",), wanted=wanted).rows] == [late]
    counts = desk.stalled_counts(day, wanted)
    assert counts == {"near": 0, "law": 1, "policy": 0, "stuck": 0, "waiting": 2}


def test_the_region_is_shown(world: World, codes: list[str]) -> None:
    row = world.desk(SCT).dossier(codes[0]).row
    assert (row.region_label("vi"), row.region_label("en")) == ("Phía Bắc", "North")


def test_history_by_ids_stays_in_scope(world: World, codes: list[str]) -> None:
    every = list(world.desk("ktnn").history_index())
    for login in ("ktnn", SCT, OTHER, UNIT, AGENCY):
        desk = world.desk(login)
        mine = set(seen_by(world, login, codes))
        assert {row.dossier for row in desk.history_at(every)} == mine
        listed = desk.history(limit=500).rows
        assert desk.history_at(desk.history_index()) == listed
        assert desk.history_at(desk.history_index(oldest_first=True)) == listed[::-1]
    with pytest.raises(NotFound):
        world.desk(OTHER).history_index(HistoryFilter(dossier=codes[0]))


# -- notes ---------------------------------------------------------------------------------------------------


def test_a_note_moves_nothing(world: World, codes: list[str]) -> None:
    before = world.desk(SCT).dossier(codes[0])
    world.day += timedelta(days=20)
    receipt = world.desk(SCT).note(codes[0], f"Đã gọi điện cho cơ sở. {HOSTILE}")
    after = world.desk(SCT).dossier(codes[0])
    assert (receipt.action, receipt.action_label("vi")) == ("note", "Ghi chú")
    assert after.timeline[-1].reason == f"Đã gọi điện cho cơ sở. {HOSTILE}"
    assert (after.row.state, after.row.due_on, after.row.entered_on, after.row.waits_for) == (
        *(before.row.state, before.row.due_on, before.row.entered_on),
        before.row.waits_for,
    )
    stored = [row for row in world.desk(SCT).stalled(kinds=("law",)).rows if row.row.code == codes[0]]
    assert all(row.last_on == before.timeline[-1].on for row in stored)
    assert after.row.version == before.row.version + 1


def test_who_may_write_a_note(world: World, codes: list[str]) -> None:
    for login in (UNIT, SCT, AGENCY, "ktnn"):
        world.desk(login).note(codes[0], f"Ghi chú của {login}")
    assert [row.actor for row in world.desk(SCT).history_of(codes[0])][-4:] == [UNIT, SCT, AGENCY, "ktnn"]
    with pytest.raises(NotFound):
        world.desk(OTHER).note(codes[0], "x")
    with pytest.raises(BadInput):
        world.desk(SCT).note(codes[0], "  ")
    with pytest.raises(BadInput):
        world.desk(SCT).note(codes[0], "dài " * 600)


def test_a_note_is_written_once(world: World, codes: list[str]) -> None:
    request = "6f2b1f0e-2c50-4a6e-9a53-0a4c8e6a9d11"
    first = world.desk(SCT).note(codes[0], "một lần", request)
    again = world.desk(SCT).note(codes[0], "một lần", request)
    assert (again.repeated, again.seq) == (True, first.seq)


# -- attachments ---------------------------------------------------------------------------------------------


def test_an_attachment_is_for_those_who_see_the_proposal(
    world: World, codes: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "to-trinh.pdf"
    file.write_bytes(b"%PDF-1.7 noi dung")
    paper = PaperInput("van_ban_khac", "1/VB", world.day, "Lê Văn Bình", file=str(file))
    world.desk(SCT).record_papers(codes[0], [paper])
    name = next(p.file for p in world.desk(SCT).dossier(codes[0]).papers if p.file)
    for login in (SCT, UNIT, AGENCY, "ktnn"):
        assert world.desk(login).attachment(name) == b"%PDF-1.7 noi dung"
    for asked in (name, "0" * 64, "", "x", "'; --"):
        with pytest.raises(NotFound) as refused:
            world.desk(OTHER).attachment(asked)
        assert refused.value.code == "attachment_unknown"


# -- saved views ---------------------------------------------------------------------------------------------


def test_saved_views(world: World) -> None:
    mine, other = world.desk(SCT), world.desk(OTHER)
    first = mine.save_view("dossiers", "Chờ tôi", {"states": ["registered"], "order": "due"})
    assert (first.mine, first.shared) == (True, False)
    assert first.payload == {"states": ["registered"], "order": "due"}
    assert other.saved_views("dossiers") == ()
    again = mine.save_view("dossiers", "Chờ tôi", {"text": HOSTILE}, shared=True)
    assert again.id == first.id
    (seen,) = other.saved_views("dossiers")
    assert (seen.name, seen.mine, seen.shared, seen.payload) == ("Chờ tôi", False, True, {"text": HOSTILE})
    assert (seen.owner, seen.owner_name) == (SCT, mine.me.name)
    own = other.save_view("dossiers", "Chờ tôi", {})
    assert own.id != first.id
    assert [view.mine for view in other.saved_views("dossiers")] == [True, False]
    assert mine.saved_views("history") == ()
    with pytest.raises(NoPermission):
        other.forget_view(first.id)
    with pytest.raises(NotFound):
        mine.forget_view(own.id)
    mine.forget_view(first.id)
    with pytest.raises(NotFound):
        mine.forget_view(first.id)
    assert other.saved_views("dossiers") == (own,)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("x", {"big": "đ" * MAX_PAYLOAD}),
        ("x", {"set": {1, 2}}),
        ("x", {"nan": float("nan")}),
        ("x", {"nul": "a\0b"}),
        ("x", {"half": "\ud800"}),
        ("", {}),
        ("   ", {}),
        ("a\x1b[31m", {}),
        ("d" * 101, {}),
    ],
)
def test_views_that_are_refused(world: World, name: str, payload: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        world.desk(SCT).save_view("dossiers", name, payload)
    assert world.desk(SCT).saved_views("dossiers") == ()


def test_a_view_needs_a_list_that_there_is(world: World) -> None:
    with pytest.raises(KcflowError):
        world.desk(SCT).save_view("people", "x", {})
    with pytest.raises(KcflowError):
        world.desk(SCT).saved_views("'; --")


def test_a_view_may_be_as_large_as_is_said(world: World) -> None:
    payload = {"x": "a" * (MAX_PAYLOAD - len('{"x": ""}'))}
    assert world.desk(SCT).save_view("inbox", HOSTILE[:90], payload).payload == payload


def test_a_link_is_no_attachment(world: World, codes: list[str], tmp_path: Path) -> None:
    file = tmp_path / "vb.pdf"
    file.write_bytes(b"%PDF-1.7 noi dung")
    link = tmp_path / "lien ket.pdf"
    link.symlink_to(file)
    paper = PaperInput("van_ban_khac", "1/VB", world.day, "Lê Văn Bình", file=str(link))
    with pytest.raises(BadInput) as refused:
        world.desk(SCT).record_papers(codes[0], [paper])
    assert refused.value.code == "file_link"
