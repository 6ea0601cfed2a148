"""Trouble with a real store, met on real screens: one sentence in place, nothing typed is lost, a way on."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from textual.pilot import Pilot

from db.authorizer import Role, authorizer
from db.engine import connect_sqlite
from db.store import Store, open_store
from kcflow import config as places
from kcflow.app import KcflowApp
from kcflow.bootstrap import init_store, open_desk
from kcflow.config import Config
from kcflow.i18n import set_language, t
from kcflow.services.desk import Desk
from kcflow.services.views import DraftInput, PaperInput
from screens import theme
from screens.dossier.advance import AdvanceDialog
from screens.dossier.correct import CorrectDialog
from screens.dossier.notes import NoteDialog
from screens.dossier.papers import PapersDialog
from screens.forms.draft import DraftScreen
from screens.forms.fields import DateField, Field, MemoField, TextField
from screens.forms.register import RegisterScreen
from screens.lists.bulk import BulkDialog
from screens.lists.bulk_form import DecisionForm
from tests.postgres import fresh_database
from tests.ui.shell_driver import press, rest
from tests.ui.snapshots import screen_text, wait_for

UNIT, SCT = "ttkc-34-08", "sct-34-08"
ACT = "submit_to_department"
REGISTER = Path(__file__).parents[2] / "kcflow" / "data" / "registers" / "KCQG-2024-1-HaGiang.xlsx"
FAULT = "division by nothing"
PYTHON = re.compile(r"Traceback|[A-Z][A-Za-z]+(Error|Exception)\b|sqlite3\.|File \"|<class")


# -- a store, an application over it, and what a person reads ------------------------------------


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A closed store with three drafts that can be submitted."""
    file = tmp_path_factory.mktemp("template") / "kcflow.db"
    config = Config(f"sqlite:///{file}", as_person=UNIT)
    init_store(config, "Tuyên Quang")
    desk = open_desk(config)
    codes = []
    for title in ("Máy sao chè", "Máy sấy gỗ", "Máy dệt thổ cẩm"):
        draft = DraftInput(
            source="kcqg",
            plan_year=desk.today.year + 1,
            title=title,
            unit_office="TTKC-34-08",
            total=850_000_000,
            requested=300_000_000,
            counterpart=550_000_000,
            content_codes=(3,),
        )
        codes.append(desk.create(draft, on=desk.today - timedelta(days=3)).code)
        desk.record_papers(codes[-1], [PaperInput("de_an", number="1"), PaperInput("mau_1", number="2")])
    desk.close()
    return file, codes


@dataclass
class Gate:
    """What stands before every connection of the application's stores."""

    stores: list[Store] = field(default_factory=list)
    error: Exception | None = None
    hold: threading.Event | None = None
    pragma: str = ""

    def lose(self) -> None:
        """The stores have noticed already that their file was away."""
        for store in self.stores:
            store.lose()

    def fresh(self) -> None:
        """Let the next transactions have connections of their own."""
        for store in self.stores:
            for idle in store._idle.values():
                while idle:
                    idle.pop().close()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate that is open; writers wait a moment only, and a slow answer is slow at once."""
    gate, take = Gate(), Store.take

    def taken(store: Store, role: Role, *, writes: bool) -> Any:
        if store not in gate.stores:
            gate.stores.append(store)
        if gate.hold is not None:
            assert gate.hold.wait(20)
        if gate.error is not None:
            raise gate.error
        return take(store, role, writes=writes)

    def connected(path: Path, role: Role, **given: Any) -> Any:
        raw = connect_sqlite(path, role, **given)
        if gate.pragma:
            raw.set_authorizer(None)
            raw.execute(gate.pragma.format(pages=raw.execute("PRAGMA page_count").fetchone()[0]))
            raw.set_authorizer(authorizer(role))
        return raw

    monkeypatch.setattr(Store, "take", taken)
    monkeypatch.setattr("db.store.connect_sqlite", connected)
    monkeypatch.setattr("kcflow.bootstrap.open_store", partial(open_store, timeout=0.05))
    monkeypatch.setattr("screens.slow.SECONDS", 0.05)
    yield gate
    if gate.hold is not None:
        gate.hold.set()
    for store in gate.stores:
        store.close()
    set_language("vi")


@dataclass
class Office:
    """A store of one's own."""

    file: Path
    codes: list[str]
    gate: Gate

    def app(self, lang: str, person: str = UNIT) -> KcflowApp:
        """The application over the store."""
        return KcflowApp(Config(f"sqlite:///{self.file}", lang=lang, as_person=person))

    def log(self) -> str:
        """What the log file says."""
        file = places.log_dir() / "kcflow.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.fixture
