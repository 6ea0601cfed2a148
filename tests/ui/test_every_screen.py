"""Every screen, dialog and pane, in both languages and two sizes, over the sample store: nothing is left
untranslated, cut, or drawn where it can't be seen.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from kcflow.app import KcflowApp
from kcflow.config import Config
from kcflow.i18n import set_language, t
from kcflow.labels import HOLDER
from kcflow.sample_stage import TODAY
from kcflow.services.clock_views import ClockState, PauseView
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput
from screens.clock.forms import form_of
from screens.clock.opening import ActFacts, Subject
from screens.dossier.viewer import SavedDialog, Viewed
from screens.guide.welcome import WelcomeScreen
from screens.money.amount import AmountDialog, Asked
from screens.money.annex import AnnexScreen
from screens.money.exporting import ExportDialog
from screens.widgets.columns import Column
from screens.widgets.table import VirtualTable
from scripts.walk import Walk, presses, walking
from scripts.walk import _opened as opened
from states.model import Label
from tests import seeds
from tests.ui.every_screen import Look, every_screen, own_texts, people_texts, shown_now
from tests.ui.hostile import assert_harmless

SIZES: Final = ((80, 24), (120, 40))
LANGS: Final = ("vi", "en")
UNIT: Final = "ttkc-63-02"
"""The login of a promotion centre of the sample."""
HOSTILE: Final = "[@click=app.exit]x [/b] C:\\[b]x [red]y"
"""As bad as the door for text lets in; worse texts are in tests/ui/test_lists_hostile.py."""


@dataclass(frozen=True)
class Scene:
    """A thing to look at: what is opened over the lists, and the keys pressed then.

    on: it begins where the scene before it ended, not at the lists.
    """

    name: str
    keys: str = ""
    opened: Callable[[KcflowApp], object] | None = None
    on: bool = False


def _proposal(code: str) -> Callable[[KcflowApp], object]:
    return lambda app: app.open_dossier(code)


def _saved(app: KcflowApp) -> None:
    where = Path("/tmp/kcflow-x/quyết định.pdf")  # noqa: S108 - shown, never opened
    app.push_screen(SavedDialog(Viewed(where, b"%PDF" * 9000, "remote"), Label("Quyết định", "Decision")))


def _amount(app: KcflowApp) -> None:
    app.push_screen(AmountDialog(Asked("KCQG-24-0001", "Hỗ trợ máy móc", 300_000_000, None)))


def _lift(app: KcflowApp) -> None:
    party = HOLDER["finance_ministry"]
    hold = PauseView(5, TODAY, TODAY, None, "finance_ministry", party, "Chờ ý kiến", "Lê Thị Mai")
    state = ClockState(None, None, 0, None, 0, None, hold, {})
    app.push_screen(form_of("lift", Subject("KCQG-24-0001", "Hỗ trợ máy móc"), ActFacts(state)))


SCENES: Final = (
    Scene("start"),
    Scene("without the first steps", "0"),
    Scene("list", "2"),
    Scene("search", '/ "che"'),
    Scene("filter", "Esc f"),
    Scene("choice", "⏎", on=True),
    Scene("views", "2 v"),
    Scene("chips", "⏎ space*2", on=True),
    Scene("columns", "C"),
    Scene("save a view", "V"),
    Scene("choose an act", opened=lambda app: app.open_advance("KCQG-25-0004")),
    Scene("bulk", "b"),
    Scene("bulk form", "⏎", on=True),
    Scene("stalled", "3"),
    Scene("why", "?"),
    Scene("acts on time", "!", on=True),
    Scene("reminder", "R", on=True),
    Scene("reassigning", "Esc P", on=True),
    Scene("hold", "Esc T", on=True),
    Scene("escalation", "Esc U", on=True),
    Scene("lifting a hold", opened=_lift),
    Scene("group by", "G"),
    Scene("groups", "↓*2 ⏎", on=True),
    Scene("year end", "Esc e", on=True),
    Scene("export of the stalled", "x"),
    Scene("letters", "M"),
    Scene("letter", "d", on=True),
    Scene("log of letters", "Esc c", on=True),
    Scene("history", "4"),
    Scene("record", "⏎"),
    Scene("history filter", "f"),
    Scene("people", "5"),
    Scene("offices", "c"),
    Scene("flow", "6"),
    Scene("flow state", "→ ↓"),
    Scene("where time goes", "%"),
    Scene("by month", "c*3", on=True),
    Scene("time as a workbook", "x", on=True),
    Scene("deadlines", "Q"),
    Scene("deadlines of all", "v c ]", on=True),
    Scene("own deadline", '2 / "KCQG-25-0001" ⏎ Q n'),
    Scene("what it changes", 'tab "5" tab "QĐ 12/QĐ-SCT" tab ^u "1/1/2024" F10', on=True),
    Scene("calendar", "W"),
    Scene("days", "n ^t", on=True),
    Scene("late proposal", opened=_proposal("KCDP-24-0006")),
    Scene("proposal", opened=_proposal("KCQG-25-0004")),
    Scene("advance", "a", on=True),
    Scene("papers", "Esc d", on=True),
    Scene("picker", "^f", on=True),
    Scene("note", "Esc*2 t", on=True),
    Scene("help of a proposal", "Esc F1", on=True),
    Scene("jump", 'g "17"'),
    Scene("money", "7"),
    Scene("a new one", "n"),
    Scene("plan form", "⏎", on=True),
    Scene("plans", "c"),
    Scene("rounds", "c"),
    Scene("round form", "n"),
    Scene("contracts", "c"),
    Scene("contract form", "n"),
    Scene("adjustments", "c"),
    Scene("adjustment form", "n"),
    Scene("board of a round", opened=_proposal("PB-KCQG-24-1")),
    Scene("board of a plan", opened=_proposal("KH-KCDP-24-6302")),
    Scene("act of a plan", "↓ a", on=True),
    Scene("export", opened=lambda app: app.push_screen(ExportDialog("PB-KCQG-24-1"))),
    Scene("annex", opened=lambda app: app.push_screen(AnnexScreen("PB-KCQG-24-1"))),
    Scene("amount", opened=_amount),
    Scene("register", "^o"),
    Scene("money story", "m", opened=_proposal("KCQG-24-0006")),
    Scene("its reports", "c d", on=True),
    Scene("year", "$ v"),
    Scene("year by office", "b b d", on=True),
    Scene("published", "p", on=True),
    Scene("published form", "n", on=True),
    Scene("settings", "F9"),
    Scene("keys", "F6", on=True),
    Scene("press a key", "⏎", on=True),
    Scene("help", "F1"),
    Scene("palette", "^p"),
    Scene("work as", "w"),
    Scene("welcome", opened=lambda app: app.push_screen(WelcomeScreen())),
    Scene("saved", opened=_saved),
)
HOSTILE_SCENES: Final = (
    Scene("hostile list", "2"),
    Scene("hostile acts on time", '/ "{code}" ⏎ !'),
    Scene("hostile reason", "?", on=True),
    Scene("hostile reminder", "R", on=True),
    Scene("hostile jump", 'g "{code}"'),
    Scene("hostile proposal", "⏎", on=True),
    Scene("hostile papers", "d", on=True),
    Scene("hostile note", "Esc t", on=True),
    Scene("hostile draft", "Esc e", on=True),
    Scene("hostile correction", "Esc c*2", on=True),
)
SMALL_SCENES: Final = (
    Scene("shell", "2"),
    Scene("proposal", opened=_proposal("KCQG-25-0004")),
    Scene("advance", "a", opened=_proposal("KCQG-25-0004")),
    Scene("bulk", "2 ↓*2 space*3 b ⏎"),
    Scene("flow", "6 →"),
    Scene("register", "^o"),
    Scene("settings", "F9"),
)
STORMS: Final = 12
KNOWN: Final[tuple[str, ...]] = ()
"""Faults that are known and stand here with their reason."""


@dataclass(frozen=True)
class Sample:
    """The sample store with one proposal whose title is `HOSTILE`, its code, and a look at it."""

    path: Path
    code: str
    look: Look


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample store, played once for the whole file."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    shutil.copyfile(seeds.seed_file(seeds.sample), path)
    desk = opened(Config(f"sqlite:///{path}")).work_as(UNIT)
    office = desk.me.roles[0].office
    draft = DraftInput("kcdp", desk.today.year + 1, HOSTILE, office, total=1_000_000, requested=1_000_000)
    code = desk.create(draft, on=desk.today - timedelta(days=3)).code
    desk.close()
    return Sample(path, code, Look(people_texts(path)))


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Leave the language as it was."""
    yield
    set_language("vi")


