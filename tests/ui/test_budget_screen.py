"""The year's money: tỷ, đồng on a key, bases named, what ties, the lists behind, what was published."""

from __future__ import annotations

from typing import Any

import pytest

from kcflow.money_labels import AREAS
from kcflow.services.errors import BadInput
from kcflow.services.views import ListFilter
from screens.forms.choices import ChoiceField
from screens.lists.wishes import region_labels
from screens.money.budget import BudgetScreen
from screens.money.budget_parts import Row, Wanted, behind, grid, in_ty
from screens.money.published import FigureForm, PublishedDialog
from states.model import Label
from tests.ui.bench import showing
from tests.ui.money_desk import TRIEU, MoneyDesk, everywhere, summary

# Figures


@pytest.mark.parametrize(
    ("amount", "vi"),
    [
        (0, "0,00"),
        (1, "<0,01"),
        (4_999_999, "<0,01"),
        (5_000_000, "0,01"),
        (13_019_225_000, "13,02"),
        (13_015_000_000, "13,02"),
        (13_014_999_999, "13,01"),
        (1_234_567_000_000, "1.234,57"),
        (-5_000_000_000, "−5,00"),
    ],
)
def test_ty_is_rounded_half_up_and_says_when_it_is_less(amount: int, vi: str) -> None:
    assert in_ty(amount, "vi") == vi
    swapped = vi.translate(str.maketrans(",.", ".,"))
    assert in_ty(amount, "en") == swapped


def row_of(kind: str, number: int, by: str) -> Row:
    """A line of the grid of this kind."""
    return [row for row in grid(summary(2024, "vn", None, None, by)) if row.kind == kind][number]


def test_the_list_behind_a_line_asks_for_exactly_what_it_sums_up() -> None:
    north = Wanted(2024, "north", content=3)
    group = row_of("group", 0, "source")
    assert behind(group, north) == ListFilter(
        source="kcqg", plan_year=2024, regions=(AREAS["north"].vi,), contents=(3,)
    )
    assert behind(row_of("total", 0, "source"), Wanted(2024, "63:02", "kcdp")) == ListFilter(
        source="kcdp", plan_year=2024, provinces=("63:02",)
    )
    province = row_of("group", 0, "province")
    assert behind(province, Wanted(2024, "north", by="province")) == ListFilter(
        plan_year=2024, provinces=("63:02",)
    )
    assert behind(row_of("round", 0, "source"), north) is None
    # A region of the summary is one that the filter of lists knows by the same name.
    assert {label.vi for key, label in AREAS.items() if key != "vn"} <= set(region_labels())


# The screen


async def test_the_year_by_keys_in_every_size_and_language(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = MoneyDesk()
    opened: list[str] = []
    listed: list[ListFilter] = []
    async with showing(BudgetScreen(), desk, size=(80, 24)) as shown:
        monkeypatch.setattr(shown.app, "open_dossier", opened.append, raising=False)
        monkeypatch.setattr(shown.app, "show_dossiers", listed.append, raising=False)
        await shown.press("down", "down", "right", "right", "right")
        await everywhere(shown, "budget")
        # The cell under the cursor: exact, its base named, and where the published one comes from.
        assert "KCQG · Phân bổ" in shown.text
        assert "13.019.225.000 đ" in shown.text
        assert "25,6% của Kế hoạch KCQG (71.500.000.000 đ)" in shown.text
        for words in ("≈ Kế hoạch", "1 tổng không khớp"):
            assert words in shown.text
        await shown.press("d")
        await shown.reads("71.500.000.000")
        assert "13,02" not in shown.text
        await shown.press("d", "enter")
        assert listed == [ListFilter(source="kcqg", plan_year=2023)]
        await shown.press("b")
        await shown.until(lambda: desk.money.asked[-1] == (2023, "vn", None, None, "province"), "by province")
        await shown.reads("Hà Giang")
        await shown.press("v", "s", "right_square_bracket")
        await shown.until(lambda: desk.money.asked[-1] == (2024, "north", "kcqg", None, "province"), "asked")
        await shown.press("pagedown", "up", "enter")
        await shown.until(lambda: opened, "the round")
        assert opened == ["PB-KCQG-24-1"]
        await shown.press("f")
        await shown.until(lambda: shown.top is not shown.screen, "the filter")
        shown.top.query_one("#field-area", ChoiceField).choose("63:02")
        shown.top.query_one("#field-content", ChoiceField).choose("3")
        await shown.press("ctrl+s")
        await shown.until(
            lambda: desk.money.asked[-1] == (2024, "63:02", "kcqg", 3, "province"), "a province"
        )
        assert "Hà Giang" in shown.text.split("\n")[0]
        # From a province the key for areas goes on to the whole country.
        await shown.press("v", "escape")
        assert desk.money.asked[-1][1] == "vn"


async def test_published_figures_are_added_kept_and_withdrawn() -> None:
    desk = MoneyDesk()
    async with showing(PublishedDialog(2023, "north"), desk, size=(80, 24)) as shown:
        await everywhere(shown, "published")
        await shown.press("n")
        await shown.until(lambda: isinstance(shown.top, FigureForm), "the form")
        await everywhere(shown, "published_form")
        await shown.press("f10")
        assert len(desk.money.kept) == 2, "nothing is kept without amount and source"
        form: Any = shown.top
        form.query_one("#field-stage", ChoiceField).choose("allocated")
        await _type_into(shown, "dong", "18,3 tỷ")
        await _type_into(shown, "basis", "Bao cao nam")
        desk.money.fail = BadInput("figure_precision", Label("Lẻ hơn mức làm tròn.", "Not round."))
        await shown.press("f10")
        await shown.reads("Lẻ hơn mức làm tròn.")
        desk.money.fail = None
        await shown.press("f10")
        await shown.until(lambda: shown.top is shown.screen, "kept")
        (kept,) = desk.money.asked[-1]
        assert (kept.dong, kept.unit_dong, kept.round) == (18_300 * TRIEU, 100 * TRIEU, None)
        assert (kept.plan_year, kept.area, kept.source, kept.stage) == (2023, "north", "kcqg", "allocated")
        assert kept.basis == "Bao cao nam"
        # Withdrawing asks once more; what is withdrawn can't be again.
        await shown.settle()
        await shown.press("home", "delete")
        await shown.reads("lần nữa để rút")
        assert not desk.money.kept[0].withdrawn
        await shown.press("delete")
        await shown.until(lambda: desk.money.kept[0].withdrawn, "withdrawn")
        await shown.settle()
        await shown.press("end", "delete")
        await shown.reads("Số này đã rút.")


async def _type_into(shown: Any, key: str, words: str) -> None:
    shown.top.query_one(f"#field-{key}").focus_entry()
    await shown.type(words)
