"""The advance dialog: inputs, consequences, what is missing, writing once, and what happens when it fails."""

import threading
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from textual.widgets import Button

from kcflow.services.views import MoveInput, OptionView, Receipt
from screens.dossier.advance import AdvanceDialog
from screens.dossier.papers import PaperBox
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, Field, MemoField, TextField
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import (
    CODE,
    FakeDesk,
    busy,
    card,
    conflict,
    label,
    option,
    receipt,
    refuse_act,
    refused,
)
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless


def dialog(chosen: OptionView | None = None) -> AdvanceDialog:
    return AdvanceDialog(CODE, chosen or option(), 3)


def fill(shown: Showing) -> None:
    """Enter what the registration needs."""
    screen = shown.screen
    screen.query_one("#field-act-number", TextField).text = "45/BC-SCT"
    screen.query_one("#field-act-date", DateField).text = "08/06/2023"
    screen.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"


async def expand(shown: Showing, name: str) -> None:
    """Open the fields of a missing paper by its line, with the real key."""
    line = shown.screen.query_one(f"#{name}-missing").query_one("_Line")
    line.focus()
    await shown.press("enter")
    await shown.until(lambda: shown.screen.query(f"#field-{name}-number Entry"), f"the fields of {name}")


def values(shown: Showing) -> dict[str, object]:
    return {field.key: field.value for field in shown.screen.query(Field).results(Field)}


async def test_shows_from_to_basis_and_who_acts() -> None:
    async with showing(dialog()) as shown:
        for words in (
            "Đang thẩm định cấp cơ sở → Đã đăng ký với Cục",
            "Với vai: Sở Công Thương Hà Giang",
            "Căn cứ: TT 36/2013/TT-BCT Đ6.1, Đ10.2",
            "Người giữ: Cục",
            "Hạn: 20/07/2023",
            "10 ngày làm việc từ 10/06/2023",
        ):
            assert words in shown.text


async def test_asks_only_for_what_the_act_needs() -> None:
    async with showing(dialog(option(act_documents=(), missing_documents=(), reason_need="none"))) as shown:
        assert {field.key for field in shown.screen.query(Field).results(Field)} == {"on"}
    full = option(amount="allocated", suggested_amount=130_000_000, round=True)
    async with showing(dialog(full)) as shown:
        assert shown.screen.query_one("#field-amount", MoneyField).value == 130_000_000
        keys = {field.key for field in shown.screen.query(Field).results(Field)}
        assert {
            "on",
            "act-number",
            "act-date",
            "act-signer",
            "amount",
            "round",
            "reason",
        } <= keys
        assert not any(key.startswith("missing") for key in keys)
        await expand(shown, "missing1")
        keys = {field.key for field in shown.screen.query(Field).results(Field)}
        assert {"missing1-kind", "missing1-number", "missing1-file"} <= keys


async def test_the_date_of_the_act_is_today_and_may_not_be_later() -> None:
    async with showing(dialog()) as shown:
        field = shown.screen.query_one("#field-on", DateField)
        assert field.value == date(2023, 6, 10)
        await shown.press("up")
        assert field.text == "11/06/2023"
        assert field.value is None
        await shown.press("f10")
        await shown.reads("Ngày này ở tương lai")


async def test_missing_things_go_away_as_they_are_typed() -> None:
    async with showing(dialog()) as shown:
        await shown.reads("Chưa có số của Báo cáo đăng ký")
        await shown.press("tab")
        await shown.type("45/BC-SCT")
        await shown.reads("Đủ điều kiện để thực hiện")
        assert "Chưa có số của Báo cáo" not in shown.text


async def test_a_missing_paper_is_recorded_with_the_act() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        fill(shown)
        screen = shown.screen
        await expand(shown, "missing1")
        screen.query_one("#field-missing1-kind", ChoiceField).choose("mau_4b")
        screen.query_one("#field-missing1-number", TextField).text = "7/PTĐ"
        screen.query_one("#field-missing1-conclusion", ChoiceField).choose("agreed")
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
        ((_, name, move),) = desk.asked("advance")
        assert name == "register"
        assert [(paper.kind, paper.number, paper.conclusion) for paper in move.papers] == [
            ("mau_4b", "7/PTĐ", "agreed")
        ]
        assert (move.document_kind, move.document_number) == ("bao_cao_dang_ky", "45/BC-SCT")
        assert (move.document_date, move.signer) == (date(2023, 6, 8), "Nguyễn Văn Giám")
        assert (move.expected_version, move.on) == (3, date(2023, 6, 10))