def as_unit(config: Config) -> Desk:
    """Open the store as the promotion centre."""
    return opened(config).work_as(UNIT)


async def to_the_lists(walk: Walk) -> None:
    """Close whatever lies over the lists."""
    while len(walk.app.screen_stack) > 1:
        walk.app.pop_screen()
        await walk.pilot.pause()


async def press(walk: Walk, script: str) -> None:
    """Press the keys of `script` (see scripts.walk), words all at once."""
    for part in re.findall(r'"[^"]*"|\S+', script):
        await walk.pilot.press(*presses(part))
        await walk.rest()


async def go_to(walk: Walk, scene: Scene, code: str = "") -> None:
    """Come to `scene`."""
    if not scene.on:
        await to_the_lists(walk)
    if scene.opened is not None:
        scene.opened(walk.app)
        await walk.rest()
    await press(walk, scene.keys.format(code=code))


async def resized(walk: Walk, size: tuple[int, int]) -> None:
    """Give the terminal another size."""
    if tuple(walk.app.size) != size:
        await walk.pilot.resize_terminal(*size)
        await walk.rest()


async def look_at(walk: Walk, scene: Scene, sample: Sample, lang: str) -> list[str]:
    """Go to `scene`, and say what is wrong with it in every size, first in the present one."""
    await go_to(walk, scene, sample.code)
    found = []
    first = tuple(walk.app.size)
    for size in sorted(SIZES, key=lambda size: size != first):
        await resized(walk, size)
        faults = sample.look.faults(walk.app, lang)
        found += [f"{scene.name} {lang} {size[0]}x{size[1]}: {fault}" for fault in faults]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
