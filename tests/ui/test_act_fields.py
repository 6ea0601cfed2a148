"""The typed fields of acts by real keys over a real store: type, share, month, money; refused, kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.store import open_store
from kcflow.services.desk import Desk
from screens.dossier.advance import AdvanceDialog
from screens.forms.choices import ChoiceField
from screens.forms.keeping import KeptOffer
from tests.services.money.works import TRIEU, Works
from tests.services.money.world import AGENCY, UNIT
from tests.ui.bench import Showing, showing

PAID, REPORTED = date(2024, 4, 5), date(2024, 4, 22)
CEILING = 100 * TRIEU


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    """A store in a file, with one proposal whose work is under way."""
    store = open_store(f"sqlite:///{tmp_path / 'kcflow.db'}", create=True)
    try:
        yield Works(store)
    finally:
        store.close()


def dialog(desk: Desk, code: str, action: str) -> AdvanceDialog:
    """The dialog of an act as it stands."""
    card = desk.dossier(code)
    option = next(option for option in card.options if option.name == action)
    return AdvanceDialog(code, option, card.row.version)


async def typed(shown: Showing, key: str, words: str) -> None:
    """Type into a field, in place of what stands there."""
    field: Any = shown.screen.query_one(f"#field-{key}")
    field.focus_entry()
    await shown.press("home", "shift+end", "delete")
    await shown.type(words)


async def previewed(shown: Showing) -> None:
    """Wait until the consequences follow what stands in the fields."""
    screen = shown.screen

    def follows() -> bool:
        return screen._looked_at == (screen.option.name, screen.move()) and not screen.waiting

    await shown.until(follows, "the consequences")


async def test_a_first_advance_over_its_share_is_refused_and_kept(works: Works) -> None:
    _, (code,) = works.started(CEILING)
    works.day = PAID
    works.papers_of_unit(code, PAID, "mau_11")
    desk = works.desk(AGENCY)
    rows = len(desk.history_of(code))
    async with showing(dialog(desk, code, "advance_first"), desk, size=(80, 24)) as shown:
        types: Any = shown.screen.query_one("#field-typed-advance_type", ChoiceField)
        types.focus_entry()
        # The list opens, and typing finds a kind without diacritics.
        await shown.press("enter")
        await shown.type("dao tao")
        await shown.press("enter")
        assert types.value == "vocational_training"
        await typed(shown, "amount", "70,000001")
        await typed(shown, "act-number", "15/UNC")
        await typed(shown, "act-date", "05/04/2024")
        await typed(shown, "act-signer", "Chi")
        await previewed(shown)
        reasons = [reason.code for reason in shown.screen._preview.option.reasons]
        assert "advance_over_ratio" in reasons
        # What the money will be, before → after, and of which base.
        after = shown.screen.query_one("#advance-consequence").render().plain
        assert "0 đ → 70.000.001 đ" in after
        assert "70,0% của Hợp đồng (100.000.000 đ)" in after
        await shown.press("f10")
        await shown.reads("TT 36/2013 Đ13.2a")
        assert len(desk.history_of(code)) == rows, "nothing is written"
        assert types.value == "vocational_training", "what was chosen stays"
        shown.screen.keep_now()
        await shown.settle()
    # The program ended meanwhile: the next dialog offers what was typed, the typed fields too.
    async with showing(dialog(desk, code, "advance_first"), desk, size=(80, 24)) as shown:
        await shown.until(lambda: shown.screen.query(KeptOffer), "the offer")
        await shown.press("ctrl+y")
        await shown.settle()
        assert shown.screen.query_one("#field-typed-advance_type", ChoiceField).value == "vocational_training"
        assert shown.screen.query_one("#field-amount").text == "70,000001"
        await typed(shown, "amount", "70")
        await previewed(shown)
        await shown.press("f10")
        await shown.until(lambda: shown.screen._receipt is not None, "done")
    row = desk.history_of(code)[-1]
    assert (row.action, row.amount, row.amount_kind) == ("advance_first", 70 * TRIEU, "advanced")
    assert [(name, value) for name, _, value in row.fields] == [("advance_type", "vocational_training")]
    assert row.charges[0].startswith("HD-24-")


async def test_a_monthly_report_with_its_month_share_and_money(works: Works) -> None:
    _, (code,) = works.started(CEILING)
    works.day = REPORTED
    desk = works.desk(UNIT)
    async with showing(dialog(desk, code, "report_progress"), desk) as shown:
        month: Any = shown.screen.query_one("#field-typed-report_month")
        assert month.text == "04/2024", "the month that is reported on the 22nd"
        await typed(shown, "typed-report_month", "13/2024")
        assert month.problem() is not None
        await typed(shown, "typed-report_month", "4/2024")
        assert month.value == "2024-04"
        share: Any = shown.screen.query_one("#field-typed-volume_permille")
        for wrong in ("100,1", "-1", "4,55", "x"):
            await typed(shown, "typed-volume_permille", wrong)
            assert share.problem() is not None, wrong
        await typed(shown, "typed-volume_permille", "45,5%")
        assert share.value == 455
        await typed(shown, "typed-money_used", "0,000001")
        money: Any = shown.screen.query_one("#field-typed-money_used")
        assert money.value == 1, "to the đồng"
        await typed(shown, "act-number", "4/BC")
        await typed(shown, "act-date", "22/04/2024")
        await typed(shown, "act-signer", "Chi")
        await previewed(shown)
        await shown.press("f10")
        await shown.until(lambda: shown.screen._receipt is not None, "done")
    (report,) = works.story(code).reports
    assert report.dong == 1
    texts = {value.vi for _, value in report.fields}
    assert {"04/2024", "45,5%", "1 đ"} <= texts
