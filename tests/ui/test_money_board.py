"""The board of a round by real keys: filled, over its ceiling, sent, decided by a second person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from db.store import open_store
from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.i18n import set_language
from kcflow.services.money_views import ContractInput
from screens.dossier.proposal import ProposalScreen
from screens.forms.amounts import MoneyField
from screens.forms.fields import DateField, MemoField, TextField
from screens.money.act import BoardActDialog
from screens.money.adjustment_form import AdjustmentForm
from screens.money.amount import AmountDialog, Asked
from screens.money.annex import AnnexScreen
from screens.money.board import BoardScreen
from screens.money.exporting import ExportDialog
from screens.money.opening import NewKindDialog
from screens.money.sheet import CandidatesTable, LinesTable
from tests.services.money.world import AGENCY, ROUND_DAY, MoneyWorld
from tests.ui.bench import showing
from tests.ui.shell_driver import press, rest
from tests.ui.snapshots import screen_text, wait_for

TRIEU = 1_000_000
SECOND = "cuc-2"
"""The other person of the agency."""
ROUND = "PB-KCQG-24-1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[MoneyWorld]:
    """Three approved proposals in two provinces, 300 triệu each, and the plan that approved them."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", create=True)
    world = MoneyWorld(store)
    codes = [*world.submitted(2), *world.submitted(1, place="63-19", title="Sấy nông sản")]
    world.plan(dict.fromkeys(codes, 300 * TRIEU))
    world.day = ROUND_DAY
    yield world
    store.close()
    set_language("vi")


@asynccontextmanager
async def working(
    world: MoneyWorld, login: str = AGENCY, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[KcflowApp, Pilot[int]]]:
    """The application as `login` over the world."""
    app = KcflowApp(Config("sqlite:///nowhere.db"), opener=lambda _: world.desk(login))
    async with app.run_test(size=size) as pilot:
        await rest(pilot)
        yield app, pilot


def text_of(app: KcflowApp) -> str:
    """What a person reads, the breaks of lines aside."""
    return " ".join(screen_text(app).replace("│", " ").split())


async def board_of(pilot: Pilot[Any]) -> BoardScreen:
    """The board in front, once everything is read."""
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, BoardScreen), "the board")
    await rest(pilot)
    board = pilot.app.screen
    assert isinstance(board, BoardScreen)
    return board


async def typed(pilot: Pilot[Any], words: str) -> None:
    """Type words, key by key."""
    await pilot.press(*("space" if char == " " else char for char in words))
    await rest(pilot)


async def act(pilot: Pilot[Any], name: str, fill: Callable[[BoardActDialog], None] | None = None) -> str:
    """Carry out the act `name` of the board in front by its dialog; returns what the receipt says."""
    board = await board_of(pilot)
    acts = board.query_one("#board-acts", OptionList)
    acts.focus()
    acts.highlighted = acts.get_option_index(f"act-{name}")
    await rest(pilot)
    await pilot.press("enter")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, BoardActDialog), f"the dialog of {name}")
    await rest(pilot)
    dialog = pilot.app.screen
    assert isinstance(dialog, BoardActDialog)
    for key, text in (("number", "12/BCT"), ("signer", "Nguyễn Văn Ký")):
        for field in dialog.query(f"#field-act-{key}").results(TextField):
            field.text = text
    for day in dialog.query("#field-act-date").results(DateField):
        day.text = f"{ROUND_DAY:%d/%m/%Y}"
    for memo in dialog.query("#field-reason").results(MemoField):
        memo.text = "Theo ý kiến"
    if fill is not None:
        fill(dialog)
    await rest(pilot)
    before = screen_text(pilot.app)
    await press(pilot, "f10")
    await wait_for(pilot, lambda: dialog._receipt is not None, f"{name} done\n{before}")
    said = screen_text(pilot.app)
    await press(pilot, "escape")
    await board_of(pilot)
    return said