async def test_papers_nobody_spoke_of_are_not_sent() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
        assert desk.asked("advance")[0][2].papers == ()


async def test_one_more_paper_of_any_kind_can_be_added() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("ctrl+t")
        await shown.until(lambda: shown.screen.query("#extra1-box"), "a further paper")
        shown.screen.query_one("#field-extra1-kind", ChoiceField).choose("mau_1")
        shown.screen.query_one("#field-extra1-number", TextField).text = "1"
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
        assert [paper.kind for paper in desk.asked("advance")[0][2].papers] == ["mau_1"]


async def test_a_conclusion_is_asked_only_of_those_whose_it_is() -> None:
    kinds = (("bien_ban_tham_dinh", label("Biên bản thẩm định cấp Bộ")),)
    async with showing(dialog(option(missing_documents=(kinds,)))) as shown:
        # A clerk of the department does not conclude the ministry's appraisal.
        await expand(shown, "missing1")
        assert not shown.screen.query("#field-missing1-conclusion")
    async with showing(dialog()) as shown:
        await expand(shown, "missing1")
        assert shown.screen.query_one("#field-missing1-conclusion").display


async def test_required_fields_are_named_beside_themselves_and_nothing_is_sent() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        assert shown.screen.query_one("#field-act-number Entry").has_focus
        assert desk.asked("advance") == []
        # What is still to mend is counted down as it is mended, not as it was at F10.
        await shown.reads("Còn 3 ô cần sửa")
        await shown.press("4", "tab")
        await shown.reads("Còn 2 ô cần sửa")
        fill(shown)
        await shown.until(lambda: "cần sửa" not in shown.text, "nothing to mend")


async def test_ctrl_s_and_the_button_write_too() -> None:
    for keys in (("ctrl+s",), None):
        desk = FakeDesk()
        async with showing(dialog(), desk) as shown:
            fill(shown)
            if keys:
                await shown.press(*keys)
            else:
                shown.screen.query_one("#advance-confirm", Button).focus()
                await shown.press("enter")
            await shown.reads("Đã thực hiện")
            assert len(desk.asked("advance")) == 1


async def test_the_receipt_is_shown_and_handed_back() -> None:
    async with showing(dialog()) as shown:
        fill(shown)
        await shown.press("f10")
        await shown.reads("mã xác nhận 9f3a77c1")
        for words in ("Đã đăng ký với Cục", "Đang ở: Cục", "Hạn: 20/07/2023", "#4"):
            assert words in shown.text
        await shown.press("enter")
        await shown.until(lambda: shown.results, "the receipt")
        assert shown.results[0].mark == "9f3a77c1"


async def test_the_receipt_is_copied_by_a_key() -> None:
    async with showing(dialog()) as shown:
        fill(shown)
        assert "chép biên nhận" not in shown.text
        await shown.press("f10")
        await shown.reads("mã xác nhận 9f3a77c1")
        await shown.reads("chép biên nhận")
        await shown.press("y")
        await shown.reads("Đã chép biên nhận")
        (copied,) = shown.app.copied
        assert "dòng #4 của KCQG-24-0017, mã xác nhận 9f3a77c1" in copied


async def test_money_is_shown_before_and_after_in_preview_and_receipt() -> None:
    chosen = option(amount="allocated", suggested_amount=130_000_000, act_documents=(), reasons=())
    desk = FakeDesk(card=card(options=(chosen,)))
    async with showing(dialog(chosen), desk) as shown:
        await shown.reads("Đã phân bổ: — → 130.000.000 đ")
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
        assert "Đã phân bổ: — → 130.000.000 đ" in shown.text
        assert "Đang thẩm định cấp cơ sở → Đã đăng ký với Cục" in shown.text


