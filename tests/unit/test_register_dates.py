"""Schedules as departments type them."""

from datetime import date

import pytest

from tests.registers import one, read
from tests.workbooks import register_rows


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("03/2024", "09/2024", date(2024, 3, 1), date(2024, 9, 30)),
        (date(2024, 3, 1), date(2024, 9, 1), date(2024, 3, 1), date(2024, 9, 30)),
        (date(2024, 3, 15), "20/9/2024", date(2024, 3, 15), date(2024, 9, 20)),
        ("Tháng 3/2024", "T2/2025", date(2024, 3, 1), date(2025, 2, 28)),
        ("tháng 03 năm 2024", "2024-12", date(2024, 3, 1), date(2024, 12, 31)),
        ("Quý I/2024", "Quý 4 năm 2024", date(2024, 1, 1), date(2024, 12, 31)),
        (2024, "năm 2025", date(2024, 1, 1), date(2025, 12, 31)),
        (3.2024, "2024-09-30", date(2024, 3, 1), date(2024, 9, 30)),
        ("Quý II", "tháng 9", date(2024, 4, 1), date(2024, 9, 30)),
    ],
)
def test_dates_as_people_type_them(start: object, end: object, first: date, last: date) -> None:
    reading = one(start=start, end=end)
    assert reading.ready
    assert (reading.rows[0].starts_on, reading.rows[0].ends_on) == (first, last)
    assumed = [note.cell for note in reading.corrections if note.code == "assumed_year"]
    assert assumed == (["F9", "G9"] if start == "Quý II" else [])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("01/2024 - 12/2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("Từ tháng 3 đến tháng 9/2024", date(2024, 3, 1), date(2024, 9, 30)),
        ("Tháng 3-9/2024", date(2024, 3, 1), date(2024, 9, 30)),
        ("3-9/2024", date(2024, 3, 1), date(2024, 9, 30)),
        ("Quý I – III/2024", date(2024, 1, 1), date(2024, 9, 30)),
        ("Năm 2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-2025", date(2024, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_schedule_in_one_column(text: str, first: date, last: date) -> None:
    rows = register_rows()
    rows[6][6] = "Địa điểm"
    rows[7][5:7] = [None, None]
    rows[8][5:7] = [text, "Xã A"]
    reading = read(rows)
    assert (reading.rows[0].starts_on, reading.rows[0].ends_on) == (first, last)
    assert reading.ready
