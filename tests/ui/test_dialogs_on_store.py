"""The same screens over a real store: what is typed by keys stands in the history afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput, MoveInput, PaperInput
from screens.dossier.advance import AdvanceDialog
from screens.dossier.missing_paper import MissingPaper
from screens.dossier.papers import PapersDialog
from screens.dossier.proposal import ProposalScreen
from screens.forms.amounts import MoneyField
from screens.forms.choices import ChoiceField
from screens.forms.draft import DraftScreen
from screens.forms.fields import DateField, TextField
from screens.forms.register import RegisterScreen
from screens.widgets.table import VirtualTable
from tests.ui.bench import showing

REGISTERS = Path(__file__).parents[2] / "kcflow" / "data" / "registers"


@pytest.fixture
def department(tmp_path: Path) -> Iterator[Desk]:
    """A clerk of the Sở of Tuyên Quang, over a new store."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}")
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    yield desk
    desk.close()


@pytest.fixture
def unit(department: Desk) -> Desk:
    """A clerk of its promotion centre."""
    return department.work_as("ttkc-34-08")


def new_draft(desk: Desk) -> str:
    """A draft that balances; returns its code."""
    draft = DraftInput(
        source="kcqg",
        plan_year=desk.today.year + 1,
        title="Ứng dụng máy chế biến chè",
        unit_office="TTKC-34-08",
        total=850_000_000,
        requested=300_000_000,
        counterpart=550_000_000,
        content_codes=(3,),
    )
    return desk.create(draft, on=desk.today - timedelta(days=3)).code


async def test_a_draft_typed_into_the_form_stands_in_the_store(unit: Desk) -> None:
    async with showing(DraftScreen("kcqg"), unit) as shown:
        await shown.type("May say che")
        shown.screen.query_one("#field-requested", MoneyField).text = "285,25"
        await shown.until(
            lambda: shown.screen.query_one("#field-unit_office", ChoiceField).value == "TTKC-34-08",
            "my office",
        )
        await shown.press("f10")
        await shown.until(lambda: shown.results, "written")
    card = unit.dossier(shown.results[0].code)
    assert card.row.title == "May say che"
    assert card.money.requested == card.money.total == 285_250_000


async def test_an_act_that_lacks_nothing_moves_the_dossier_once(unit: Desk) -> None:
    code = new_draft(unit)
    async with showing(ProposalScreen(code), unit) as shown:
        await shown.press("a")
        await shown.until(lambda: isinstance(shown.top, AdvanceDialog), "the dialog")
        dialog = shown.top
        option, version = dialog.option, unit.dossier(code).row.version
        await shown.until(lambda: dialog._preview is not None, "the preview")
        if option.act_documents:
            dialog.query_one("#field-act-number", TextField).text = "12/CV-TTKC"
            dialog.query_one("#field-act-date", DateField).text = unit.today.strftime("%d/%m/%Y")
            dialog.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"
        for number, kinds in enumerate(option.missing_documents, start=1):
            await dialog.query_one(f"#missing{number}-missing", MissingPaper).open()
            dialog.query_one(f"#field-missing{number}-number", TextField).text = f"{number}/{kinds[0][0]}"
        await shown.press("f10", "f10")
        await shown.reads("Đã thực hiện")
        await shown.press("enter")
        await shown.until(lambda: shown.top is shown.screen, "the proposal again")
        await shown.until(lambda: shown.screen.card.row.version == version + 1, "fresh data")
    rows = [row for row in unit.history_of(code) if row.action == option.name]
    assert len(rows) == 1
    assert rows[0].document is None or rows[0].document.number == "12/CV-TTKC"


async def test_somebody_else_was_faster(unit: Desk) -> None:
    code = new_draft(unit)
    card = unit.dossier(code)
    option = next(option for option in card.options if option.possible)
    unit.record_papers(code, [PaperInput("mau_1", number="1/DT")])
    async with showing(AdvanceDialog(code, option, card.row.version), unit) as shown:
        if option.act_documents:
            shown.screen.query_one("#field-act-number", TextField).text = "12/CV-TTKC"
            shown.screen.query_one("#field-act-date", DateField).text = unit.today.strftime("%d/%m/%Y")
            shown.screen.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"
        await shown.press("f10")
        await shown.reads("tải dữ liệu mới")
        await shown.press("r")
        await shown.reads("Đã tải dữ liệu mới")
        assert shown.screen._version == card.row.version + 1


async def test_papers_and_their_file_are_recorded(unit: Desk, tmp_path: Path) -> None:
    code = new_draft(unit)
    scan = tmp_path / "dự toán.pdf"
    scan.write_bytes(b"%PDF-1.4 scan")
    async with showing(PapersDialog(code, "x"), unit) as shown:
        await shown.until(lambda: shown.screen._box is not None, "the fields")
        await shown.type(str(scan))
        await shown.press("enter")
        await shown.reads("Đã thêm 1 tệp")
        shown.screen.query_one("#field-paper-kind", ChoiceField).choose("mau_1")
        shown.screen.query_one("#field-paper-number", TextField).text = "7/DT"
        await shown.press("f10")
        await shown.until(lambda: shown.results, "recorded")
    (paper,) = unit.dossier(code).papers
    assert (paper.kind, paper.number, paper.file_name) == ("mau_1", "7/DT", "dự toán.pdf")


async def test_refusals_of_the_real_rules_are_said_in_place(unit: Desk) -> None:
    code = new_draft(unit)
    card = unit.dossier(code)
    option = next(option for option in card.options if option.possible)
    preview = unit.preview(code, option.name, MoveInput(on=unit.today - timedelta(days=30)))
    assert preview.option.reasons
    async with showing(AdvanceDialog(code, option, card.row.version), unit) as shown:
        early = unit.today - timedelta(days=30)
        shown.screen.query_one("#field-on", DateField).text = early.strftime("%d/%m/%Y")
        words = next(r for r in preview.option.reasons if r.code == "act_before_last").text.vi.split(":")[0]
        await shown.until(
            lambda: " ".join(words.split()[:4]) in " ".join(shown.text.split()), "the rule's sentence"
        )


async def test_a_register_is_read_written_and_known_the_second_time(department: Desk) -> None:
    path = str(REGISTERS / "KCQG-2024-1-HaGiang.xlsx")
    async with showing(RegisterScreen(path), department) as shown:
        table = shown.screen.query_one("#register-rows", VirtualTable)
        await shown.until(lambda: table.cursor_key is not None, "the rows")
        assert department.count() == 0
        plan = shown.screen._plan
        await shown.press("f10")
        await shown.until(lambda: shown.screen._result is not None, "written")
        assert len(shown.screen._result.written) == plan.new_count == department.count()
        await shown.reads(f"Đã ghi {plan.new_count} đề án mới")
        await shown.press("f10")
    async with showing(RegisterScreen(path), department) as shown:
        await shown.reads(f"○ 0 mới   ● {plan.new_count} đã có")


async def test_a_register_with_errors_writes_nothing_until_they_are_skipped(department: Desk) -> None:
    async with showing(RegisterScreen(str(REGISTERS / "KCQG-2024-loi.xlsx")), department) as shown:
        await shown.until(lambda: shown.screen._plan is not None, "an answer")
        plan = shown.screen._plan
        assert plan.bad_count or plan.problems
        await shown.press("f10")
        await shown.until(lambda: shown.screen.said(), "a refusal")
        assert department.count() == 0