async def test_a_round_is_filled_sent_proposed_and_issued_by_another_person(world: MoneyWorld) -> None:
    async with working(world) as (app, pilot):
        # A new round, from the list of rounds.
        await press(pilot, "7", "c", "c", "n")
        await press(pilot, "tab", "tab", "tab")
        await typed(pilot, "500")
        assert "KH-KCQG-24: tổng" in text_of(app)
        await press(pilot, "f10")
        board = await board_of(pilot)
        assert board.code == ROUND
        assert "còn lại 500.000.000 đ" in text_of(app)

        # All that lacks nothing goes in by one key: over the ceiling is said, and the act says what to do.
        assert isinstance(app.focused, CandidatesTable)
        await press(pilot, "plus")
        assert "vượt 400.000.000 đ" in text_of(app)
        assert [line.dong for line in world.money().board(ROUND).lines] == [300 * TRIEU] * 3
        send = next(each for each in world.money().board(ROUND).options if each.name == "send_to_finance")
        assert not send.possible
        assert "Tổng danh sách 900.000.000" in text_of(app)

        # The last is taken out, the second gets a part, typed as people write it.
        lines = board.query_one(LinesTable)
        lines.focus()
        await press(pilot, "end", "delete")
        await press(pilot, "end", "m")
        dialog = app.screen
        assert isinstance(dialog, AmountDialog)
        await typed(pilot, "0,15 tỷ")
        assert dialog.query_one(MoneyField).value == 150 * TRIEU
        await press(pilot, "f10")
        assert "còn lại 50.000.000 đ" in text_of(app)

        # The search finds a proposal without diacritics; space puts it in, delete takes it out again.
        await press(pilot, "slash")
        await typed(pilot, "say nong san")
        await press(pilot, "enter")
        found = board.query_one(CandidatesTable).cursor_payload
        assert found is not None
        await press(pilot, "space")
        assert len(world.money().board(ROUND).lines) == 3
        await press(pilot, "up", "delete")
        assert len(world.money().board(ROUND).lines) == 2
        assert "còn lại 50.000.000 đ" in text_of(app)
        await press(pilot, "escape")  # the search, not the board
        assert isinstance(app.screen, BoardScreen)

        # The list is complete: `a` sends it, and doesn't cancel it as when nothing else could be done.
        assert board.option is not None
        assert board.option.name == "send_to_finance"

        # To the Ministry of Finance and back; nobody issues what he proposed himself.
        await act(pilot, "send_to_finance")
        assert not (await board_of(pilot)).editable
        await act(pilot, "record_finance_opinion")
        await act(pilot, "propose")
        issue = next(each for each in world.money().board(ROUND).options if each.name == "issue")
        assert not issue.possible
        board = await board_of(pilot)
        acts = board.query_one("#board-acts", OptionList)
        acts.focus()
        acts.highlighted = acts.get_option_index("act-issue")
        await press(pilot, "a")
        assert isinstance(app.screen, BoardScreen)
        assert board.said() == " ".join(reason.text.vi for reason in issue.reasons)

        # The other person finds it in the inbox and issues it, all at once.
        await press(pilot, "escape", "w")
        await typed(pilot, SECOND)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: app.desk is not None and app.desk.me.login == SECOND, "the other one")
        await press(pilot, "1")
        while ROUND not in str(app._shell.pane.table.cursor_payload.code):  # type: ignore[union-attr]
            await press(pilot, "down")
        await press(pilot, "enter")
        said = await act(pilot, "issue")
        assert "Đã ghi 2 đề án, 450.000.000 đ" in " ".join(said.replace("│", " ").split())
    done = world.money(SECOND).board(ROUND)
    assert (done.row.state, done.decided) == ("issued", True)
    rows = [world.desk("ktnn").dossier(line.code).row for line in done.lines]
    assert [row.allocated for row in rows] == [300 * TRIEU, 150 * TRIEU]


async def test_who_may_not_see_all_sees_her_own_lines_and_changes_nothing(world: MoneyWorld) -> None:
    code = world.round({each.code: 100 * TRIEU for each in world.money().board("KH-KCQG-24").lines})
    async with showing(BoardScreen(code), world.desk("sct-63-19")) as shown:
        board = shown.screen
        assert [line.province for line in board.board.lines] == ["63:19"]
        assert board.board.total == 300 * TRIEU
        assert not board.query_one("#board-offer").region.height
        board.query_one(LinesTable).focus()
        await shown.press("m")
        await shown.until(lambda: "Chỉ người lập" in board.said(), "why not")
        assert shown.top is board
        await shown.press("delete")
        await shown.settle()
    assert len(world.money().board(code).lines) == 3


async def test_codes_lead_to_boards_and_back(world: MoneyWorld) -> None:
    code = world.round({each.code: 100 * TRIEU for each in world.money().board("KH-KCQG-24").lines})
    async with working(world) as (app, pilot):
        await press(pilot, "g")
        await typed(pilot, code.lower())
        await press(pilot, "enter")
        board = await board_of(pilot)
        assert board.code == code
        board.query_one(LinesTable).focus()
        await press(pilot, "o")
        await wait_for(pilot, lambda: isinstance(app.screen, ProposalScreen), "the proposal")
        await press(pilot, "escape")
        # The plan above opens in the same screen; the way back leads to the round.
        await press(pilot, "u")
        board = await board_of(pilot)
        await wait_for(pilot, lambda: board.board is not None and board.code == "KH-KCQG-24", "the plan")
        await press(pilot, "ctrl+left")
        await press(pilot, "ctrl+left")
        await wait_for(pilot, lambda: getattr(app.screen, "code", "") == code, "the round again")


