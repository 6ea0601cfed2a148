"""Rows about time in the timeline, the notes, the record, the feed and citations: shown by what they did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kcflow.services.views import ClockNote, HistoryView
from screens.dossier import citing, record, timeline_parts
from states.model import Label
from tests.ui.fake_desk import moment

NOTE = ClockNote(
    "hold",
    Label("đến hết 16/02/2024, tính cho UBND tỉnh; hạn 20/02/2024 → 28/02/2024", "until 16 Feb 2024"),
    date(2024, 2, 20),
    party="provincial_committee",
    until_on=date(2024, 2, 16),
)


@pytest.fixture
def held() -> HistoryView:
    return replace(
        moment(7, action="note", reason="Chờ [bold]UBND[/]"),
        action_label=Label("Tạm dừng", "Hold"),
        clock=NOTE,
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_row_about_time_is_shown_by_what_it_did(held: HistoryView, lang: str) -> None:
    text = timeline_parts.moment(held, lang).plain
    assert held.action_label(lang) in text
    assert NOTE.text(lang) in text
    assert "Chờ [bold]UBND[/]" in text, "what people wrote is no markup"
    assert timeline_parts.CLOCK_MARK in text
    assert timeline_parts.NOTE_MARK not in text
    assert NOTE.text(lang) in citing.of_row(held, lang)
    assert NOTE.text(lang) in record.money_said(held, lang)
    assert NOTE.text(lang) in {value for _, value in record.record_pairs(held, lang)}


def test_it_is_no_note(held: HistoryView) -> None:
    note = moment(8, action="note", reason="Ghi chú thường")
    text = timeline_parts.notes((held, note), "vi").plain
    assert "Ghi chú thường" in text
    assert "UBND" not in text
