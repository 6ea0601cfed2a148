"""The proposal screen and the dialogs as text: a review reads what a clerk reads."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screens.dossier.advance import AdvanceDialog
from screens.dossier.correct import CorrectDialog
from screens.dossier.jump import JumpDialog
from screens.dossier.notes import NoteDialog
from screens.dossier.papers import PapersDialog
from screens.dossier.proposal import ProposalScreen
from screens.dossier.viewer import SavedDialog, Viewed
from screens.dossier.visited import Visit
from screens.forms.draft import DraftScreen
from screens.forms.register import RegisterScreen
from screens.guide.welcome import WelcomeScreen
from tests.ui.bench import showing
from tests.ui.fake_desk import CODE, TITLE, FakeDesk, card, label, moment, option, paper, plan

COPY = Path("/tmp/kcflow-x/ab12/quyết định.pdf")  # noqa: S108 - shown, never opened

SCREENS: dict[str, Callable[[FakeDesk], Any]] = {
    "proposal": lambda _: ProposalScreen(CODE),
    "advance": lambda _: AdvanceDialog(CODE, option(), 3),
    "papers": lambda _: PapersDialog(CODE, TITLE),
    "note": lambda _: NoteDialog(CODE, TITLE),
    "jump": lambda _: JumpDialog((Visit("KCQG-24-0003", TITLE), Visit(CODE, TITLE))),
    "saved": lambda _: SavedDialog(Viewed(COPY, b"%PDF" * 9000, "remote"), paper().label),
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
    name: str,
    lang: str,
    size: tuple[int, int],
    snapshot: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/")
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


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80x24", "120x40", "200x50"])
async def test_proposal_with_notes_and_files(
    lang: str, size: tuple[int, int], snapshot: Callable[[str, str], None]
) -> None:
    note = moment(
        4,
        action="note",
        action_label=label("Ghi chú", "Note"),
        from_state="provincial_appraisal",
        to_state="provincial_appraisal",
        document=None,
        entry_delay_days=0,
        reason="Đã gọi HTX hỏi báo giá máy sao chè,\nhẹn thứ Hai trả lời",
    )
    attached = replace(paper(), file="ab" * 32, file_name="công văn.pdf")
    plain = card()
    there = replace(plain.checklist[1], paper=attached)
    shown_card = replace(
        plain,
        timeline=(*plain.timeline, note),
        papers=(attached,),
        checklist=(plain.checklist[0], there),
        return_to_label=label("Đã đăng ký với Cục", "Registered with the agency"),
        row=replace(plain.row, days_left=-3, due_on=date(2023, 6, 7), mark="late"),
    )
    async with showing(ProposalScreen(CODE), FakeDesk(card=shown_card), lang=lang, size=size) as shown:
        await shown.settle()
        text = shown.text
    snapshot(f"proposal_notes-{lang}-{size[0]}x{size[1]}", text)
