"""The proposal screen: what it says, what its keys do, in both languages and at every size."""

from dataclasses import replace
from datetime import date

import pytest
from textual.widgets import OptionList, Static

from kcflow.formats import percent
from kcflow.services.errors import NotFound
from screens.dossier import proposal_parts as parts
from screens.dossier import timeline_parts
from screens.dossier.advance import AdvanceDialog
from screens.dossier.correct import CorrectDialog
from screens.dossier.papers import PapersDialog
from screens.dossier.proposal import ProposalScreen
from screens.forms.draft import DraftScreen
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import CODE, FakeDesk, card, impossible_act, label, moment, option
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless


def said(shown: Showing, name: str) -> str:
    """The words of a section, however they are broken."""
    return str(shown.screen.query_one(f"#proposal-{name}", Static).content.plain)


async def test_says_where_it_stands_who_holds_it_and_until_when() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        assert CODE in shown.text
        text = said(shown, "where") + said(shown, "derived")
        for words in (
            "◔ Đang thẩm định cấp cơ sở",
            "Đang ở: Sở Công Thương",
            "25 ngày, 18 ngày làm việc",
            "Hạn: 14/06/2023  ◔ còn 4 ngày",
            "luật định: TT 36/2013/TT-BCT Đ10.2b",
            "trước ngày 15/06 của năm trước năm kế hoạch",
        ):
            assert words in text


async def test_possible_acts_come_first_and_the_others_give_every_reason() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        text = shown.text
        assert text.index("Làm được ngay") < text.index("Đăng ký với Cục") < text.index("Chưa làm được")
        acts = shown.screen.query_one("#proposal-acts", OptionList)
        blocked = "".join(acts.get_option_at_index(at).prompt.plain for at in range(acts.option_count))
        for reason in impossible_act().reasons:
            assert reason.text.vi in blocked


async def test_money_stands_with_its_base() -> None:
    money = parts.money(card().money, "vi").plain
    assert "35,3% tổng" in money
    assert "93,3% đề nghị" in money
    assert "53,6% phê duyệt" in money
    assert "đợt 1: 100 triệu; đợt 2: 50 triệu" in money
    assert percent(1, 3, "en") == "33.3%"
    assert percent(2, 3, "vi") == "66,7%"


async def test_timeline_shows_reason_document_late_entry_and_both_names() -> None:
    async with showing(ProposalScreen(CODE), size=(200, 50)) as shown:
        text = shown.text
        assert text.index("16/05/2023") < text.index("12/05/2023") < text.rindex("03/04/2023")
        for words in (
            "số 12/CV-TTKC",
            "sau 3 ngày",
            "người nhập: Phạm",
            "Lý do: Giao phòng",
            "▲ làm sau hạn",
        ):
            assert words in text


def test_a_corrected_row_says_so_and_the_correction_points_at_it() -> None:
    wrong = timeline_parts.moment(moment(2, corrected_by=(5,)), "vi").plain
    assert "Đã được đính chính bởi #5" in wrong
    right = timeline_parts.moment(moment(5, corrects=2, reason="Sai số văn bản"), "en").plain
    assert "Corrects row #2" in right
    assert "Reason: Sai số văn bản" in right


async def test_enter_and_a_open_the_advance_dialog_of_the_act_under_the_cursor() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await shown.press("enter")
        await shown.until(lambda: isinstance(shown.top, AdvanceDialog), "the dialog")
        assert shown.top.option.name == "register"
        await shown.press("escape")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        await shown.press("down", "a")
        await shown.until(lambda: isinstance(shown.top, AdvanceDialog), "the dialog")
        assert shown.top.option.name == "refuse"


async def test_an_impossible_act_opens_nothing_and_says_why() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await shown.press("end", "enter")
        await shown.reads("Việc này thuộc vai Bộ Công Thương")
        assert shown.top is shown.screen
        assert shown.screen.said().startswith("Việc này thuộc vai Bộ Công Thương")


async def test_keys_open_papers_fields_history_and_corrections() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await shown.press("d")
        await shown.until(lambda: isinstance(shown.top, PapersDialog), "papers")
        await shown.press("escape", "e")
        await shown.until(lambda: isinstance(shown.top, DraftScreen), "the form")
        await shown.press("escape")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        await shown.press("h")
        assert shown.app.histories == [CODE]
        await shown.press("c")
        assert shown.screen.query_one("#proposal-timeline").has_focus
        await shown.press("down", "c")
        await shown.until(lambda: isinstance(shown.top, CorrectDialog), "the correction")
        assert "#2" in shown.text


