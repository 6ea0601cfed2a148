"""The morning's letters on a real store, by real keys: to whom, what they say, what became of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcflow.i18n import set_language
from kcflow.services.clock.post import Post
from screens.clock.letters import LetterDialog, LettersScreen
from scripts.walk import Walk, walking
from tests import seeds
from tests.smtp import MailServer
from tests.ui.snapshots import compare, screen_text


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample store, with two addresses."""
    from kcflow.bootstrap import open_desk
    from kcflow.config import Config

    path = tmp_path_factory.mktemp("letters") / "sample.db"
    shutil.copyfile(seeds.seed_file(seeds.sample), path)
    desk = open_desk(Config(f"sqlite:///{path}", as_person="nthuha"))
    try:
        for login in ("cuc", "giamsat-02"):
            desk.clock.set_address(login, f"{login}@coquan.test")
    finally:
        desk.close()
    return path


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """Leave the language as it was."""
    yield
    set_language("vi")


def said(walk: Walk) -> str:
    """The words of the screen with every break as one space."""
    return " ".join(walk.text.split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_todays_letters_and_the_log(sample: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"letters-{size[0]}x{size[1]}"
    async with walking(tmp_path, sample, size=size) as walk:
        await walk.keys("0 3 M")
        screen = walk.app.screen
        assert isinstance(screen, LettersScreen)
        assert "Thư nhắc buổi sáng 14/06/2024" in walk.text
        compare(name, screen_text(walk.app))
        keys = [row.key for row in screen.table.rows_in_memory]
        assert len(keys) == len(set(keys)) > 10

        # One of them, as its reader gets it.
        await walk.keys("Home")
        while screen.view is not None and screen.view.person != "giamsat-02":
            await walk.keys("↓")
        await walk.keys("d")
        assert isinstance(walk.app.screen, LetterDialog)
        assert "giamsat-02@coquan.test" in walk.text
        assert "QUÁ HẠN THEO LUẬT" in walk.text
        compare(f"letter-{size[0]}x{size[1]}", screen_text(walk.app))
        await walk.keys("End")
        assert "không cần trả lời" in said(walk)
        await walk.keys("Esc")

        # The log is empty, until the letters have gone.
        await walk.keys("c")
        assert "Chưa lập thư nào." in walk.text
        desk = walk.app.desk
        assert desk is not None
        with MailServer(refuses={"cuc@coquan.test": "550 5.1.1 no [such] user"}) as server:
            post = Post("127.0.0.1", server.port, "kcflow@cuc.test", security="none", timeout=5)
            assert desk.clock.digest_send(post).sent == 1
        await walk.keys("F5")
        await walk.until(lambda: screen.table.row_count == 2, "both letters in the log")
        assert "▲ không gửi được: 1" in said(walk)
        await walk.keys("Home")
        while screen.view is not None and screen.view.person != "cuc":
            await walk.keys("↓")
        assert "550 5.1.1 no [such] user" in said(walk)
        await walk.keys("F2")
        assert "Log of letters" in walk.text
        assert "not sent" in walk.text
        await walk.keys("c")
        assert "Morning letters of 14 Jun 2024" in walk.text
        await walk.keys("Esc")
        assert not isinstance(walk.app.screen, LettersScreen)


async def test_the_palette_knows_the_letters(sample: Path, tmp_path: Path) -> None:
    async with walking(tmp_path, sample) as walk:
        await walk.keys('0 3 ^p "thu nhac" ⏎')
        assert isinstance(walk.app.screen, LettersScreen)
