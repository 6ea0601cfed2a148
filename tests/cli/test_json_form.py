"""One converter from values to JSON: exact, complete, harmless on a terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcflow.commands.json_form import cursor_text, cursor_value, dumps, error_json, shape_fields, to_json
from kcflow.services.errors import BadInput, RefusedByRules
from kcflow.services.views import ImportPlan, Reason, Receipt
from states.model import Label

HOSTILE = "\x1b]52;c;AAAA\x07 \u202e[red]\u200b\x9b31m\u2028 é \ud800 \U0001f600 \x7f"


@dataclass(frozen=True)
class Sample:
    label: Label
    on: date
    at: datetime
    money: int
    many: tuple[tuple[str, int], ...]
    none: None
    flag: bool


def test_every_kind_of_value() -> None:
    at = datetime(2023, 6, 15, 14, 30, tzinfo=timezone(timedelta(hours=7)))
    sample = Sample(Label("có", "yes"), date(2023, 6, 15), at, 10**15, (("a", 1),), None, True)
    assert to_json(sample) == {
        "label": {"vi": "có", "en": "yes"},
        "on": "2023-06-15",
        "at": "2023-06-15T07:30:00Z",
        "money": 10**15,
        "many": [["a", 1]],
        "none": None,
        "flag": True,
    }


def test_no_float_passes() -> None:
    with pytest.raises(TypeError, match="float"):
        to_json({"amount": 1.5})


def test_hidden_and_derived_members() -> None:
    assert "handle" not in shape_fields(ImportPlan)
    assert {"new_count", "bad_count"} <= set(shape_fields(ImportPlan))
    assert shape_fields(Receipt)[-1] == "mark"


def test_hostile_text_is_escaped_and_complete() -> None:
    text = dumps({"title": HOSTILE})
    assert json.loads(text) == {"title": HOSTILE}
    assert all(char == "\n" or char.isprintable() for char in text)
    assert "[red]" in text


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    shown = dumps({"text": text})
    assert json.loads(shown) == {"text": text}
    assert "\x1b" not in shown
    assert "\u202e" not in shown


CURSORS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


@given(CURSORS.filter(lambda cursor: cursor is not None))
def test_cursors_come_back(cursor: object) -> None:
    text = cursor_text(cursor)
    assert text is not None
    assert cursor_value(text) == cursor


@pytest.mark.parametrize("text", ["", "x", "{}", '{"d": "x"}', '{"d": 1}', "1.5", "[" * 20_000, '{"e": 1}'])
def test_other_texts_are_no_cursor(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller makes the sentence
        cursor_value(text)


def test_errors() -> None:
    reason = Reason("guard", "estimate_balances", Label("chưa cân", "not balanced"))
    refused = RefusedByRules(Label("từ chối", "refused"), [reason], dossier="A", action="b")
    assert error_json(refused) == {
        "error": {
            "code": "refused",
            "text": {"vi": "từ chối", "en": "refused"},
            "reasons": [
                {
                    "kind": "guard",
                    "code": "estimate_balances",
                    "text": {"vi": "chưa cân", "en": "not balanced"},
                }
            ],
        }
    }
    plain = error_json(BadInput("x", Label("a", "b")))
    assert plain == {"error": {"code": "x", "text": {"vi": "a", "en": "b"}, "reasons": []}}


def test_instants_are_utc() -> None:
    assert to_json(datetime(2023, 1, 1, tzinfo=UTC)) == "2023-01-01T00:00:00Z"