def office(template: tuple[Path, list[str]], tmp_path: Path, gate: Gate) -> Office:
    """A copy of the template."""
    folder = tmp_path / "kho"
    folder.mkdir()
    return Office(Path(shutil.copyfile(template[0], folder / "k.db")), template[1], gate)


def squashed(text: str) -> str:
    """Letters and digits only: lines may break anywhere, and frames stand between."""
    return re.sub(r"[\W_]+", "", text)


def in_front(app: KcflowApp) -> str:
    """What a person reads in the dialog or screen in front: letters of what lies under it are no part."""
    text = screen_text(app)
    for box in app.screen.query(".modal"):
        area = box.region
        lines = text.splitlines()[area.y : area.bottom]
        return "\n".join(line[area.x : area.right] for line in lines)
    return text


def shows(app: KcflowApp, key: str) -> bool:
    """Whether the text `key` stands on the screen in the present language, whatever is filled in."""
    parts = re.split(r"\{\w*\}", t(key, app.lang))
    seen = squashed(in_front(app))
    return all(squashed(part) in seen for part in parts if part.strip())


def clean(app: KcflowApp) -> None:
    """Nothing of Python, nothing unfilled."""
    text = screen_text(app)
    assert not PYTHON.search(text), text
    assert FAULT not in text
    assert not re.search(r"\{\w+\}|errors\.\w+", text), text


# -- trouble -------------------------------------------------------------------------------------


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Another program writes for longer than anybody waits."""
    other = sqlite3.connect(office.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def vanished(office: Office) -> Iterator[None]:
    """The file is renamed, and gets its name back."""
    away = office.file.with_name("away.db")
    office.file.rename(away)
    try:
        yield
    finally:
        away.rename(office.file)


@contextmanager
def replaced(office: Office) -> Iterator[None]:
    """A copy takes the file's place, for good."""
    copy = office.file.with_name("copy.db")
    shutil.copyfile(office.file, copy)
    copy.replace(office.file)
    yield


@contextmanager
def other(office: Office) -> Iterator[None]:
    """The store of another office stands in the file's place."""
    away = office.file.with_name("away.db")
    for journal in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{office.file}{journal}").rename(f"{away}{journal}")
    open_store(f"sqlite:///{office.file}", create=True).close()
    strange = office.file.read_bytes()
    office.gate.lose()
    try:
        yield
    finally:
        assert office.file.read_bytes() == strange, "nothing is carried into it"
        for journal in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{away}{journal}").replace(f"{office.file}{journal}")


