"""Deadlines and calendar: what is listed, what is asked, what would change, and only then what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.services.clock_views import ChangePlan, DayInput, RuleInput
from kcflow.services.desk import Desk
from kcflow.services.errors import BadInput
from kcflow.services.views import DraftInput
from screens.clock.change import ChangeDialog, summary
from screens.clock.day_form import DayForm
from screens.clock.days import CalendarScreen
from screens.clock.rule_form import RuleForm
from screens.clock.rules import RulesScreen, short
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField
from screens.forms.fields import DateField, MemoField, TextField
from states.loader import builtin
from states.model import Label
from tests.ui.bench import Showing, showing
from tests.ui.clock_desk import FakeClock
from tests.ui.editor_desk import HOSTILE, EditorDesk, FakeEditor, own_day, own_rule, shift
from tests.ui.list_desk import ListDesk
from tests.ui.money_desk import everywhere
from tests.ui.shell_driver import make_app, press, rest
from tests.ui.snapshots import screen_text, wait_for


async def fill(shown: Showing, key: str, text: str) -> None:
    """Type into a field with real keys, in place of what stood there."""
    field = shown.top.query_one(f"#field-{key}")
    field.focus_entry()
    await shown.settle()
    await shown.press("end", "ctrl+u")
    await shown.type(text)


async def opened(shown: Showing, kind: type) -> Any:
    """The dialog of `kind`, in front and read."""
    await shown.until(lambda: isinstance(shown.top, kind), kind.__name__)
    await shown.settle()
    return shown.top


# In words


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_summary_says_what_is_not_listed_and_that_nothing_becomes_late(lang: str) -> None:
    shifts = tuple(shift(n, date(2023, 7, 1), date(2023, 7, 2), date(2023, 6, 10)) for n in range(200))
    said = summary(ChangePlan(shifts, 1_412, 0, 0, 20_000), lang).plain
    for words in {"vi": ("1.412", "20.000", "200 ", "Không hồ sơ nào"), "en": ("1,412", "20,000", "None")}[
        lang
    ]:
        assert words in said
    assert "▲" not in said
    some = summary(ChangePlan(shifts[:1], 1, 1, 0, 3), lang).plain
    assert "▲" in some
    assert "●" not in some
    nothing = summary(ChangePlan((), 0, 0, 0, 3), lang).plain
    assert "(" in nothing
    assert "3" in nothing


@pytest.mark.parametrize(
    ("by", "figures", "vi", "en"),
    [
        ("working_days", {"days": 10}, "10 ngày làm việc", "10 working days"),
        ("calendar_days", {"days": 15}, "15 ngày theo lịch", "15 calendar days"),
        (
            "fixed_date",
            {"day": 20, "month": 5, "plan_year": -1, "inclusive": False},
            "trước 20/5 năm trước",
            "before",
        ),
        (
            "fixed_date",
            {"day": 22, "month": 1, "plan_year": 1},
            "chậm nhất 22/1 năm sau",
            "by 22/1 of year after",
        ),
        ("months", {"months": 12}, "12 tháng", "12 months"),
        ("monthly", {"day": 25, "inclusive": False}, "trước ngày 25 hằng tháng", "before day 25 monthly"),
        ("term_end", {}, "hết thời gian thực hiện", "end of its schedule"),
    ],
)
def test_a_rule_in_few_words(by: str, figures: dict[str, Any], vi: str, en: str) -> None:
    plain = own_rule(1, "x", by=by, text=Label("a", "a"), **{"days": 0, **figures})
    assert short(plain, "vi") == vi
    assert short(plain, "en").startswith(en)
    assert (
        short(own_rule(1, "x", days=5, text=Label("a (b) (c)", "a (b) (c)")), "vi") == "5 ngày làm việc (c)"
    )


# Deadlines


async def test_a_rule_is_entered_looked_at_and_saved_with_its_reason() -> None:
    desk = EditorDesk()
    async with showing(RulesScreen(), desk, size=(80, 24)) as shown:
        assert "quy trình 1/" in shown.text
        await shown.press("]")
        await shown.reads("khuyến công quốc gia")
        screen: Any = shown.screen
        names = [line.state.name for line in screen.lines]
        state = next(name for name in names if "submitted" in name or "department" in name)
        desk.editor.own = [own_rule(3, state)]
        screen.refresh_data()
        await shown.until(
            lambda: any(line.rule and line.rule.id == 3 for line in screen.lines), "the own rule"
        )
        at = next(n for n, line in enumerate(screen.lines) if line.rule and line.rule.id == 3)
        await shown.press("home", *["down"] * at)
        await everywhere(shown, "rules")
        assert HOSTILE in shown.text

        # It begins with the figures of the rule under the cursor.
        await shown.press("n")
        form = await opened(shown, RuleForm)
        assert form.query_one("#field-days", WholeField).value == 5
        await everywhere(shown, "rule_form")
        # Nothing impossible is even counted, and it is said where it was typed.
        await fill(shown, "days", "0")
        await fill(shown, "basis", "")
        await shown.press("f10")
        await shown.reads("hãy gõ một số nguyên từ 1")
        assert shown.top is form
        form.query_one("#field-by", ChoiceField).choose("months")
        await shown.until(lambda: form.query_one("#field-months").display, "a period in months")
        await fill(shown, "months", "13")
        await fill(shown, "basis", "QD 9/QD-SCT")
        await shown.press("f10")
        await shown.reads("“13” không dùng được")
        form.query_one("#field-by", ChoiceField).choose("fixed_date")
        await shown.until(lambda: form.query_one("#field-month").display, "another way of counting")
        assert not form.query_one("#field-days").display
        await fill(shown, "day", "30")
        await fill(shown, "month", "2")
        await fill(shown, "basis", "QD 9/QD-SCT")
        await shown.press("f10")
        await shown.reads("Tháng 2 không có ngày 30")
        await fill(shown, "day", "29")
        form.query_one("#field-inclusive", ChoiceField).choose("before")
        form.query_one("#field-plan_year", ChoiceField).choose("-1")
        desk.editor.trouble = BadInput("rule_validity", Label("Ngày hết trước ngày đầu.", "Ends too early."))
        await shown.press("f10")
        await shown.reads("✗ Ngày hết trước ngày đầu.")
        assert not any(call[0] == "set_rule" for call in desk.editor.asked)
        desk.editor.trouble = None
        await shown.press("f10")
        await opened(shown, ChangeDialog)
        wanted = RuleInput(
            "SCT-HG",
            "kcqg",
            state,
            "fixed_date",
            "QD 9/QD-SCT",
            month=2,
            day=29,
            plan_year=-1,
            inclusive=False,
            valid_from=desk.today,
        )
        assert desk.editor.asked[-1] == ("rule_plan", wanted)
        await everywhere(shown, "change")
        for words in ("thành trễ", "hết trễ", "lùi 2 ngày", "có hạn", "không còn hạn", "[b]Luật định"):
            assert words in shown.text
        # Without a reason nothing is saved; an error keeps it.
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        await shown.type("Theo quyet dinh moi")
        desk.editor.trouble = BadInput("busy", Label("Kho đang bận.", "Busy."))
        await shown.press("f10")
        await shown.reads("Kho đang bận.")
        assert shown.top.query_one(MemoField).value == "Theo quyet dinh moi"
        # Escape goes back to what was entered, and nothing is lost.
        await shown.press("escape")
        assert (await opened(shown, RuleForm)) is form
        assert form.query_one("#field-basis", TextField).value == "QD 9/QD-SCT"
        desk.editor.trouble = None
        await shown.press("f10")
        await opened(shown, ChangeDialog)
        if not shown.top.query_one(MemoField).value:
            await shown.type("Theo quyet dinh moi")
        before = shown.app.changes
        await shown.press("f10", "f10")
        await shown.until(lambda: shown.top is shown.screen, "saved")
        saves = [call for call in desk.editor.asked if call[0] == "set_rule"]
        assert saves[-1] == ("set_rule", wanted, "Theo quyet dinh moi")
        assert len(saves) == 2, "one failed, one was saved: two quick presses save once"
        assert shown.app.changes == before + 1
        await shown.reads("Đã lưu: 5 thời hạn đổi, 1 thành trễ hạn, 1 hết trễ hạn.")


async def test_only_an_own_rule_of_ones_office_is_ended_and_others_say_why() -> None:
    desk = EditorDesk()
    screen = RulesScreen()
    async with showing(screen, desk, size=(120, 40)) as shown:
        await shown.press("]")
        await shown.reads("quốc gia")
        state = screen.lines[0].state.name
        other = own_rule(8, state, office="CUC", office_name="Cục")
        over = own_rule(9, state, valid_to=date(2023, 5, 1), in_force=False)
        desk.editor.own = [own_rule(7, state), other, over]
        screen.refresh_data()
        await shown.until(lambda: any(line.rule and line.rule.id == 9 for line in screen.lines), "three")
        await shown.press("home", "x")
        await shown.reads("luật định và mặc định không kết thúc được")
        ids = [line.rule.id if line.rule else None for line in screen.lines]
        await shown.press(*["down"] * ids.index(8), "x")
        await shown.reads("chỉ cơ quan đó kết thúc được")
        await shown.press("down", "delete")
        await shown.reads("đã hết hiệu lực")
        await shown.press("home", *["down"] * ids.index(7), "x")
        dialog = await opened(shown, ChangeDialog)
        assert desk.editor.asked[-1] == ("close_rule_plan", 7, False)
        await shown.press("escape")
        await shown.until(lambda: shown.top is screen, "back")
        await shown.press("delete")
        dialog = await opened(shown, ChangeDialog)
        assert "như chưa từng đặt" in shown.text
        dialog.query_one(MemoField).text = "Nhập nhầm"
        await shown.press("f10")
        await shown.until(lambda: shown.top is screen, "taken back")
        assert ("close_rule", 7, "Nhập nhầm", True) in desk.editor.asked
        # The own office's, every office's, the ended ones too; the cursor stays where it was.
        key = screen.table.cursor_key
        await shown.press("v", "c")
        await shown.until(lambda: desk.editor.asked[-1] == ("rules", None, None, True), "all, ended too")
        await shown.settle()
        assert screen.table.cursor_key == key
        # Who may set none is told so.
        desk.editor.offices = ()
        screen.refresh_data()
        await shown.until(lambda: screen.found is not None and not screen.found.offices, "none")
        await shown.press("n")
        await shown.reads("Chỉ lãnh đạo theo dõi và quản trị đặt được quy định thời hạn.")
        assert shown.top is screen


# The calendar


async def test_a_swap_is_entered_as_two_days_and_own_days_are_withdrawn() -> None:
    desk = EditorDesk()
    desk.editor.days = [
        own_day(11, date(2023, 6, 23), "off", "[b]Nghỉ hoán đổi"),
        own_day(12, date(2023, 6, 24), "working", "Làm bù 23/6"),
    ]
    screen = CalendarScreen()
    async with showing(screen, desk, size=(80, 24)) as shown:
        assert "Lịch làm việc 2023" in shown.text
        await shown.press(*["down"] * 9)
        await everywhere(shown, "calendar")
        await shown.press("home", "x")
        await shown.reads("Chỉ rút được ngày do cơ quan ghi")

        await shown.press("n")
        form = await opened(shown, DayForm)
        await everywhere(shown, "day_form")
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        await fill(shown, "document", "CV 5/VPCP")
        await shown.press("f10")
        assert shown.top is form, "no day at all"
        await fill(shown, "day1", "30/2/2023")
        await shown.press("f10")
        assert shown.top is form
        await fill(shown, "day1", "15/6/2023")
        await shown.press("f10")
        await shown.reads("phải có đủ ngày và tên")
        await fill(shown, "name1", "Nghi hoan doi")
        await fill(shown, "day2", "17/6/2023")
        await fill(shown, "name2", "Lam bu")
        wrong = BadInput("day_worked", Label("Ngày đó vốn đi làm.", "Worked."), on=date(2023, 6, 17))
        desk.editor.trouble = wrong
        await shown.press("f10")
        await shown.reads("✗ Ngày đó vốn đi làm.")
        assert form.query_one("#field-day2", DateField).faulty
        desk.editor.trouble = None
        await shown.press("f10")
        dialog = await opened(shown, ChangeDialog)
        dialog.query_one(MemoField).text = "Theo công văn"
        await shown.press("f10")
        await shown.until(lambda: shown.top is screen, "saved")
        swap = (
            DayInput(date(2023, 6, 15), "off", "Nghi hoan doi", "CV 5/VPCP"),
            DayInput(date(2023, 6, 17), "working", "Lam bu", "CV 5/VPCP"),
        )
        assert ("set_days", swap, "Theo công văn", ()) in desk.editor.asked

        # Two own days are withdrawn at once.
        await shown.settle()
        rows = [day.day for day in screen.found.days] if screen.found else []
        at = rows.index(date(2023, 6, 23))
        await shown.press("home", *["down"] * at, "space", "space", "x")
        dialog = await opened(shown, ChangeDialog)
        assert desk.editor.asked[-1] == ("days_plan", (), (11, 12))
        dialog.query_one(MemoField).text = "Nhầm"
        await shown.press("f10")
        await shown.until(lambda: shown.top is screen, "withdrawn")
        assert ("set_days", (), "Nhầm", (11, 12)) in desk.editor.asked
        # Another year; one that nobody knows is refused, and the year in view stays.
        await shown.press("]")
        await shown.reads("Lịch làm việc 2024")
        desk.editor.trouble = BadInput("calendar_unknown", Label("Chưa có năm đó.", "Unknown."))
        await shown.press("]")
        await shown.reads("Chưa có năm đó.")
        assert screen.year == 2024


async def test_days_are_added_up_to_an_end_and_come_back_after_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("screens.clock.day_form.MOST", 4)
    desk = EditorDesk()
    async with showing(DayForm(2023), desk) as shown:
        form: Any = shown.screen
        await shown.press("ctrl+t")
        await shown.until(lambda: len(form.boxes) == 3, "a third day")
        await fill(shown, "name3", "Ngay thu ba")
        form.keep_now()
        await shown.settle()
        # The program dies here: nothing of the form is said to be done.
    async with showing(DayForm(2023), desk) as shown:
        form = shown.screen
        await shown.reads("chưa gửi")
        await shown.press("ctrl+y")
        await shown.until(lambda: len(form.boxes) == 3, "room for the third")
        await shown.until(
            lambda: form.query_one("#field-name3", TextField).value == "Ngay thu ba", "its name"
        )
        await shown.press("ctrl+t")
        await shown.until(lambda: len(form.boxes) == 4, "as many as there may be")
        await shown.press("ctrl+t")
        await shown.reads("nhiều nhất 4 ngày")
        assert len(form.boxes) == 4


async def test_who_may_not_change_the_calendar_is_told_so() -> None:
    desk = EditorDesk()
    desk.role = "unit"
    async with showing(CalendarScreen(2027), desk, size=(80, 24)) as shown:
        assert "dự kiến" in shown.text
        await shown.press("n")
        await shown.reads("Chỉ lãnh đạo theo dõi và quản trị sửa được lịch làm việc.")


async def test_both_open_from_what_stands_still_and_from_the_palette(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = ListDesk()
    editor = FakeEditor(desk.today)
    for name in ("rules", "rule_offices", "calendar"):
        monkeypatch.setattr(
            FakeClock, name, lambda _, *asked, name=name: getattr(editor, name)(*asked), False
        )
    monkeypatch.setattr(ListDesk, "lifecycles", lambda _: tuple(builtin()))
    app = make_app(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await press(pilot, "3", "Q")
        rules = app.screen
        assert isinstance(rules, RulesScreen)
        # It begins where the proposal under the cursor stands.
        row = desk.stalled().rows[0].row
        assert rules.lifecycle == row.lifecycle.partition("@")[0]
        await wait_for(pilot, lambda: rules.line and rules.line.state.name == row.state, "its state")
        await press(pilot, "escape", "W")
        assert isinstance(app.screen, CalendarScreen)
        await press(pilot, "escape", "ctrl+p", *"quy", "space", *"dinh", "space", *"thoi", "space", *"han")
        await press(pilot, "enter")
        assert isinstance(app.screen, RulesScreen)
        assert ("rules", editor.asked[-1][1], None, False) == editor.asked[-1]
        # What is done on these screens is found from elsewhere, too.
        await press(pilot, "escape", "ctrl+p", *"lam", "space", *"bu")
        assert "ở Lịch làm việc" in screen_text(app)


# Over a real store


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """An administrator of the Sở of Tuyên Quang, over a new store."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}")
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    yield desk
    desk.close()


