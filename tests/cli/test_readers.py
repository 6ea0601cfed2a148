"""What the command line reads: dates, amounts, numbers, papers, pairs."""

from __future__ import annotations

from datetime import date

import pytest

from kcflow.commands import readers
from kcflow.services.errors import BadInput
from kcflow.services.views import PaperInput


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("285250000", 285_250_000),
        ("285.250.000", 285_250_000),
        ("285.250.000 đ", 285_250_000),
        ("285,25 triệu", 285_250_000),
        ("285.25 million", 285_250_000),
        ("1.5 tỷ", 1_500_000_000),
        ("1,5 tỉ đồng", 1_500_000_000),
        ("500 nghìn", 500_000),
        ("0", 0),
    ],
)
def test_amounts(text: str, dong: int) -> None:
    assert readers.amount(text) == dong


@pytest.mark.parametrize("text", ["", "abc", "-5", "1,250 triệu", "1.000.000 tỷ tỷ", "0,5", "9" * 60, "١٢٣"])
def test_amounts_refused_in_both_languages(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        readers.amount(text)
    assert refused.value.text.vi
    assert refused.value.text.en != refused.value.text.vi


def test_two_readings_are_both_named() -> None:
    with pytest.raises(BadInput, match=r"1,250,000,000 ₫ or 1,250,000 ₫"):
        readers.amount("1,250 triệu")


@pytest.mark.parametrize("text", ["15/06/2023", "15/6/2023", "2023-06-15"])
def test_dates(text: str) -> None:
    assert readers.day(text) == date(2023, 6, 15)


@pytest.mark.parametrize("text", ["31/02/2023", "2023", "hôm nay", "06/15/2023", ""])
def test_dates_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a date"):
        readers.day(text)


@pytest.mark.parametrize("text", ["0", "1001", "-1", "1_0", "５", "9" * 5000, "", "1.0"])
def test_whole_numbers_refused(text: str) -> None:
    with pytest.raises(BadInput, match="from 1 to 1000"):
        readers.whole(1, 1000)(text)


def test_whole_numbers() -> None:
    read = readers.whole(1, 1000)
    assert [read(text) for text in ("1", "007", "1000")] == [1, 7, 1000]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("mau_4a", PaperInput("mau_4a")),
        ("mau_4a=12/BC-SCT", PaperInput("mau_4a", "12/BC-SCT")),
        ("mau_4a=12/BC@15/06/2023", PaperInput("mau_4a", "12/BC", date(2023, 6, 15))),
        ("mau_4a@2023-06-15", PaperInput("mau_4a", None, date(2023, 6, 15))),
        ("mau_4a=a=b@c@2023-06-15", PaperInput("mau_4a", "a=b@c", date(2023, 6, 15))),
    ],
)
def test_papers(text: str, paper: PaperInput) -> None:
    assert readers.paper(text) == paper


@pytest.mark.parametrize("text", ["", "=12", "mau_4a=1@", "mau_4a=1@mai", "@2023-06-15"])
def test_papers_refused(text: str) -> None:
    with pytest.raises(BadInput):
        readers.paper(text)


def test_pairs() -> None:
    assert readers.pair("approver = department") == ("approver", "department")
    assert readers.pair("a=b=c") == ("a", "b=c")
    for text in ("", "approver", "=x"):
        with pytest.raises(BadInput):
            readers.pair(text)


def test_the_sentence_names_the_option() -> None:
    with pytest.raises(BadInput) as refused:
        readers.named("--on", readers.day)("x")
    assert refused.value.text.vi.startswith("--on: ")
    assert refused.value.text.en.startswith("--on: ")