@contextmanager
def truncated(office: Office) -> Iterator[None]:
    """The file loses its second half, and what was read of it is forgotten."""
    content = office.file.read_bytes()
    office.gate.fresh()
    with office.file.open("r+b") as file:
        file.truncate(len(content) // 2 // 4096 * 4096)
    try:
        yield
    finally:
        office.gate.fresh()
        office.file.write_bytes(content)


@contextmanager
def _limited(office: Office, pragma: str) -> Iterator[None]:
    """Connections under a pragma: SQLite itself reports the trouble, and root is no exception."""
    office.gate.pragma = pragma
    office.gate.fresh()
    try:
        yield
    finally:
        office.gate.pragma = ""
        office.gate.fresh()


@contextmanager
def refusing_disk(_: Office) -> Iterator[None]:
    """The system writes no file further than a page."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def unforeseen(office: Office) -> Iterator[None]:
    """A fault of kcflow's own."""
    office.gate.error = ZeroDivisionError(FAULT)
    try:
        yield
    finally:
        office.gate.error = None


Trouble = Callable[[Office], AbstractContextManager[None]]
WRITING: dict[str, tuple[Trouble, str]] = {
    "vanished": (vanished, "errors.store_vanished"),
    "locked": (locked, "errors.store_busy"),
    "replaced": (replaced, "errors.store_replaced"),
    "full": (partial(_limited, pragma="PRAGMA max_page_count={pages}"), "errors.store_full"),
    "refusing_disk": (refusing_disk, "errors.store_failed"),
    "read_only": (partial(_limited, pragma="PRAGMA query_only=ON"), "errors.store_read_only"),
    "other": (other, "errors.store_other"),
    "unforeseen": (unforeseen, "app.unexpected"),
}
READING: dict[str, tuple[Trouble, str]] = {
    "vanished": (vanished, "errors.store_vanished"),
    "replaced": (replaced, "errors.store_replaced"),
    "truncated": (truncated, "errors.store_damaged"),
    "other": (other, "errors.store_other"),
    "unforeseen": (unforeseen, "app.unexpected"),
}


def looks(app: KcflowApp, before: str) -> bool:
    """Whether the screen is what it was."""
    return screen_text(app) == before


# -- reading -------------------------------------------------------------------------------------

# A walk through the screens in one run of the application: the keys to each, and what it meets there.
# Every screen meets two troubles at least, lists and the proposal all of them.
ALL = tuple(READING)
WALKS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "vi": (
        (("2",), ALL),
        (("3",), ("vanished", "truncated")),
        (("6",), ("replaced", "truncated")),
        (("4",), ("unforeseen", "vanished")),
    ),
    "en": (
        (("1",), ("truncated", "replaced")),
        (("slash", *"may", "enter"), ("vanished", "other")),
        (("2", "enter"), ALL),
    ),
}


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_reading(office: Office, lang: str) -> None:
    app = office.app(lang)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        for keys, troubles in WALKS[lang]:
            await press(pilot, *keys)
            for trouble in troubles:
                make, key = READING[trouble]
                before, where, logged = screen_text(app), f"{trouble} at {keys}", office.log().count(FAULT)
                with make(office):
                    await pilot.press("f5")
                    await wait_for(pilot, partial(shows, app, key), f"{where}: {key} in its place")
                    await rest(pilot)
                    clean(app)
                    assert (office.log().count(FAULT) > logged) == (trouble == "unforeseen"), where
                await press(pilot, "f5")
                as_before = partial(looks, app, before)
                await wait_for(pilot, as_before, f"{where}: all is as before:\n{before}")
                await press(pilot, "f2")  # the next one in the other language


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_reading_goes_on_while_another_program_writes(office: Office, lang: str) -> None:
    app = office.app(lang)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        with locked(office):
            await press(pilot, "2", "f5", "enter")
            await wait_for(pilot, lambda: "Máy" in screen_text(app), "the proposal")
            assert not shows(app, "errors.store_busy")


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_opening_a_damaged_store(office: Office, lang: str) -> None:
    app = office.app(lang)
    with truncated(office):
        async with app.run_test(size=(120, 40)) as pilot:
            await wait_for(pilot, lambda: shows(app, "errors.store_truncated"), "what is wrong")
            clean(app)


# -- writing -------------------------------------------------------------------------------------


@dataclass
class Form:
    """A form filled in. `keys` confirm it, and again after trouble; `close` leaves it when all is done."""

    screen: Any
    done: Callable[[], object]
    keys: tuple[str, ...] = ("f10",)
    close: tuple[str, ...] = ()

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {each.key: each.kept() for each in self.screen.query(Field).results(Field) if each.is_mounted}


def letter(screen: Any, today: str) -> None:
    """The document of an act."""
    screen.query_one("#field-act-number", TextField).text = "12/CV-TTKC"
    screen.query_one("#field-act-date", DateField).text = today
    screen.query_one("#field-act-signer", TextField).text = "Nguyễn Văn Giám"


def opened(app: KcflowApp) -> Desk:
    """The desk."""
    assert app.desk is not None
    return app.desk


async def advance_form(app: KcflowApp, pilot: Pilot[Any], office: Office) -> Form:
    """The first act of the first proposal."""
    app.open_advance(office.codes[0], ACT)
    await wait_for(pilot, lambda: isinstance(app.screen, AdvanceDialog), "the dialog")
    dialog = app.screen
    assert isinstance(dialog, AdvanceDialog)
    await rest(pilot)
    letter(dialog, f"{opened(app).today:%d/%m/%Y}")
    await wait_for(
        pilot,
        lambda: dialog._preview is not None and dialog._preview.allowed and not dialog.waiting,
        "the preview",
    )
    return Form(dialog, lambda: dialog._receipt is not None, close=("escape",))


async def pushed(app: KcflowApp, pilot: Pilot[Any], screen: Any) -> Form:
    """A form that closes when it is done."""
    app.push_screen(screen)
    await wait_for(pilot, lambda: app.screen is screen, "the form")
    await rest(pilot)
    return Form(screen, lambda: app.screen is not screen)


async def note_form(app: KcflowApp, pilot: Pilot[Any], office: Office) -> Form:
    """A note."""
    form = await pushed(app, pilot, NoteDialog(office.codes[0], "Máy sao chè"))
    form.screen.query_one(MemoField).text = "Đã gọi [b]Sở[/]"
    return form


async def correct_form(app: KcflowApp, pilot: Pilot[Any], office: Office) -> Form:
    """A correction of what was written last."""
    row = opened(app).history_of(office.codes[0])[-1]
    form = await pushed(app, pilot, CorrectDialog(office.codes[0], row))
    form.screen.query_one(MemoField).text = "Ghi nhầm số"
    return form


