"""A day of each role at the keyboard, over a real store: what they do, may not do, and read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Static

from db import directory
from db.rows import PersonRow
from db.store import open_store
from kcflow.i18n import t
from screens.dossier.choose import ChooseAct
from screens.dossier.notes import NoteDialog
from screens.dossier.proposal import ProposalScreen
from screens.lists.people import PeoplePane
from screens.widgets.basis import basis_text
from screens.widgets.flow_chart import FlowChart
from screens.widgets.table import VirtualTable
from tests.services.world import AGENCY, SCT, UNIT, World
from tests.ui.shell_driver import shell_of
from tests.ui.walker import Walker, walking

BOTH = pytest.mark.parametrize("lang", ["vi", "en"])
AUDITOR, SUPERVISOR = "ktnn", "giamsat"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A founded store with an auditor and a supervisor, without a proposal."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    try:
        made = World(store)
        with store.administer() as admin:
            since = date(2020, 1, 1)
            directory.add_person(admin, PersonRow(SUPERVISOR, "Vàng Thị Mỷ", None, None, since))
            directory.assign(admin, SUPERVISOR, "supervisor", "SCT-63-02", since)
        made.shared.forget()
        yield made
    finally:
        store.close()


async def opened(walk: Walker, code: str) -> ProposalScreen:
    """The proposal's own screen, from the list, by Enter."""
    await walk.to_code(code)
    await walk.hit("enter", lambda: isinstance(walk.screen, ProposalScreen), "the proposal")
    screen = walk.screen
    assert isinstance(screen, ProposalScreen)
    await walk.until(lambda: screen.card is not None, "is read")
    await walk.rest()
    return screen


@BOTH
async def test_the_centre_drafts_and_submits(world: World, lang: str) -> None:
    title = "May say che [red]Ha Giang[/]"
    async with walking(world, UNIT, lang=lang) as walk:
        given = {"title": title, "requested": "300", "counterpart": "200"}
        given["source"] = "quoc gia" if lang == "vi" else "national"
        code = await walk.draft(given)
        await walk.to_tab("1", "inbox")
        assert walk.table.row_count == 1
        assert title in walk.text
        receipt = await walk.act("submit_to_department")
        assert walk.table.row_count == 0  # it waits for the Sở
    row = world.desk(UNIT).history_of(code)[-1]
    assert (row.action, row.actor, row.hash[:8]) == ("submit_to_department", UNIT, receipt.mark)
    assert [paper.kind for paper in row.papers] == ["de_an", "mau_1"]
    card = world.desk(SCT).dossier(code)
    assert (card.row.title, card.row.state) == (title, "submitted_to_department")
    assert card.money.total == 500_000_000  # counted from its parts


@BOTH
async def test_the_department_receives_and_returns_only_with_a_reason(world: World, lang: str) -> None:
    code = world.draft()
    world.to("submitted_to_department", code)
    reason = "Thieu bao gia thiet bi"
    async with walking(world, SCT, lang=lang) as walk:
        assert walk.table.cursor_key == code  # in its own work
        await walk.act("start_provincial_appraisal")
        await walk.choose("return_by_department")
        dialog = walk.screen
        await walk.fill({}, but=frozenset({"reason"}))
        typed = walk.fields()["act-number"].text
        seen = len(world.desk(SCT).history_of(code))
        await walk.hit("f10", lambda: walk.fields()["reason"].faulty, "refused in its place")
        assert t("form.required", lang) in walk.words
        assert walk.screen is dialog
        assert walk.app.focused in walk.fields()["reason"].walk_children()
        assert len(world.desk(SCT).history_of(code)) == seen
        # Nothing typed is lost; the cursor stands where the reason belongs.
        await walk.enter("reason", reason)
        assert walk.fields()["act-number"].text == typed
        await walk.confirm()
    row = world.desk(SCT).history_of(code)[-1]
    assert (row.action, row.actor, row.reason) == ("return_by_department", SCT, reason)
    assert row.document is not None
    assert row.document.number == typed
    assert world.desk(UNIT).dossier(code).row.state == "returned"


async def test_the_agency_screens_from_the_proposal_itself(world: World) -> None:
    code, draft = world.draft(title="Đã đăng ký"), world.draft(title="Còn là dự thảo")
    world.to("registered", code)
    async with walking(world, AGENCY) as walk:
        await walk.to_tab("2", "dossiers")
        assert walk.table.row_count == 1
        assert draft not in walk.text  # a draft is its unit's own
        await walk.act("start_screening")
        screen = await opened(walk, code)
        assert screen.card is not None
        assert screen.card.row.state == "ministry_screening"
        await walk.hit("escape", lambda: walk.screen is shell_of(walk.app), "the list")
    assert world.desk(AGENCY).history_of(code)[-1].actor == AGENCY