async def test_a_contract_is_signed_over_what_was_allocated(world: MoneyWorld) -> None:
    codes = [line.code for line in world.money().board("KH-KCQG-24").lines][:2]
    world.to("issued", world.round(dict.fromkeys(codes, 100 * TRIEU)))
    world.many(AGENCY, codes, "assign_plan", ROUND_DAY)
    contract = world.money().open_contract(ContractInput(((codes[0], 100 * TRIEU),))).code
    async with working(world) as (app, pilot):
        app.open_dossier(contract)
        board = await board_of(pilot)
        await wait_for(pilot, lambda: board.board is not None, "the contract")
        await press(pilot, "plus")
        assert [line.code for line in world.money().board(contract).lines] == codes, "the unit's other one"
        said = await act(pilot, "sign")
        assert "Đã ghi 2 đề án, 200.000.000 đ" in " ".join(said.replace("│", " ").split())
        # From the timeline of a proposal, and from the history, the way leads back to the contract.
        app.open_dossier(codes[0])
        await wait_for(pilot, lambda: getattr(app.screen, "card", None) is not None, "the proposal")
        app.screen.query_one("#proposal-timeline").focus()
        await press(pilot, "u")
        assert (await board_of(pilot)).code == contract
        await press(pilot, "escape", "4", "d")
        assert (await board_of(pilot)).code == contract
        # A change of it, or another contract, begins from the proposal.
        app.open_dossier(codes[0])
        await wait_for(pilot, lambda: getattr(app.screen, "card", None) is not None, "the proposal again")
        await press(pilot, "n", "down", "enter")
        assert isinstance(app.screen, AdjustmentForm)
        assert app.screen.query_one("#field-proposal", TextField).value == codes[0]
    assert world.money().board(contract).row.state == "signed"


def _ready(table: CandidatesTable) -> bool:
    """Whether the candidates are there and the cursor came to them."""
    return table.row_count == 3 and table.has_focus


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_board_looks_as_it_should(
    world: MoneyWorld, lang: str, snapshot: Callable[[str, str], None]
) -> None:
    lines = world.money().board("KH-KCQG-24").lines
    code = world.round({lines[0].code: 300 * TRIEU, lines[1].code: 250 * TRIEU}, ceiling=400 * TRIEU)
    for size in ((80, 24), (120, 40)):
        async with showing(BoardScreen(code), world.desk(AGENCY), size=size, lang=lang) as shown:
            table, body = shown.screen.query_one(CandidatesTable), shown.screen.query_one("#board-body")
            await shown.until(partial(_ready, table), "the candidates")
            shown.screen.query_one(LinesTable).focus()
            await shown.settle()
            for end in ("top", "end") if size[0] < 100 else ("top",):
                body.scroll_to(y=0 if end == "top" else body.max_scroll_y, animate=False)
                await shown.settle()
                snapshot(f"money-board-{end}-{lang}-{size[0]}x{size[1]}", shown.text)


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_dialogs_look_as_they_should(
    world: MoneyWorld, lang: str, snapshot: Callable[[str, str], None]
) -> None:
    lines = world.money().board("KH-KCQG-24").lines
    code = world.round({line.code: 100 * TRIEU for line in lines})
    world.to("proposed", code)
    board = world.money(SECOND).board(code)
    issue = next(option for option in board.options if option.name == "issue")
    for size in ((80, 24), (120, 40)):
        asked = Asked(lines[0].code, lines[0].title, 200 * TRIEU, 100 * TRIEU, "Ưu tiên")
        for name, dialog in (
            ("act", BoardActDialog(board, issue)),
            ("amount", AmountDialog(asked)),
            ("new", NewKindDialog()),
            ("export", ExportDialog(code)),
            ("annex", AnnexScreen(code)),
        ):
            async with showing(dialog, world.desk(SECOND), size=size, lang=lang) as shown:
                if isinstance(dialog, ExportDialog):
                    dialog.query_one("#field-path", TextField).text = "/nhà/PB-KCQG-24-1.xlsx"
                if isinstance(dialog, BoardActDialog):
                    await shown.until(partial(_looked_ahead, dialog), "what will happen")
                await shown.settle()
                snapshot(f"money-{name}-{lang}-{size[0]}x{size[1]}", shown.text)


def _looked_ahead(dialog: BoardActDialog) -> bool:
    """Whether what will happen stands there."""
    return dialog._preview is not None
