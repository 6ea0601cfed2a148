"""Whatever people typed, every list and dialog shows it harmlessly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kcflow.i18n import set_language
from tests.ui.hostile import HOSTILE_TITLES, assert_harmless
from tests.ui.list_desk import TODAY, ListDesk, make_people, make_row
from tests.ui.shell_driver import press, rest, shell_of, started


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    """Every test starts in Vietnamese."""
    set_language("vi")


def hostile_desk() -> ListDesk:
    """A desk where every text that people can type is one of the hostile ones."""
    rows = []
    for i, text in enumerate(HOSTILE_TITLES, 1):
        row = make_row(i, text)
        rows.append(
            replace(row, province_name=text, unit_name=text, due_basis=text, mark="late", days_left=-i)
        )
    rows = [replace(row, due_on=TODAY, ending="") for row in rows]
    people = tuple(
        replace(
            make_people()[0],
            login=f"p{i}",
            name=text,
            os_login=text,
            roles=tuple(replace(role, office_name=text) for role in make_people()[0].roles),
        )
        for i, text in enumerate(HOSTILE_TITLES)
    )
    return ListDesk(rows=rows, people_known=people, me=people[0], operator=("x", HOSTILE_TITLES[1]))


WALK = {
    "lists": "1 2 3 4 5",
    "dialogs": "w escape a escape 4 enter end escape f escape f1 escape",
    "stalled": "3 question_mark escape exclamation_mark escape G down down enter down enter escape escape",
}


@pytest.mark.parametrize("walk", list(WALK))
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_texts_are_shown_harmlessly_everywhere(walk: str, size: tuple[int, int]) -> None:
    desk = hostile_desk()
    async with started(desk, size=size) as (app, pilot):
        for key in WALK[walk].split():
            await press(pilot, key)
            assert_harmless(app)
            if walk == "lists":
                for _ in range(0, len(HOSTILE_TITLES), 4):
                    await pilot.press(*["down"] * 4)
                    await rest(pilot)
                    assert_harmless(app)
        assert app._exception is None


async def test_a_hostile_error_sentence_is_shown_harmlessly() -> None:
    desk = ListDesk()
    async with started(desk) as (app, pilot):
        for text in HOSTILE_TITLES:
            shell_of(app).say(text, "error")
            await pilot.pause()
            assert_harmless(app)
