"""A paper whose conclusion nothing implies (Mẫu 4a): it must be chosen, for one dossier as for many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.services.desk import Desk
from kcflow.services.views import MoveInput, OptionView
from screens.dossier.advance import AdvanceDialog
from screens.forms.choices import ChoiceField
from screens.forms.fields import TextField
from screens.lists.bulk import BulkDialog
from tests.ui.bench import Showing, showing
from tests.ui.test_bulk_on_store import new_draft, submit

ACT = "record_provincial_appraisal"


@pytest.fixture
def department(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """The department's clerk, and a proposal that is being appraised."""
    config = Config(f"sqlite:///{tmp_path / 'kcflow.db'}", as_person="ttkc-34-08")
    init_store(config, "Tuyên Quang")
    unit = open_desk(config)
    code = new_draft(unit, "Máy sao chè")
    submit(unit, code)
    desk = unit.work_as("sct-34-08")
    desk.advance(code, "start_provincial_appraisal", MoveInput(on=desk.today))
    yield desk, code
    unit.close()


def option(desk: Desk, code: str, name: str) -> OptionView:
    """One act of the proposal."""
    return next(each for each in desk.options(code) if each.name == name)


def conclusion(shown: Showing) -> ChoiceField:
    """The field."""
    field: ChoiceField = shown.screen.query_one("#field-act-conclusion", ChoiceField)
    return field


def sheet(shown: Showing, number: str) -> None:
    """Enter the appraisal sheet but for its conclusion."""
    shown.screen.query_one("#field-act-number", TextField).text = number
    shown.screen.query_one("#field-act-date").text = f"{shown.app.desk.today:%d/%m/%Y}"
    shown.screen.query_one("#field-act-signer", TextField).text = "Lê Thị Giám"


def concluded(desk: Desk, code: str) -> list[tuple[str | None, str | None]]:
    """Number and conclusion of every appraisal sheet."""
    return [(paper.number, paper.conclusion) for paper in desk.dossier(code).papers if paper.kind == "mau_4a"]


async def test_a_conclusion_that_nothing_implies_must_be_chosen(department: tuple[Desk, str]) -> None:
    desk, code = department
    chosen = option(desk, code, ACT)
    assert chosen.must_conclude
    refusal = option(desk, code, "refuse_by_department")
    assert not refusal.must_conclude, "a refusal is its own conclusion"
    version = desk.dossier(code).row.version
    async with showing(AdvanceDialog(code, refusal, version), desk) as shown:
        await shown.reads("Kết luận")
        assert "Kết luận *" not in shown.text
        assert conclusion(shown).check()
    async with showing(AdvanceDialog(code, chosen, version), desk) as shown:
        await shown.reads("Kết luận *")
        sheet(shown, "1/PTĐ")
        await shown.press("f10")
        await shown.reads("Ô này phải nhập")
        assert desk.dossier(code).row.version == version
        conclusion(shown).choose("not_agreed")
        await shown.press("f10")
        await shown.reads("Đã thực hiện")
    assert concluded(desk, code) == [("1/PTĐ", "not_agreed")]

    async with showing(BulkDialog([code]), desk) as shown:
        await shown.until(lambda: not shown.screen.busy, "the acts")
        acts = shown.screen.query_one("#bulk-acts")
        await shown.until(lambda: acts.row_count, "the acts in their table")
        while acts.cursor_payload.option.name != ACT:
            await shown.press("down")
        await shown.press("enter")
        await shown.reads("Kết luận *")
        sheet(shown, "2/PTĐ")
        await shown.press("ctrl+s")
        await shown.reads("Ô này phải nhập")
        assert shown.screen.step == "form"
        conclusion(shown).choose("agreed")
        await shown.press("ctrl+s")
        await shown.until(lambda: shown.screen.step == "preview" and not shown.screen.busy, "the preview")
        await shown.press("ctrl+s")
        await shown.until(lambda: shown.screen.step == "result", "the result")
    assert concluded(desk, code)[-1] == ("2/PTĐ", "agreed")
