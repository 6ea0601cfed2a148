"""The document of the virtual table and its demo say and do what they promise."""

import re
from pathlib import Path
from typing import Any

from textual.binding import Binding

from screens.widgets import row_pages, table_demo, table_messages
from screens.widgets.table import VirtualTable
from tests.ui.snapshots import screen_text, wait_for

DOCUMENT = Path(__file__).parents[2] / "docs" / "virtual-table.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


async def test_the_quick_start_runs() -> None:
    code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(code) == 1
    names: dict[str, Any] = {"__name__": "quick_start"}
    exec(compile(code[0], str(DOCUMENT), "exec"), names)  # noqa: S102
    app = names["Example"]()
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(VirtualTable)
        table.focus()
        await wait_for(pilot, lambda: table.settled and table.row_count, "the rows are there")
        await pilot.press("down", "pagedown")
        await wait_for(pilot, lambda: table.cursor_key == "12", "the cursor")
        assert re.search(r"▌ +12 144", screen_text(app)), screen_text(app)
        await pilot.press("enter")
        told = app._notifications
        await wait_for(pilot, lambda: [each.message for each in told] == ["You opened 12"], "the message")


def test_every_key_message_class_and_figure_is_in_the_document() -> None:
    for binding in VirtualTable.BINDINGS:
        assert isinstance(binding, Binding)
        action = binding.action.removesuffix("()")
        row = rf"\| {re.escape(binding.key.replace(',', ', '))} \| `{binding.id}` \| `{re.escape(action)}`"
        assert re.search(row, TEXT), f"{binding.key}: {binding.action}"
        assert not binding.show
    ids = [binding.id for binding in VirtualTable.BINDINGS if isinstance(binding, Binding)]
    assert len(set(ids)) == len(ids)
    messages = {
        name
        for name, value in vars(table_messages).items()
        if isinstance(value, type) and issubclass(value, table_messages.TableMessage)
    } - {"TableMessage"}
    for name in messages:
        assert f"| `{name}` |" in TEXT
        assert getattr(VirtualTable, name) is getattr(table_messages, name)
    for name in VirtualTable.COMPONENT_CLASSES:
        assert f"`{name}`" in TEXT
    assert f"{row_pages.KEPT_PAGES} pages of {row_pages.PAGE_ROWS} rows" in TEXT


async def test_the_demo_shows_a_million_rows_and_turns_them() -> None:
    app = table_demo.Demo()
    async with app.run_test(size=(80, 20)) as pilot:
        table = app.query_one(VirtualTable)
        await wait_for(pilot, lambda: table.settled and table.row_count == 1_000_000, "the rows")
        await pilot.press("end", "space", "shift+right", "s")
        await wait_for(pilot, lambda: table.settled and table.cursor_key == "999999", "turned round")
        assert "▼ Number" in screen_text(app)
        assert "1 selected" in screen_text(app)
        await pilot.press("down")
        assert table.cursor_key == "999998"
