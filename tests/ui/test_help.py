"""F1: every screen, dialog and pane has help, terms and a picture in both languages; keys; "you are here"."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets import Input

import screens
from kcflow.i18n import set_language, t
from kcflow.text import fold
from screens.base import DeskModal, DeskNode, DeskScreen
from screens.commands import key_name
from screens.dossier.proposal import ProposalScreen
from screens.guide.help import HelpScreen
from screens.guide.help_terms import BASIS, OF_HELP, USUAL, terms_of
from screens.guide.lifecycle_picture import phases, picture
from screens.guide.pairs import Drawn, Pairs, PairsScroll
from screens.guide.palette import PaletteDialog
from screens.shell_panes import PANES
from tests.catalogues import catalogue
from tests.ui.hostile import assert_harmless
from tests.ui.list_desk import KCQG, LIFECYCLES, ListDesk
from tests.ui.shell_driver import press, started
from tests.ui.snapshots import compare, screen_text, wait_for
from tests.ui.test_lists_hostile import hostile_desk

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Every test starts in Vietnamese."""
    set_language("vi")
    yield
    set_language("vi")


def _below(kind: type) -> Iterator[type]:
    below: list[type] = type.__subclasses__(kind)
    for each in below:
        yield each
        yield from _below(each)


def every_help() -> dict[str, str]:
    """The help key of every screen and dialog by the class's name, and of every pane of the shell."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)
    found = {f"tab {tab}": f"help.{tab}" for tab in PANES}
    kinds: tuple[type, ...] = (DeskScreen, DeskModal)
    for kind in kinds:
        for each in _below(kind):
            key = each.help_key if issubclass(each, DeskNode) else None
            if isinstance(key, str) and each.__module__.startswith("screens."):
                found[each.__name__] = key
    return found


# Texts


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_screen_dialog_and_pane_has_help_in_sentences(lang: str) -> None:
    found = every_help()
    assert len(found) > 20
    for name, key in found.items():
        text = catalogue(lang).get(key, "")
        assert text, f"{name} has no help in {lang}: {key!r}"
        sentences = re.findall(r"[^.…]{8,}[.…]", text)
        assert 2 <= len(sentences) <= 7, f"{name} ({key}, {lang}): {len(sentences)} sentences"
        assert key.removeprefix("help.") in OF_HELP or terms_of(key) == USUAL


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_term_has_a_name_and_a_meaning_and_its_article_is_the_glossary_s(lang: str) -> None:
    glossary = GLOSSARY.read_text(encoding="utf-8")
    for name, basis in BASIS.items():
        for part in ("name", "text"):
            assert catalogue(lang).get(f"term.{name}.{part}"), f"term.{name}.{part} is missing in {lang}"
        assert not basis or f"| {basis} |" in glossary, f"{name}: {basis}"
    used = {term for terms in OF_HELP.values() for term in terms} | set(USUAL)
    assert used == set(BASIS)
    assert {key for key in catalogue(lang) if key.startswith("term.")} == {
        f"term.{name}.{part}" for name in BASIS for part in ("name", "text")
    }


def test_the_english_term_names_the_official_one() -> None:
    for name in BASIS:
        official = t(f"term.{name}.name", "vi")
        english = t(f"term.{name}.name", "en")
        inner = re.search(r"\((.*)\)$", english)
        assert inner, english
        assert inner[1].split(",")[0].split(" (")[0] in official, (english, official)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_help_ends_with_a_picture(lang: str) -> None:
    for lifecycle in LIFECYCLES:
        drawn = phases(lifecycle, lang)
        assert [line for line in drawn if line != "▼"] == [
            f"○ {phase.label(lang)}" for phase in lifecycle.phases
        ]


# The picture


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_picture_marks_each_state_once_and_says_what_comes_next(lang: str) -> None:
    here = t("help.you_are_here", lang)
    for lifecycle in LIFECYCLES:
        for state in lifecycle.states:
            lines = picture(lifecycle, lang, state.name)
            marked = [line for line in lines if here in line]
            assert len(marked) == 1
            assert state.label(lang) in marked[0]
            acts = lifecycle.actions_by_source[state.name]
            below = lines[lines.index(marked[0]) + 1 :]
            following = [line for line in below if "→" in line]
            assert len(following) == len(acts)
            for act, line in zip(acts, following, strict=True):
                assert act.label(lang) in line
                for target in act.targets:
                    if not target.state.startswith("@"):
                        assert lifecycle.state_by_name[target.state].label(lang) in line
            if not acts:
                assert t("help.no_next", lang) in below[0]


def test_a_picture_without_a_proposal_marks_nothing() -> None:
    text = "\n".join(picture(KCQG, "vi"))
    assert "ĐANG Ở ĐÂY" not in text
    assert all(state.label.vi in text for state in KCQG.states)


# On the screen


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_help_of_every_tab_opens_and_tells_its_own_text(lang: str) -> None:
    async with started(lang=lang, size=(100, 40)) as (app, pilot):
        for number, tab in enumerate(PANES, 1):
            await press(pilot, str(number), "f1")
            assert isinstance(app.screen, HelpScreen)
            pairs = app.screen.pairs()
            assert pairs[0][1] == t(f"help.{tab}", lang)
            for name in terms_of(f"help.{tab}"):
                words = t(f"term.{name}.name", lang)
                assert any(text.startswith(words) for _, text in pairs)
            assert sum(isinstance(text, Drawn) for _, text in pairs) >= 11
            await press(pilot, "escape")


async def test_a_greyed_key_tells_its_reason_in_the_help() -> None:
    async with started(ListDesk(rows=[]), size=(100, 50)) as (app, pilot):
        await press(pilot, "f1")
        assert "(Chưa có dòng nào để làm.)" in screen_text(app)


async def test_a_list_marks_the_phase_of_its_row() -> None:
    async with started(size=(100, 50)) as (app, pilot):
        await press(pilot, "2", "f1", "end")
        shown = screen_text(app)
        assert shown.count("ĐỀ ÁN Ở DÒNG NÀY ĐANG Ở ĐÂY") == 1
        assert "Quy trình: Đề án khuyến công quốc gia" in shown


async def test_a_proposal_shows_where_it_is_and_who_can_do_what_next() -> None:
    desk = ListDesk()
    async with started(desk, size=(100, 50)) as (app, pilot):
        await press(pilot, "2", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, ProposalScreen), "the proposal")
        await press(pilot, "f1", "slash", *"dang")
        await pilot.press("space", *"o")
        await pilot.press("space", *"day")
        await wait_for(pilot, lambda: "◀ BẠN ĐANG Ở ĐÂY" in screen_text(app), "the place")
        row = desk.rows[0]
        line = next(line for line in screen_text(app).splitlines() if "◀ BẠN ĐANG Ở ĐÂY" in line)
        assert row.state_label.vi in line


async def test_searching_jumps_and_escape_leaves_the_search_first() -> None:
    async with started(size=(80, 24)) as (app, pilot):
        await press(pilot, "f1", "slash", *"qua")
        await pilot.press("space", *"han", "space", *"noi", "space", *"bo")
        scroll = app.screen.query_one(PairsScroll)
        await wait_for(pilot, lambda: "quá hạn nội bộ:" in screen_text(app), "the term")
        first = scroll.scroll_offset.y
        assert first > 0
        await pilot.press("enter")
        await pilot.press("x", "x")
        await wait_for(pilot, lambda: "không có từ đó" in screen_text(app), "it is said")
        await pilot.press("escape")
        await wait_for(pilot, lambda: not app.screen.query_one(Input).display, "the search is left")
        assert isinstance(app.screen, HelpScreen)
        assert scroll.has_focus
        await pilot.press("escape")
        await wait_for(pilot, lambda: not isinstance(app.screen, HelpScreen), "the help is left")


async def test_tab_goes_from_heading_to_heading_and_round() -> None:
    async with started(size=(80, 24)) as (app, pilot):
        await press(pilot, "f1")
        pairs, scroll = app.screen.query_one(Pairs), app.screen.query_one(PairsScroll)
        seen = []
        for _ in range(len(pairs.headings()) + 2):
            await press(pilot, "tab")
            seen.append(round(scroll.scroll_offset.y))
        assert seen[0] == pairs.headings()[0]
        assert 0 in seen
        assert len(set(seen)) > 3


async def test_f2_writes_the_help_in_the_other_language() -> None:
    async with started(size=(100, 50)) as (app, pilot):
        await press(pilot, "6", "f1", "f2")
        shown = screen_text(app)
        assert "Flow: a supervisor's first look" in shown
        assert "Dòng chảy" not in shown


@pytest.mark.parametrize("width", [60, 80])
async def test_nothing_of_the_help_is_cut(width: int) -> None:
    for lang in ("vi", "en"):
        async with started(lang=lang, size=(width, 24)) as (app, pilot):
            await press(pilot, "2", "enter", "f1")
            pairs = app.screen.query_one(Pairs)
            for label, text, _ in pairs._lines(pairs.size.width):
                assert cell_len(label + text) <= pairs.size.width
                assert "…" not in label


async def test_hostile_texts_do_no_harm_in_the_help() -> None:
    async with started(hostile_desk(), size=(80, 24)) as (app, pilot):
        for tab in "12346":
            await press(pilot, tab, "f1")
            assert_harmless(app)
            await press(pilot, "end")
            assert_harmless(app)
            await press(pilot, "escape")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_pictures(lang: str, size: tuple[int, int]) -> None:
    async with started(lang=lang, size=size) as (app, pilot):
        await press(pilot, "6", "f1")
        compare(f"help-flow-{lang}-{size[0]}x{size[1]}", screen_text(app))
        await press(pilot, "escape", "2", "enter", "f1", "end")
        compare(f"help-proposal-{lang}-{size[0]}x{size[1]}", screen_text(app))


# The palette


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_the_palette_finds_every_command_of_a_screen_in_either_language(lang: str) -> None:
    async with started(lang=lang, size=(120, 40)) as (app, pilot):
        for tab in "123456":
            await press(pilot, tab, "ctrl+p")
            dialog = app.screen
            assert isinstance(dialog, PaletteDialog)
            for offer in dialog._offers:
                for other in ("vi", "en"):
                    name = t(f"command.{offer.command.id}.label", other)
                    for typed in (name, fold(name)):
                        dialog._words = typed
                        rows = dialog.page(None, 100).rows
                        row = next(row for row in rows if row.payload is offer)
                        assert row.cells[0] == key_name(offer.key)
                        assert offer.enabled or row.cells[2] == offer.reason
            await press(pilot, "escape")