async def test_a_rule_and_days_typed_by_keys_move_the_due_dates_of_the_store(office: Desk) -> None:
    unit = office.work_as("ttkc-34-08")
    draft = DraftInput(
        source="kcdp",
        plan_year=office.today.year + 1,
        title="Ứng dụng máy chế biến chè",
        unit_office="TTKC-34-08",
        total=850_000_000,
        requested=300_000_000,
        counterpart=550_000_000,
        content_codes=(3,),
    )
    code = unit.create(draft, on=office.today - timedelta(days=30)).code
    assert office.dossier(code).row.due_on is None, "a draft of local money has no deadline"
    screen = RulesScreen()
    async with showing(screen, office, size=(100, 30)) as shown:
        assert screen.lines[0].state.name == "drafting"
        await shown.press("n")
        await opened(shown, RuleForm)
        await fill(shown, "days", "3")
        await fill(shown, "basis", "QD 12/QD-SCT")
        first = office.today - timedelta(days=60)
        await fill(shown, "valid_from", first.strftime("%d/%m/%Y"))
        await shown.press("f10")
        dialog = await opened(shown, ChangeDialog)
        assert (dialog.plan.moved, dialog.plan.become_late) == (1, 1)
        assert code in shown.text
        assert office.dossier(code).row.due_on is None, "nothing is saved by looking"
        await shown.type("Quy che moi")
        await shown.press("f10")
        await shown.until(lambda: shown.top is screen, "saved")
        due = office.dossier(code).row.due_on
        assert due is not None
        assert due < office.today
        await shown.reads("QD 12/QD-SCT")
        # The same rule again is refused where it was typed.
        ids = [line.rule.id if line.rule else None for line in screen.lines]
        at = next(n for n, found in enumerate(ids) if found is not None)
        await shown.press("home", *["down"] * at, "n")
        await opened(shown, RuleForm)
        await fill(shown, "valid_from", first.strftime("%d/%m/%Y"))
        await shown.press("f10")
        await shown.reads("giống hệt")
        await shown.press("escape")
        await shown.until(lambda: shown.top is screen, "back")

    # A day off right after the start moves it on, and its withdrawal brings it back.
    start = office.today - timedelta(days=29)
    day = next(
        start + timedelta(days=n) for n in range(20) if office_works(office, start + timedelta(days=n))
    )
    calendar = CalendarScreen(day.year)
    async with showing(calendar, office, size=(100, 30)) as shown:
        await shown.press("n")
        await opened(shown, DayForm)
        await fill(shown, "document", "CV 5/VPCP")
        await fill(shown, "day1", day.strftime("%d/%m/%Y"))
        await fill(shown, "name1", "Nghi bao")
        await shown.press("f10")
        await opened(shown, ChangeDialog)
        await shown.type("Theo cong van")
        await shown.press("f10")
        await shown.until(lambda: shown.top is calendar, "saved")
        later = office.dossier(code).row.due_on
        assert later is not None
        assert later > due
        await shown.settle()
        found = calendar.found
        assert found is not None
        at = next(n for n, each in enumerate(found.days) if each.own)
        await shown.press("home", *["down"] * at, "x")
        await opened(shown, ChangeDialog)
        await shown.type("Nham")
        await shown.press("f10")
        await shown.until(lambda: shown.top is calendar, "withdrawn")
        assert office.dossier(code).row.due_on == due
        # Twelve years back there is a year; before 2013 there is none.
    async with showing(CalendarScreen(2013), office, size=(80, 24)) as shown:
        await shown.press("[")
        await shown.reads("2012")
        assert "Lịch làm việc 2013" in shown.text


def office_works(office: Desk, day: date) -> bool:
    """Whether `day` is worked, as the calendar screen would say."""
    special = {each.day: each.kind for each in office.clock.calendar(day.year).days}
    return special.get(day, "off" if day.weekday() >= 5 else "working") == "working"