async def test_the_rules_are_not_asked_twice_about_the_same() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        await shown.press("tab", "a", "backspace")
        await shown.until(lambda: len(desk.asked("preview")) >= 1, "a preview")
        asked = desk.asked("preview")
        assert all(one != other for one, other in pairwise(asked))


async def test_escape_cancels_without_writing() -> None:
    desk = FakeDesk()
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed")
        assert shown.results == [None]
        assert desk.asked("advance") == []


async def test_pressing_twice_writes_once() -> None:
    desk = FakeDesk(hold=threading.Event())
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("f10", "f10", "ctrl+s")
        await shown.until(lambda: desk.asked("advance"), "the write has begun")
        await shown.press("f10", "escape")
        assert shown.results == []
        desk.hold.set()  # type: ignore[union-attr]
        await shown.reads("Đã thực hiện")
        assert len(desk.asked("advance")) == 1


async def test_a_retry_carries_the_same_request_and_is_known_again() -> None:
    desk = FakeDesk(troubles=[busy()])
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("f10")
        await shown.reads("Kho dữ liệu đang bận")
        # The first attempt did reach the store, as after a lost connection.
        first: MoveInput = desk.asked("advance")[0][2]
        assert first.request is not None
        desk.made[first.request] = receipt()
        await shown.press("f10")
        await shown.reads("không ghi thêm lần nữa")
        sent = [call[2].request for call in desk.asked("advance")]
        assert len(sent) == 2
        assert len(set(sent)) == 1


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (busy(), ("Kho dữ liệu đang bận: hãy thử lại.",)),
        (refused(), ("Thiếu phiếu thẩm định: hãy ghi nhận.", "Ngày văn bản sau ngày thực hiện: hãy sửa.")),
        (conflict(), ("Trần Thị Lan đã chuyển hồ sơ này", "Nhấn F5 để tải dữ liệu mới")),
    ],
)
async def test_trouble_is_said_in_place_and_nothing_typed_is_lost(
    trouble: Exception, said: tuple[str, ...]
) -> None:
    desk = FakeDesk(troubles=[trouble])
    async with showing(dialog(), desk) as shown:
        fill(shown)
        shown.screen.query_one("#field-reason", MemoField).text = "Đúng hạn"
        await shown.pilot.pause()
        before = values(shown)
        await shown.press("f10")
        for words in said:
            await shown.reads(words)
        assert values(shown) == before
        assert shown.results == []


async def test_after_a_conflict_r_loads_fresh_data_and_the_act_goes_on() -> None:
    desk = FakeDesk(troubles=[conflict()])
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("f10")
        await shown.reads("Trần Thị Lan đã chuyển")
        desk.card = card(row=replace(desk.card.row, version=9))
        await shown.press("r")
        await shown.reads("Đã tải dữ liệu mới")
        assert "Trần Thị Lan" not in shown.text
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
        assert desk.asked("advance")[-1][2].expected_version == 9
        assert desk.asked("advance")[-1][2].document_number == "45/BC-SCT"


async def test_after_a_conflict_an_act_that_is_gone_is_not_tried_again() -> None:
    desk = FakeDesk(troubles=[conflict()])
    async with showing(dialog(), desk) as shown:
        fill(shown)
        await shown.press("f10")
        await shown.reads("Trần Thị Lan đã chuyển")
        desk.card = card(options=(refuse_act(),))
        await shown.press("f5")
        await shown.reads("việc này không còn làm được")
        await shown.press("f10")
        assert len(desk.asked("advance")) == 1


async def test_an_act_that_ends_something_is_confirmed_once_more() -> None:
    desk = FakeDesk()
    async with showing(dialog(refuse_act()), desk) as shown:
        shown.screen.query_one("#field-reason", MemoField).text = "Không đạt tiêu chí"
        await shown.pilot.pause()
        await shown.press("f10")
        await shown.reads("Nhấn F10 lần nữa để thực hiện")
        assert desk.asked("advance") == []
        # A change in between takes the confirmation back.
        shown.screen.query_one("#field-reason", MemoField).text = "Không đạt tiêu chí 2"
        await shown.until(lambda: "Nhấn F10 lần nữa" not in shown.text, "no longer armed")
        await shown.press("f10", "f10")
        await shown.reads("Đã thực hiện")
        assert desk.asked("advance")[0][2].reason == "Không đạt tiêu chí 2"


