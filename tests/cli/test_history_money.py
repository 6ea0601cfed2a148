"""`history --long` and `--json` say what an amount was charged to, and the typed fields of the act."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.store import open_store
from kcflow.services.views import PaperInput
from tests.cli.conftest import Command, Desk
from tests.services.money.works import TRIEU, Works

PAID = date(2024, 4, 5)


@pytest.fixture
def paid(tmp_path: Path, run: Command) -> tuple[Desk, str]:
    """The command line over a store with one first advance, and the proposal's code."""
    url = f"sqlite:///{tmp_path / 'kcflow.db'}"
    store = open_store(url, create=True)
    try:
        works = Works(store)
        _, (code,) = works.started(100 * TRIEU)
        plan = (PaperInput("mau_11", "5/KH", PAID, "Trần Văn B"),)
        fields = {"advance_type": "vocational_training"}
        works.pay(code, "advance_first", 70 * TRIEU, PAID, fields=fields, papers=plan)
    finally:
        store.close()
    return Desk(url, run), code


def test_the_record_says_charges_and_typed_fields(paid: tuple[Desk, str]) -> None:
    desk, code = paid
    for lang, said in (
        ("vi", ("Tính vào", "Loại hoạt động", "Đào tạo nghề, truyền nghề", "0 đ → 70.000.000 đ")),
        ("en", ("Charged to", "Vocational training", "0 ₫ → 70,000,000 ₫")),
    ):
        text = desk("--lang", lang, "--as", "cuc", "history", code, "--long").out
        block = next(part for part in text.split("\n\n") if "15/UNC" in part)
        assert "HD-24-0001" in block
        for words in said:
            assert words in block
    rows = desk.json("--as", "cuc", "history", code)["rows"]
    row = next(row for row in rows if row["action"] == "advance_first")
    assert (row["amount_kind"], row["amount"], row["amount_after"]) == ("advanced", 70 * TRIEU, 70 * TRIEU)
    assert row["charges"] == ["HD-24-0001"]
    assert [(name, value) for name, _, value in row["fields"]] == [("advance_type", "vocational_training")]
