"""The form of a proposal: a new draft, an edit, checks while typing, and failures that lose nothing."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from kcflow.services.errors import BadInput
from kcflow.services.views import DraftInput, PersonView
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField, ManyField
from screens.forms.draft import DraftScreen
from screens.forms.fields import DateField, Field, LinesField, MemoField, TextField
from tests.ui.bench import Showing, showing
from tests.ui.fake_desk import CODE, FakeDesk, busy, card, conflict, label
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless


def text(shown: Showing, name: str) -> TextField:
    field = shown.screen.query_one(f"#field-{name}")
    assert isinstance(field, TextField | MoneyField | DateField | MemoField)
    return field  # type: ignore[return-value]


async def fill(shown: Showing) -> None:
    """Enter the least that a draft needs."""
    await shown.type("May che bien che")
    text(shown, "requested").text = "300"
    await shown.pilot.pause()


async def test_a_new_draft_is_written_as_it_was_typed() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        text(shown, "counterpart").text = "550"
        text(shown, "total").text = "850.000.000 đ"
        text(shown, "starts_on").text = "01/03/2024"
        text(shown, "ends_on").text = "30/11/2024"
        text(shown, "objective").text = "Mục tiêu một\nhai"
        shown.screen.query_one("#field-beneficiaries", LinesField).text = "HTX Một\nHTX Hai"
        shown.screen.query_one("#field-kinds", ManyField).boxes.tick(["point"])
        shown.screen.query_one("#field-content_codes", ManyField).boxes.tick(["3"])
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
        assert desk.asked("create") == [
            DraftInput(
                source="kcqg",
                plan_year=2024,
                title="May che bien che",
                unit_office="TTKC-HG",
                objective="Mục tiêu một\nhai",
                starts_on=date(2024, 3, 1),
                ends_on=date(2024, 11, 30),
                total=850_000_000,
                requested=300_000_000,
                counterpart=550_000_000,
                kinds=("point",),
                content_codes=(3,),
                beneficiaries=("HTX Một", "HTX Hai"),
            )
        ]
        assert shown.results[0].title == "May che bien che"


async def test_the_source_is_asked_when_nobody_named_it() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen(), desk) as shown:
        await fill(shown)
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        assert desk.asked("create") == []
        shown.screen.query_one("#field-source", ChoiceField).choose("kcdp")
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
        assert desk.asked("create")[0].source == "kcdp"


async def test_only_units_that_carry_proposals_out_are_offered() -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        field = shown.screen.query_one("#field-unit_office", ChoiceField)
        assert field.value == "TTKC-HG"
        await shown.reads("Trung tâm Khuyến công Hà Giang")
        assert "Sở Công Thương Hà Giang" not in shown.text


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ({"total": "850", "requested": "300", "counterpart": "550"}, "● Cân đối"),
        ({"total": "850", "requested": "300", "counterpart": "500"}, "thiếu 50.000.000 đ so với tổng"),
        ({"total": "850", "requested": "300", "counterpart": "600"}, "thừa 50.000.000 đ so với tổng"),
        ({"requested": "300", "counterpart": "1,5"}, "sẽ lấy tổng các nguồn, 301.500.000 đ"),
    ],
)
async def test_the_balance_is_checked_while_typing(amounts: dict[str, str], said: str) -> None:
    async with showing(DraftScreen("kcqg"), size=(120, 50)) as shown:
        for name, amount in amounts.items():
            text(shown, name).text = amount
        shown.screen.query_one("#field-total", MoneyField).focus_entry()
        await shown.reads(said)


async def test_a_draft_that_does_not_balance_yet_is_kept() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        text(shown, "total").text = "1000"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
        assert desk.asked("create")[0].total == 1_000_000_000


async def test_it_may_not_end_before_it_starts() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        text(shown, "starts_on").text = "01/03/2024"
        text(shown, "ends_on").text = "01/02/2024"
        await shown.press("f10")
        await shown.until(lambda: shown.screen.query_one("#field-ends_on", DateField).faulty, "refused")
        assert desk.asked("create") == []
        text(shown, "ends_on").text = "01/04/2024"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")


async def test_an_edit_sends_only_what_was_changed() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen(card=desk.card), desk) as shown:
        assert "Năm kế hoạch: 2024" in shown.text
        assert not shown.screen.query("#field-source")
        text(shown, "requested").text = "280"
        text(shown, "reason").text = "Giảm theo khả năng"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
        assert desk.asked("edit") == [(CODE, {"requested": 280_000_000}, "Giảm theo khả năng", 3)]


async def test_an_edit_of_nothing_is_said_and_not_sent() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen(card=desk.card), desk) as shown:
        await shown.press("f10")
        await shown.reads("Chưa có ô nào thay đổi")
        assert desk.asked("edit") == []


async def test_a_text_of_spaces_is_no_title() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        text(shown, "title").text = "   "
        text(shown, "requested").text = "300"
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        assert desk.asked("create") == []


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (busy(), "Kho dữ liệu đang bận"),
        (conflict(), "Những gì đã nhập vẫn còn ở đây"),
        (BadInput("money", label("Số tiền vô lý: hãy sửa."), field="requested"), "✗ Số tiền vô lý: hãy sửa."),
        (RuntimeError("boom"), "Có lỗi"),
    ],
)
async def test_trouble_loses_nothing_and_a_second_try_goes_through(
    trouble: Exception, said: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kcflow.config.log_dir", lambda: tmp_path)
    desk = FakeDesk(troubles=[trouble])
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        before = {field.key: field.value for field in shown.screen.query(Field).results(Field)}
        await shown.press("f10")
        await shown.reads(said)
        assert {field.key: field.value for field in shown.screen.query(Field).results(Field)} == before
        await shown.press("ctrl+s")
        await shown.until(lambda: shown.results, "written")
        assert len(desk.made) == 1


async def test_pressing_twice_writes_once() -> None:
    desk = FakeDesk(hold=threading.Event())
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        await shown.press("f10", "f10", "escape", "escape")
        assert shown.results == []
        desk.hold.set()  # type: ignore[union-attr]
        await shown.until(lambda: shown.results, "written")
        assert len(desk.asked("create")) == 1


async def test_unsaved_work_is_given_up_only_by_a_second_escape() -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.type("x")
        await shown.press("escape")
        await shown.reads("Chưa ghi: Esc lần nữa để bỏ")
        await shown.type("y")
        await shown.press("escape")
        assert shown.results == []
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed")
        assert shown.results == [None]


async def test_an_untouched_form_closes_at_once() -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed")


async def test_enter_goes_on_to_the_next_field() -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await shown.press("enter")
        focused = shown.app.focused
        assert focused is not None
        assert any(node.id == "field-source" for node in focused.ancestors_with_self)


async def test_f2_switches_the_language_and_keeps_what_was_typed() -> None:
    async with showing(DraftScreen("kcqg")) as shown:
        await fill(shown)
        shown.screen.query_one("#field-kinds", ManyField).boxes.tick(["group"])
        await shown.pilot.pause()
        before = {field.key: field.value for field in shown.screen.query(Field).results(Field)}
        await shown.press("f2")
        await shown.reads("Implementing unit")
        assert "Đơn vị thực hiện" not in shown.text
        assert {field.key: field.value for field in shown.screen.query(Field).results(Field)} == before


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_every_field_can_be_reached(size: tuple[int, int]) -> None:
    async with showing(DraftScreen("kcqg"), size=size) as shown:
        seen: set[str] = set()
        for _ in range(25):
            focused = shown.app.focused
            if focused is not None:
                # A list of boxes may be higher than the view: its cursor is what must be seen.
                assert shown.app.screen.region.overlaps(focused.region), focused
                seen.update(node.key for node in focused.ancestors_with_self if isinstance(node, Field))
            await shown.press("tab")
        shown_fields = {field.key for field in shown.screen.query(Field).results(Field) if field.display}
        assert seen == shown_fields


@pytest.mark.parametrize("title", HOSTILE_TITLES)
async def test_hostile_content_is_shown_harmlessly_and_stays_as_it_is(title: str) -> None:
    hostile = card(title)
    hostile.content.update(objective=title, note=title, beneficiaries=[title], title=title)
    desk = FakeDesk(card=hostile)
    async with showing(DraftScreen(card=hostile), desk) as shown:
        assert_harmless(shown.app)
        # Looking at it changes nothing: only the field that was touched would be sent.
        await shown.press("escape")
        await shown.until(lambda: shown.results, "closed as untouched")


async def test_each_wrong_field_is_counted_once() -> None:
    async with showing(DraftScreen("kcqg"), FakeDesk()) as shown:
        await fill(shown)
        text(shown, "ends_on").text = "31/02/2025"
        await shown.press("f10")
        await shown.reads("Còn 1 ô cần sửa")


async def test_partner_provinces_are_asked_of_a_proposal_of_several_provinces() -> None:
    desk = FakeDesk()
    async with showing(DraftScreen("kcqg"), desk) as shown:
        await fill(shown)
        partners = shown.screen.query_one("#field-partner_provinces", ManyField)
        assert not partners.display
        shown.screen.query_one("#field-kinds", ManyField).boxes.tick(["multi_province"])
        await shown.until(lambda: partners.display, "the provinces")
        partners.boxes.tick(["63:10"])
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
        (draft,) = desk.asked("create")
        assert draft.partner_provinces == ("63:10",)


@pytest.mark.parametrize(("role", "foreign"), [("department", True), ("unit", False)])
async def test_who_will_have_to_submit_it_is_said_to_those_who_can_not(role: str, foreign: bool) -> None:
    class Desk(FakeDesk):
        @property
        def me(self) -> PersonView:
            given = replace(super().me.roles[0], role=role, office="TTKC-HG")
            return replace(super().me, roles=(given,))

    async with showing(DraftScreen("kcqg"), Desk()) as shown:
        await shown.until(
            lambda: shown.screen.query_one("#field-unit_office", ChoiceField).value == "TTKC-HG", "the unit"
        )
        await shown.settle()
        assert ("Bạn không thuộc đơn vị này" in shown.text) is foreign