async def test_every_screen_is_whole_and_in_one_language(lang: str, sample: Sample, tmp_path: Path) -> None:
    wrong: list[str] = []
    seen: set[type] = set()
    async with walking(tmp_path, sample.path, size=SIZES[0], lang=lang) as walk:
        for scene in SCENES:
            wrong += await look_at(walk, scene, sample, lang)
            seen |= shown_now(walk.app)
        await to_the_lists(walk)
    async with walking(tmp_path, sample.path, size=SIZES[1], lang=lang, opener=as_unit) as walk:
        for scene in HOSTILE_SCENES:
            wrong += await look_at(walk, scene, sample, lang)
            seen |= shown_now(walk.app)
            if HOSTILE.partition(" ")[0] not in walk.text:
                wrong.append(f"{scene.name} {lang}: the title is not shown literally")
        await to_the_lists(walk)
    wrong = [fault for fault in wrong if not any(known in fault for known in KNOWN)]
    assert not wrong, f"{len(wrong)} faults\n" + "\n".join(wrong)
    missing = sorted(cls.__name__ for cls in every_screen() - seen)
    assert not missing, "add a scene for each of these"


class Wrong(App[None]):
    """A screen with one fault of every kind."""

    def compose(self) -> ComposeResult:
        yield Static("flow.no_such_text", markup=False)
        yield Static(max(own_texts("en"), key=lambda text: len(text) < 60 and len(text)), markup=False)
        yield Static("Bộ Tài chính yêu cầu điều ch…", markup=False)
        kept = Static("một hai ba bốn năm sáu bảy tám", markup=False)
        kept.styles.height, kept.styles.width = 1, 12
        yield kept
        framed = Static("x", markup=False)
        framed.styles.border, framed.styles.width = ("round", "red"), 12
        framed.border_title = "Một nhan đề rất dài"
        yield framed
        yield VirtualTable((Column("a", "Nhãn của cột này", 6), Column("b", "Mã", 90)), selectable=False)


async def test_the_look_sees_every_kind_of_fault() -> None:
    async with Wrong().run_test(size=SIZES[0]) as pilot:
        await pilot.pause()
        found = "\n".join(Look(()).faults(pilot.app, "vi"))
    for kind in ("raw key 'flow.no_such_text'", "the other language", "cut: 'Bộ Tài chính", "is not whole"):
        assert kind in found
    for kind in ("frame title", "is cut to 6 cells", "beyond the width by"):
        assert kind in found


@pytest.mark.slow
async def test_a_small_terminal_is_told_so(sample: Sample, tmp_path: Path) -> None:
    async with walking(tmp_path, sample.path, size=SIZES[0]) as walk:
        for scene in SMALL_SCENES:
            await resized(walk, SIZES[0])
            await go_to(walk, scene)
            await resized(walk, (59, 14))
            for lang in ("vi", "en", "vi"):
                if walk.app.lang != lang:
                    await press(walk, "F2")
                notice = t("app.too_small", lang, width=60, height=15)
                assert " ".join(walk.text.split()) == " ".join(notice.split()), (scene.name, lang)


@pytest.mark.slow
async def test_a_storm_of_sizes_breaks_nothing(sample: Sample, tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - a storm that comes again
    async with walking(tmp_path, sample.path, size=SIZES[0]) as walk:
        for scene in SMALL_SCENES:
            await resized(walk, SIZES[0])
            await go_to(walk, scene)
            top = type(walk.app.screen)
            for _ in range(STORMS):
                await walk.pilot.resize_terminal(chance.randint(20, 250), chance.randint(5, 70))
                await walk.pilot.press(*chance.choices(STORM_KEYS, k=2))
                assert walk.app._exception is None, scene.name
            await resized(walk, SIZES[1])
            assert type(walk.app.screen) is top, scene.name
            assert_harmless(walk.app)
            assert len(walk.text.split()) > 20, scene.name


STORM_KEYS: Final = (*("up", "down", "left", "right", "pageup", "pagedown"), "home", "end", "tab", "space")
"""Keys that move and mark, and decide nothing."""