async def papers_form(app: KcflowApp, pilot: Pilot[Any], office: Office) -> Form:
    """A paper of a dossier."""
    dialog = PapersDialog(office.codes[0], "Máy sao chè", "mau_1")
    form = await pushed(app, pilot, dialog)
    await wait_for(pilot, lambda: dialog._box is not None, "the fields")
    dialog.query_one("#field-paper-number", TextField).text = "7/DT"
    await rest(pilot)
    return form


async def draft_form(app: KcflowApp, pilot: Pilot[Any], _: Office) -> Form:
    """A new draft."""
    app.open_draft("kcqg")
    await wait_for(pilot, lambda: isinstance(app.screen, DraftScreen), "the form")
    screen = app.screen
    await rest(pilot)
    screen.query_one("#field-title", TextField).text = "Máy [red]ép[/] dầu lạc"
    screen.query_one("#field-requested").text = "285,25"  # type: ignore[attr-defined]
    await rest(pilot)
    return Form(screen, lambda: app.screen is not screen)


async def register_form(app: KcflowApp, pilot: Pilot[Any], _: Office) -> Form:
    """A workbook that was read."""
    app.open_register(str(REGISTER))
    await wait_for(pilot, lambda: isinstance(app.screen, RegisterScreen), "the screen")
    screen = app.screen
    assert isinstance(screen, RegisterScreen)
    await wait_for(pilot, lambda: screen._plan is not None, "the workbook is read")
    await rest(pilot)
    return Form(screen, lambda: screen._result is not None and screen._result.written, close=("escape",))


async def bulk_form(app: KcflowApp, pilot: Pilot[Any], _: Office) -> Form:
    """Three proposals, looked at beforehand."""
    await press(pilot, "2", "ctrl+a", "b")
    dialog = app.screen
    assert isinstance(dialog, BulkDialog)
    await wait_for(pilot, lambda: not dialog.busy, "the acts")
    await press(pilot, "enter")
    await wait_for(pilot, lambda: dialog.step == "form", "the form")
    letter(dialog.query_one(DecisionForm), f"{opened(app).today:%d/%m/%Y}")
    await press(pilot, "ctrl+s")
    await wait_for(pilot, lambda: dialog.step == "preview" and not dialog.busy, "the preview")
    await rest(pilot)

    def done() -> bool:
        items = [opened(app).dossier(code).row.state for code in _.codes]
        return dialog.step == "result" and set(items) == {"submitted_to_department"}

    return Form(dialog, done, ("ctrl+s",), ("escape",))


FORMS: dict[str, Callable[[KcflowApp, Pilot[Any], Office], Any]] = {
    "advance": advance_form,
    "bulk": bulk_form,
    "correct": correct_form,
    "draft": draft_form,
    "note": note_form,
    "papers": papers_form,
    "register": register_form,
}
# Forms that are filled in one after the other in one run of the application, and what each meets: acts meet
# everything, the others some of it, and each trouble several forms.
EVERY = tuple(WRITING)
MORNINGS: dict[str, tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "one": (
        UNIT,
        "vi",
        (
            ("note", ("locked", "vanished", "refusing_disk")),
            ("correct", ("full", "other", "unforeseen")),
            ("papers", ("replaced", "locked", "read_only")),
            ("advance", EVERY),
        ),
    ),
    "many": (
        UNIT,
        "en",
        (
            ("bulk", ("vanished", "replaced", "locked", "unforeseen")),
            ("draft", ("vanished", "full", "other", "unforeseen")),
        ),
    ),
    "import": (SCT, "vi", (("register", ("replaced", "locked", "vanished", "full")),)),
}


def written(office: Office) -> int:
    """How many rows the history has, read beside the application."""
    raw = sqlite3.connect(office.file)
    try:
        return int(raw.execute("SELECT count(*) FROM history").fetchone()[0])
    finally:
        raw.close()


@pytest.mark.parametrize("morning", MORNINGS)
async def test_writing(office: Office, morning: str) -> None:
    person, lang, forms = MORNINGS[morning]
    app = office.app(lang, person)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        for form, troubles in forms:
            filled = await FORMS[form](app, pilot, office)
            texts, rows = filled.texts(), written(office)
            for trouble in troubles:
                make, key = WRITING[trouble]
                where, logged = f"{trouble} in {form}", office.log().count(FAULT)
                with make(office):
                    await pilot.press(*filled.keys)
                    await wait_for(pilot, partial(shows, app, key), f"{where}: {key} in its place")
                    await rest(pilot)
                    clean(app)
                    assert app.screen is filled.screen
                    assert (office.log().count(FAULT) > logged) == (trouble == "unforeseen"), where
                assert filled.texts() == texts, where
                assert written(office) == rows, where
                await press(pilot, "f2")  # the next one in the other language
            await press(pilot, *filled.keys)
            await wait_for(pilot, filled.done, f"{form}: done at last")
            assert written(office) > rows
            await press(pilot, *filled.close)


