"""The screens of time over a desk without a store: how they look, what they refuse, what they keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from kcflow.i18n import set_language
from kcflow.services.errors import BadInput, StoreProblem
from screens.clock.acts import ClockActsDialog
from screens.clock.forms import ClockForm, EscalateDialog, HoldDialog, ReassignDialog, RemindDialog, form_of
from screens.clock.opening import ActFacts, Subject
from screens.clock.why import WhyDialog
from screens.dossier.proposal import ProposalScreen
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, MemoField
from screens.lists.stalled import StalledPane
from screens.lists.stalled_year import YearEndLine
from states.model import Label
from tests.ui.bench import showing
from tests.ui.clock_desk import NOT_HELD, FakeClock
from tests.ui.fake_desk import CODE, TITLE, TODAY, FakeDesk
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.list_desk import ListDesk
from tests.ui.shell_driver import press, rest, shell_of, started
from tests.ui.snapshots import screen_text

SUBJECT = Subject(CODE, TITLE)
SHOTS = {
    "why": "question_mark",
    "acts": "escape exclamation_mark",
    "remind": "R",
    "reassign": "escape P",
    "hold": "escape T",
    "escalate": "escape U",
    "group_by": "escape G",
    "groups": "down down enter",
    "year_end": "escape e",
}


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Leave the language as it was."""
    yield
    set_language("vi")


def text_of(app: object) -> str:
    """The words of the screen with every break and frame as one space."""
    return " ".join(screen_text(app).replace("│", " ").split())  # type: ignore[arg-type]


def a_form(act: str, desk: FakeDesk) -> ClockForm:
    """The form of an act as the lists open it."""
    told = desk.clock.told(CODE, act)
    people = desk.clock.holders(CODE) if act == "reassign" else told.people
    return form_of(act, SUBJECT, ActFacts(desk.clock.state(CODE), people, told.level_label))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_looks(snapshot: Callable[[str, str], None], lang: str, size: tuple[int, int]) -> None:
    async with started(ListDesk(), lang=lang, size=size) as (app, pilot):
        await press(pilot, "3")
        for name, keys in SHOTS.items():
            await press(pilot, *keys.split())
            snapshot(f"clock_{name}_{lang}_{size[0]}", screen_text(app))
        await press(pilot, "escape")
        app.desk.clock.on_hold = True  # type: ignore[union-attr]
        await press(pilot, "escape", "L")
        snapshot(f"clock_lift_{lang}_{size[0]}", screen_text(app))


async def test_acts_are_greyed_with_their_reasons_and_read_in_both_languages() -> None:
    desk = ListDesk()
    nobody = Label("Không có ai để báo.", "There is nobody to tell.")
    desk.clock.refused = {"escalate": nobody}
    async with started(desk) as (app, pilot):
        await press(pilot, "2", "exclamation_mark")
        dialog = app.screen
        assert isinstance(dialog, ClockActsDialog)
        assert NOT_HELD("vi") in text_of(app)
        assert nobody("vi") in text_of(app)
        for key, reason in (("U", nobody), ("L", NOT_HELD)):
            await press(pilot, key)
            assert dialog.is_current
            assert dialog.said() == reason("vi")
        await press(pilot, "f2")
        assert nobody("en") in text_of(app)
        await press(pilot, "f2", "down", "enter")
        assert isinstance(app.screen, ReassignDialog)
        await press(pilot, "escape", "U")  # by its own key from the list: the reason, and no form
        assert shell_of(app).said() == nobody("vi")
        assert desk.clock.done == []


async def test_a_row_has_to_be_there() -> None:
    async with started(ListDesk(rows=[])) as (app, pilot):
        await press(pilot, "2", "question_mark")
        assert app.screen is shell_of(app)
        assert shell_of(app).said()
        assert "why" not in " ".join(app.desk.calls)  # type: ignore[union-attr]


async def test_a_hold_is_previewed_refused_and_written_once() -> None:
    desk = FakeDesk()
    async with showing(a_form("hold", desk), desk, size=(80, 24)) as shown:
        dialog = shown.screen
        assert isinstance(dialog, HoldDialog)
        await shown.press("f10")
        assert desk.clock.done == []
        assert dialog.query_one("#field-party", ChoiceField).faulty
        dialog.query_one("#field-party", ChoiceField).choose("treasury")
        dialog.query_one("#field-until", DateField).text = f"{TODAY + timedelta(days=9):%d/%m/%Y}"
        await shown.until(lambda: dialog._plan is not None, "the preview")
        await shown.settle()
        assert f"Hạn: {TODAY - timedelta(days=7):%d/%m/%Y} → {TODAY + timedelta(days=3):%d/%m/%Y}" in text_of(
            shown.app
        )
        assert "không còn quá hạn" in shown.text
        plans = sum(call.startswith("hold_plan") for call in desk.clock.calls)
        dialog.query_one(MemoField).text = "Chờ Kho bạc"
        await shown.settle()
        assert sum(call.startswith("hold_plan") for call in desk.clock.calls) == plans, (
            "a reason moves no date"
        )

        said = Label("Ngày cuối nằm trước ngày bắt đầu.", "It ends before it begins.")
        desk.clock.fail_write = BadInput("hold_backwards", said, field="until")
        await shown.press("f10")
        await shown.settle()
        assert dialog.query_one("#field-until", DateField).faulty
        assert dialog.query_one(MemoField).text == "Chờ Kho bạc", "nothing typed is lost"
        desk.clock.fail_write = None
        await shown.press("f10")
        await shown.settle()
        assert [one[:2] for one in desk.clock.done] == [("hold", CODE)]
        assert [receipt.code for receipt in shown.results] == [CODE]


