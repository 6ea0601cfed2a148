"""The proposal screen and the dialogs as text: a review reads what a clerk reads."""

from collections.abc import Callable
from typing import Any

import pytest

from screens.advance import AdvanceDialog
from screens.correct import CorrectDialog
from screens.draft import DraftScreen
from screens.papers import PapersDialog
from screens.proposal import ProposalScreen
from screens.register import RegisterScreen
from screens.welcome import WelcomeScreen
from tests.ui.bench import showing
from tests.ui.fake_desk import CODE, TITLE, FakeDesk, moment, option, plan

SCREENS: dict[str, Callable[[FakeDesk], Any]] = {
    "proposal": lambda _: ProposalScreen(CODE),
    "advance": lambda _: AdvanceDialog(CODE, option(), 3),
    "papers": lambda _: PapersDialog(CODE, TITLE),
    "correct": lambda _: CorrectDialog(CODE, moment(2)),
    "draft_new": lambda _: DraftScreen("kcqg"),
    "draft_edit": lambda desk: DraftScreen(card=desk.card),
    "register": lambda _: RegisterScreen("/x/a.xlsx"),
    "welcome": lambda _: WelcomeScreen(),
}


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_screen(
    name: str, lang: str, size: tuple[int, int], snapshot: Callable[[str, str], None]
) -> None:
    desk = FakeDesk(plan=plan())
    async with showing(SCREENS[name](desk), desk, lang=lang, size=size) as shown:
        await shown.settle()
        text = shown.text
    snapshot(f"{name}-{lang}-{size[0]}x{size[1]}", text)


@pytest.mark.parametrize("name", ["proposal", "advance", "draft_new"])
async def test_wide_screen(name: str, snapshot: Callable[[str, str], None]) -> None:
    desk = FakeDesk()
    async with showing(SCREENS[name](desk), desk, size=(200, 50)) as shown:
        await shown.settle()
        text = shown.text
    snapshot(f"{name}-vi-200x50", text)