# -- refusals, races, places of one's own --------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_a_lost_race(office: Office, lang: str) -> None:
    app = office.app(lang)
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        filled = await advance_form(app, pilot, office)
        texts = filled.texts()
        desk = open_desk(Config(f"sqlite:///{office.file}", as_person=UNIT))
        desk.note(office.codes[0], "Người khác vừa ghi")
        await pilot.press("f10")
        await wait_for(pilot, lambda: shows(app, "advance.reload"), "fresh data is offered")
        clean(app)
        await press(pilot, "r")
        await wait_for(pilot, lambda: shows(app, "advance.fresh"), "fresh data")
        assert filled.texts() == texts
        await press(pilot, "f10")
        await wait_for(pilot, filled.done, "done")
        assert desk.dossier(office.codes[0]).row.state == "submitted_to_department"


# -- slow answers, and a disk that refuses log and settings ----------------------------------------


async def test_a_slow_store(office: Office) -> None:
    app = office.app("vi")
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await press(pilot, "2")
        # A list: what was read stays, and waiting can be given up.
        hold = office.gate.hold = threading.Event()
        await pilot.press("f5")
        await wait_for(pilot, lambda: shows(app, "app.slow"), "that it is slow")
        assert "Máy sao chè" in screen_text(app)
        clean(app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: shows(app, "app.stopped_waiting"), "no longer waiting")
        await pilot.press("down")
        assert "Máy sao chè" in screen_text(app)
        office.gate.hold = None
        hold.set()
        await press(pilot, "f5")
        assert not shows(app, "app.stopped_waiting")
        # What is being written is waited for, and nothing can be lost by a key.
        filled = await advance_form(app, pilot, office)
        texts = filled.texts()
        hold = office.gate.hold = threading.Event()
        await pilot.press("f10")
        await wait_for(pilot, lambda: shows(app, "app.slow_write"), "that it is slow")
        await pilot.press("escape", "f10")
        assert app.screen is filled.screen
        assert filled.texts() == texts
        office.gate.hold = None
        hold.set()
        await wait_for(pilot, filled.done, "done")
        assert opened(app).dossier(office.codes[0]).row.version == 3


async def test_a_disk_that_refuses_log_and_settings(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are said in place, work goes on, and a log that can't be written prints nothing."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    full = tmp_path / "full"
    full.mkdir()
    (full / "kcflow.log").symlink_to("/dev/full")
    app = office.app("vi")
    async with app.run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await press(pilot, "2")
        for logs in (blocked / "logs", full):
            monkeypatch.setattr(places, "log_dir", lambda logs=logs: logs)
            with unforeseen(office):
                await pilot.press("f5")
                await wait_for(pilot, lambda: shows(app, "app.unexpected_unlogged"), "the sentence")
                await rest(pilot)
            await press(pilot, "f5")
            assert not shows(app, "app.unexpected_unlogged")
        monkeypatch.setattr(places, "config_dir", lambda: blocked / "settings")
        await press(pilot, "f8")
        await wait_for(pilot, lambda: shows(app, "settings.unwritten"), "the sentence")
        assert app.theme == theme.LIGHT
        clean(app)
    assert not capsys.readouterr().err


# -- a server --------------------------------------------------------------------------------------


async def test_a_server_that_is_started_anew_and_one_that_is_gone(gate: Gate) -> None:
    with ExitStack() as running:
        server = running.enter_context(fresh_database(empty=True))
        config = Config(server, as_person=UNIT)
        init_store(config, "Tuyên Quang")
        app = KcflowApp(config)
        async with app.run_test(size=(120, 40)) as pilot:
            await rest(pilot)
            await press(pilot, "5")
            before = screen_text(app)
            with psycopg.connect(server, autocommit=True) as another:
                another.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await press(pilot, "f5")
            assert screen_text(app) == before, "nobody notices"
            filled = await draft_form(app, pilot, Office(Path(), [], gate))
            texts = filled.texts()
            running.close()
            await pilot.press("f10")
            await wait_for(pilot, lambda: shows(app, "errors.store_unreachable"), "the sentence")
            clean(app)
            assert app.screen is filled.screen
            assert filled.texts() == texts