async def test_what_the_store_refuses_to_preview_is_said_in_place() -> None:
    desk = FakeDesk()
    async with showing(a_form("hold", desk), desk) as shown:
        dialog = shown.screen
        desk.clock.fail = StoreProblem("gone", Label("Kho dữ liệu không trả lời.", "The store is silent."))
        dialog.query_one("#field-party", ChoiceField).choose("treasury")
        dialog.query_one("#field-until", DateField).text = f"{TODAY:%d/%m/%Y}"
        await shown.reads("✗ Kho dữ liệu không trả lời.")


@pytest.mark.parametrize("act", ["remind", "escalate", "reassign"])
async def test_unsent_words_come_back(act: str) -> None:
    desk = FakeDesk()
    async with showing(a_form(act, desk), desk) as shown:
        shown.screen.query_one(MemoField).focus_entry()
        await shown.type("de nghi lam ngay")
        await shown.settle()
        await shown.press("escape")
        await shown.settle()
        shown.app.push_screen(a_form(act, desk), shown.results.append)
        await shown.settle()
        await shown.until(lambda: shown.top._offered, "what was typed is offered")
        await shown.press("ctrl+y")
        await shown.settle()
        assert shown.top.query_one(MemoField).text == "de nghi lam ngay"
        if act == "reassign":
            shown.top.query_one("#field-holder", ChoiceField).choose("lan")
        await shown.press("f10")
        await shown.settle()
        assert [(one[0], one[-1]) for one in desk.clock.done] == [(act, "de nghi lam ngay")]


async def test_who_is_told_stands_there_first() -> None:
    desk = FakeDesk()
    async with showing(a_form("escalate", desk), desk) as shown:
        assert isinstance(shown.screen, EscalateDialog)
        assert "Sẽ báo 1 người: (Trưởng phòng)" in shown.text
        assert "Hoàng Thị Lan" in shown.text
    async with showing(a_form("remind", desk), desk, lang="en") as shown:
        assert isinstance(shown.screen, RemindDialog)
        assert "1 person will be reminded:" in shown.text


async def test_the_proposal_shows_holder_pause_reminders_and_level() -> None:
    desk = FakeDesk(time=FakeClock(TODAY, on_hold=True))
    async with showing(ProposalScreen(CODE), desk) as shown:
        for words in ("Người thụ lý: Vàng Văn Minh", "‖ Tạm dừng", "Đã nhắc 2 lần", "Đã báo cáo cấp 1"):
            assert words in text_of(shown.app)
        await shown.press("question_mark")
        await shown.settle()
        assert isinstance(shown.top, WhyDialog)
        await shown.press("y")
        assert "TT 36/2013 Đ10.2b" in shown.app.copied[0]
        assert "Đặt quy định mới của Sở" in shown.app.copied[0]


async def test_a_derivation_that_cannot_be_read_says_why() -> None:
    desk = FakeDesk()
    desk.clock.fail = StoreProblem("gone", Label("Kho dữ liệu không trả lời.", "The store is silent."))
    async with showing(WhyDialog(CODE), desk) as shown:
        assert shown.top.said() == "Kho dữ liệu không trả lời."
        desk.clock.fail = None
        shown.top.refresh_data()
        await shown.reads("Cách tính")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_texts_are_harmless(size: tuple[int, int]) -> None:
    desk = FakeDesk()
    desk.clock.plain = False
    desk.clock.on_hold = True
    async with showing(WhyDialog(CODE), desk, size=size) as shown:
        for at, text in enumerate(HOSTILE_TITLES):
            desk.clock.text = text
            act = ("remind", "reassign", "hold", "lift", "escalate", "")[at % 6]
            other = a_form(act, desk) if act else ClockActsDialog(Subject(CODE, text))
            for screen in (WhyDialog(CODE), other):
                shown.app.push_screen(screen)
                await shown.settle()
                assert_harmless(shown.app)
                await shown.press("escape")
                await shown.settle()


async def test_the_year_end_stands_there_when_a_date_is_near_or_there_is_room() -> None:
    desk = ListDesk()
    async with started(desk, size=(120, 40)) as (app, pilot):
        await press(pilot, "3")
        line = app.screen.query_one(YearEndLine)
        assert not line.display
        await pilot.resize_terminal(200, 50)
        await rest(pilot)
        assert line.display
        assert "30/12 còn 185 ngày: 12 chưa xong" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await rest(pilot)
        assert not line.display
        desk.clock.today = desk.today.replace(month=12, day=20)
        await press(pilot, "f5")
        assert line.display
        assert "30/12 còn 10 ngày: 12 chưa xong" in screen_text(app)
        await pilot.click(YearEndLine)
        await rest(pilot)
        assert "Các mốc cuối năm ngân sách" in screen_text(app)
        await press(pilot, "end", "enter")
        assert app.screen.said() == "Không còn hồ sơ nào chưa xong cho mốc này."


async def test_groups_say_when_they_cannot_be_opened_and_follow_the_kind() -> None:
    async with started(ListDesk(), size=(120, 40)) as (app, pilot):
        await press(pilot, "3", "G", "enter")
        pane = shell_of(app).pane
        assert isinstance(pane, StalledPane)
        assert (pane.grouping, pane.table.row_count) == ("office", 1)
        await press(pilot, "enter")
        assert pane.opened is None
        assert "gộp theo cách khác" in shell_of(app).said()
        await press(pilot, "G", "down", "enter", "C")
        assert "nhóm" in shell_of(app).said()
        await press(pilot, "escape")
        assert (pane.grouping, pane.table.row_count) == ("", 15)