@BOTH
async def test_the_auditor_reads_everything_acts_on_nothing_and_may_note(world: World, lang: str) -> None:
    codes = [world.draft(), world.draft(title="Thái Nguyên", unit_office="TTKC-63-19")]
    world.to("provincial_appraisal", codes[0])
    async with walking(world, AUDITOR, lang=lang) as walk:
        await walk.to_tab("2", "dossiers")
        assert walk.table.row_count == 2
        # The list of acts says of each why it isn't his, and Enter takes none.
        await walk.to_row(walk.table, codes[0])
        await walk.hit("a", lambda: isinstance(walk.screen, ChooseAct), "the acts")
        choose, acts = walk.screen, walk.screen.query_one(VirtualTable)
        options = world.desk(AUDITOR).options(codes[0])
        assert options
        for option in options:
            walk.send("home")
            await walk.until(lambda: acts.cursor_row == 0, "the first act")
            await walk.to_row(acts, option.name)
            right = next(reason for reason in option.reasons if reason.kind == "permission").text(lang)
            await walk.until(lambda: right in str(choose.query_one("#why", Static).content), right)  # noqa: B023
            await walk.press("enter")
            assert walk.screen is choose
        await walk.hit("escape", lambda: walk.screen is shell_of(walk.app), "the list")
        screen = await opened(walk, codes[0])
        assert screen.check_action("act", ()) is None  # greyed, not hidden
        assert screen.why_not("act")
        before = walk.screen
        await walk.hit("t", lambda: isinstance(walk.screen, NoteDialog), "the note")
        await walk.enter("note", "Doi chieu du toan")
        await walk.hit("f10", lambda: walk.screen is before, "is written")
        await walk.reads("Doi chieu du toan")
    row = world.desk(AUDITOR).history_of(codes[0])[-1]
    assert (row.actor, row.reason, row.from_state) == (AUDITOR, "Doi chieu du toan", row.to_state)
    assert world.desk(SCT).dossier(codes[0]).row.state == "provincial_appraisal"


async def test_the_administrator_sees_who_works_where_and_takes_a_seat(world: World) -> None:
    people, offices = world.desk(SCT).people(), world.desk(SCT).offices()
    admin = next(person for person in people if any(role.role == "admin" for role in person.roles))
    async with walking(world, admin.login) as walk:
        await walk.to_tab("5", "people")
        pane = shell_of(walk.app).pane
        assert isinstance(pane, PeoplePane)
        await walk.until(lambda: walk.table.row_count == len(people), "everybody")
        await walk.to_row(walk.table, SUPERVISOR)
        await walk.reads("Vàng Thị Mỷ (giamsat)")
        await walk.hit("c", lambda: pane.offices, "the offices")
        await walk.until(lambda: walk.table.row_count == len(offices), "every office")
        await walk.hit("c", lambda: not pane.offices, "the people")
        await walk.to_row(walk.table, UNIT)
        await walk.hit("w", lambda: walk.desk.me.login == UNIT, "works as the person under the cursor")
        assert walk.desk.operator is not None
        assert walk.desk.operator[0] == "test-account"
        await walk.reads("làm thay")


@BOTH
async def test_the_supervisor_goes_from_the_flow_to_the_reason_and_back(world: World, lang: str) -> None:
    drafts = [world.draft(title=f"Dự thảo {number}") for number in range(3)]
    waiting = world.draft(title="Chờ Bộ Tài chính")
    world.to("approved", waiting)
    world.day = date(2024, 2, 1)
    desk = world.desk(SUPERVISOR)
    async with walking(world, SUPERVISOR, lang=lang) as walk:
        await walk.to_tab("6", "flow")
        chart = walk.screen.query_one(FlowChart)
        await walk.until(lambda: chart.cursor is not None, "the boxes")
        found = chart.found(chart.cursor)
        assert found is not None
        box = found[0].tally.count
        assert box == len(drafts)  # nobody has submitted them
        await walk.hit("enter", lambda: shell_of(walk.app).tab == "dossiers", "the list behind the box")
        assert walk.table.row_count == box
        assert {row.key for row in walk.table.rows_in_memory} == set(drafts)

        await walk.to_tab("3", "stalled")
        assert walk.table.row_count == sum(desk.stalled_counts().values())
        await walk.to_row(walk.table, waiting)
        stalled = next(each for each in desk.stalled().rows if each.row.code == waiting)
        await walk.reads(stalled.row.waits_for_label(lang))
        assert stalled.row.due_basis is not None
        await walk.reads(" ".join(basis_text(stalled.row.due_basis, lang).split()))
        await walk.hit("enter", lambda: isinstance(walk.screen, ProposalScreen), "the proposal")
        await walk.until(lambda: walk.screen.card is not None, "is read")
        assert walk.screen.card.row.due_basis == stalled.row.due_basis
        await walk.hit("escape", lambda: walk.screen is shell_of(walk.app), "the list again")
        assert (shell_of(walk.app).tab, walk.table.cursor_key) == ("stalled", waiting)