async def test_a_correction_is_written_with_its_reason() -> None:
    desk = FakeDesk()
    async with showing(ProposalScreen(CODE), desk) as shown:
        await shown.press("c", "c")
        await shown.until(lambda: isinstance(shown.top, CorrectDialog), "the correction")
        await shown.press("f10")
        assert desk.asked("correct") == []
        await shown.type("Sai ngay")
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        assert desk.asked("correct") == [(CODE, 3, "Sai ngay")]
        assert shown.app.changes == 1


async def test_a_proposal_past_drafting_is_not_edited() -> None:
    async with showing(ProposalScreen(CODE), FakeDesk(card=card(editable=False))) as shown:
        await shown.press("e")
        assert shown.top is shown.screen
        await shown.reads("chỉ đổi được bằng việc điều chỉnh")


async def test_brackets_walk_through_the_list() -> None:
    codes = ("KCQG-24-0001", "KCQG-24-0002")
    async with showing(ProposalScreen(codes[0], codes)) as shown:
        await shown.press("right_square_bracket")
        await shown.reads(codes[1])
        await shown.press("right_square_bracket")
        assert "hết danh sách" in shown.screen.said()
        await shown.press("left_square_bracket")
        await shown.reads(codes[0])


async def test_r_reads_anew_and_keeps_the_cursor() -> None:
    desk = FakeDesk()
    async with showing(ProposalScreen(CODE), desk) as shown:
        await shown.press("down")
        assert shown.screen.option.name == "refuse"
        desk.card = card(row=replace(desk.card.row, state_label=label("Trạng thái mới")))
        await shown.press("r")
        await shown.reads("Trạng thái mới")
        assert shown.screen.option.name == "refuse"


async def test_a_proposal_that_is_gone_is_said_and_can_be_tried_again() -> None:
    desk = FakeDesk()
    missing = NotFound("not_found", label("Không có hồ sơ này: hãy kiểm tra mã."))

    def gone(_code: str) -> None:
        raise missing

    desk.reader = gone  # type: ignore[assignment]
    async with showing(ProposalScreen(CODE), desk) as shown:
        assert "Không có hồ sơ này" in shown.text
        await shown.press("d")
        assert shown.top is shown.screen
        desk.reader = None
        await shown.press("r")
        await shown.reads("Đang thẩm định cấp cơ sở")
        assert "Không có hồ sơ này" not in shown.text


async def test_a_finished_proposal_offers_nothing() -> None:
    finished = card(options=(), due=None)
    finished = replace(finished, row=replace(finished.row, ending="completed", mark="completed", due_on=None))
    async with showing(ProposalScreen(CODE), FakeDesk(card=finished)) as shown:
        assert "Đề án đã kết thúc" in shown.text
        await shown.press("enter", "a")
        assert shown.top is shown.screen


async def test_late_is_a_word_and_a_mark() -> None:
    late = card()
    late = replace(late, row=replace(late.row, days_left=-3, due_on=date(2023, 6, 7), mark="late"))
    async with showing(ProposalScreen(CODE), FakeDesk(card=late), lang="en") as shown:
        assert "▲ 3 days late" in shown.text


async def test_f2_switches_the_language_and_keeps_the_place() -> None:
    async with showing(ProposalScreen(CODE)) as shown:
        await shown.press("down", "f2")
        await shown.reads("Can be done now")
        assert shown.screen.option.name == "refuse"
        assert "Where it stands" in shown.text
        assert "Làm được ngay" not in shown.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_everything_can_be_reached_by_keyboard(size: tuple[int, int]) -> None:
    many = tuple(option(f"act{n}", label=label(f"Việc số {n}")) for n in range(12))
    rows = tuple(moment(n, reason=f"Lý do thứ {n}") for n in range(1, 15))
    async with showing(
        ProposalScreen(CODE), FakeDesk(card=card(options=many, timeline=rows)), size=size
    ) as shown:
        await shown.press("end")
        await shown.reads("Việc số 11")
        shown.screen.query_one("#proposal-timeline").focus()
        await shown.press("end")
        await shown.reads("Lý do: Lý do thứ 1")


@pytest.mark.parametrize("title", HOSTILE_TITLES)
async def test_hostile_texts_are_shown_harmlessly(title: str) -> None:
    bad = option(
        label=label(title),
        possible=False,
        reasons=(replace(impossible_act().reasons[0], text=label(title)),),
        office_name=title,
    )
    shown_card = card(
        title,
        options=(bad, option("other", label=label(title))),
        timeline=(moment(1, title=title, reason=title, actor_name=title, office_name=title),),
        fields=tuple((name, words, label(title)) for name, words, _ in card().fields),
        warnings=(label(title),),
    )
    async with showing(ProposalScreen(CODE), FakeDesk(card=shown_card)) as shown:
        assert_harmless(shown.app)
        await shown.press("tab", "end")
        assert_harmless(shown.app)