async def test_a_reason_of_spaces_is_no_reason() -> None:
    desk = FakeDesk()
    async with showing(dialog(refuse_act()), desk) as shown:
        shown.screen.query_one("#field-reason", MemoField).text = "   "
        await shown.press("f10", "f10")
        await shown.reads("Ô này phải nhập")
        assert desk.asked("advance") == []


async def test_f2_switches_the_language_and_keeps_what_was_typed() -> None:
    async with showing(dialog()) as shown:
        fill(shown)
        await expand(shown, "missing1")
        shown.screen.query_one("#field-missing1-kind", ChoiceField).choose("mau_4b")
        await shown.pilot.pause()
        before = values(shown)
        await shown.press("f2")
        await shown.reads("What will happen")
        assert "Registration report" in shown.text
        assert "Ngày thực hiện" not in shown.text
        assert values(shown) == before


async def test_in_a_narrow_terminal_the_count_of_missing_things_stays_in_sight() -> None:
    async with showing(dialog(), size=(80, 24)) as shown:
        await shown.reads("Còn thiếu 1 điều")
        assert "F5" not in shown.text  # nobody was faster
        fill(shown)
        await shown.reads("Đủ điều kiện để thực hiện")
        await shown.press("f10")
        await shown.reads("mã xác nhận 9f3a77c1")
        assert "Đủ điều kiện" not in shown.text  # it is done


async def test_an_act_that_leaves_the_state_says_so_before_and_after() -> None:
    here = label("Đang thẩm định cấp cơ sở", "Under provincial appraisal")

    class Staying(FakeDesk):
        def advance(self, code: str, action: str, move: MoveInput) -> Receipt:
            return self._write(
                "advance", (code, action, move), move.request, receipt(action, code=code, to_label=here)
            )

    stays = option(target_label=here)
    async with showing(dialog(stays), Staying(card=card(options=(stays,)))) as shown:
        await shown.reads("Đang thẩm định cấp cơ sở · trạng thái không đổi")
        fill(shown)
        await shown.press("f10")
        await shown.reads("mã xác nhận 9f3a77c1")
        assert "Trạng thái: Đang thẩm định cấp cơ sở · trạng thái không đổi" in shown.text
        assert "→" not in shown.text


async def test_every_field_can_be_reached_at_80x24() -> None:
    async with showing(dialog(), size=(80, 24)) as shown:
        seen: set[str] = set()
        for _ in range(30):
            focused = shown.app.focused
            if focused is not None:
                region = focused.region
                assert region.height, focused
                assert shown.top.region.contains_region(region), focused
                seen.update(field.key for field in focused.ancestors_with_self if isinstance(field, Field))
            await shown.press("tab")
        assert seen == {field.key for field in shown.screen.query(Field).results(Field) if field.display}


@pytest.mark.parametrize("title", HOSTILE_TITLES)
async def test_hostile_texts_are_shown_harmlessly(title: str) -> None:
    kinds = ((("a", label(title)), ("b", label(title))),)
    chosen = option(label=label(title), basis=title, office_name=title, missing_documents=kinds)
    chosen = replace(chosen, act_documents=(("bao_cao_dang_ky", label(title)),))
    desk = FakeDesk(card=card(title, options=(chosen,)), troubles=[refused()])
    desk.troubles[0].text = label(title)  # type: ignore[attr-defined]
    async with showing(dialog(chosen), desk) as shown:
        assert shown.screen.query(PaperBox)
        assert_harmless(shown.app)
        await expand(shown, "missing1")
        assert_harmless(shown.app)
        fill(shown)
        await shown.press("f10")
        await shown.until(lambda: desk.asked("advance"), "the refusal")
        await shown.settle()
        assert_harmless(shown.app)
