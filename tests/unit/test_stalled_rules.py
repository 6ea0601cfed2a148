"""Every rule by which a dossier stands still (domain.md §2.5, S1–S12) is data: state, exact day, article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kcflow.calendar import vietnam_calendar
from states.clock import Due, derivation, due_for
from states.facts import Case
from states.guards import GUARDS
from states.model import Lifecycle
from tests.builders import BY_NAME, KCDP, KCQG, actor, facts, inputs

CONTRACT = BY_NAME["contract"]
ROUND, LOCAL_ROUND = BY_NAME["allocation_round_kcqg"], BY_NAME["allocation_round_kcdp"]
DIRECT = {"unit_kind": "regional_centre"}


def due(lifecycle: Lifecycle, state: str, on: date, year: int = 2025, **about: Any) -> Due | None:
    """The deadline of a dossier of budget year `year` that came into `state` on that day."""
    there = facts(state=state, kind=lifecycle.subject, plan_year=year, budget_year=year, **about)
    rules = [
        rule
        for rule in lifecycle.state_by_name[state].deadlines
        if rule.when is None
        or GUARDS[rule.when](Case(there, inputs(on=on, today=on), actor("agency"), None)) is None
    ]
    return due_for(rules, on, budget_year=year, ends_on=about.get("ends_on"), calendar=vietnam_calendar())


Line = tuple[str, Lifecycle, str, date, Mapping[str, Any], date, str]

RULES: tuple[Line, ...] = (
    # S1: not at the Sở before 20/5 of N−1; the direct route: not at the Cục before 15/6.
    ("S1", KCQG, "drafting", date(2024, 3, 4), {}, date(2024, 5, 19), "TT 36/2013 Đ10.1b"),
    ("S1", KCQG, "drafting", date(2024, 3, 4), DIRECT, date(2024, 6, 14), "TT 36/2013 Đ8.1b, Đ10.2b"),
    # S2: at the Sở, appraised or not yet, but not at the Cục before 15/6 of N−1.
    ("S2", KCQG, "provincial_appraisal", date(2024, 5, 20), {}, date(2024, 6, 14), "TT 36/2013 Đ10.2b"),
    ("S2", KCQG, "submitted_to_department", date(2024, 6, 11), {}, date(2024, 6, 14), "TT 36/2013 Đ10.2b"),
    # S3: sent to the finance agency, ten working days; over 30/4 and 1/5, and Giỗ Tổ on a Sunday (27/4/2026).
    (
        "S3",
        ROUND,
        "finance_check",
        date(2026, 4, 24),
        {},
        date(2026, 5, 13),
        "Luật NSNN 83/2015 Đ49.2; TT 342/2016 Đ13.4",
    ),
    (
        "S3",
        KCQG,
        "approved",
        date(2024, 12, 27),
        {},
        date(2025, 1, 13),
        "Luật NSNN 83/2015 Đ49.2; TT 342/2016 Đ13.4",
    ),
    (
        "S3",
        LOCAL_ROUND,
        "finance_check",
        date(2025, 1, 20),
        {},
        date(2025, 2, 10),
        "TTLT 26/2014 Đ8.1b; TT 342/2016 Đ13.4",
    ),
    (
        "S3",
        KCDP,
        "finance_appraisal",
        date(2025, 1, 20),
        {},
        date(2025, 2, 10),
        "TTLT 26/2014 Đ8.1b; TT 342/2016 Đ13.4",
    ),
    # S4: a correction was asked, seven working days; over Tết.
    (
        "S4",
        ROUND,
        "finance_correction",
        date(2025, 1, 22),
        {},
        date(2025, 2, 7),
        "Luật NSNN 83/2015 Đ49.2; TT 342/2016 Đ13.4",
    ),
    ("S4", KCQG, "mof_correction", date(2025, 1, 22), {}, date(2025, 2, 7), "TT 342/2016 Đ13.4a"),
    (
        "S4",
        KCDP,
        "finance_correction",
        date(2025, 1, 22),
        {},
        date(2025, 2, 7),
        "TTLT 26/2014 Đ8.1b; TT 342/2016 Đ13.4a",
    ),
    # S5: a supplementary estimate is there and not given out, ten working days; over 2/9.
    (
        "S5",
        ROUND,
        "preparing",
        date(2025, 8, 22),
        {"supplementary": True},
        date(2025, 9, 9),
        "TT 342/2016 Đ13.5",
    ),
    (
        "S5",
        LOCAL_ROUND,
        "preparing",
        date(2025, 8, 22),
        {"supplementary": True},
        date(2025, 9, 9),
        "TT 342/2016 Đ13.5",
    ),
    # S6: the month's report, before the 25th; a regional centre's as well (Đ22.2).
    ("S6", KCQG, "in_progress", date(2025, 3, 10), {}, date(2025, 3, 24), "TT 36/2013 Đ23.3a, Đ22.2"),
    ("S6", KCQG, "in_progress", date(2025, 3, 24), DIRECT, date(2025, 4, 24), "TT 36/2013 Đ23.3a, Đ22.2"),
    # S7: fifteen days after the last acceptance of the contract; the last one a Sunday, so the Monday.
    ("S7", CONTRACT, "accepted", date(2025, 7, 5), {}, date(2025, 7, 21), "TT 36/2013 Đ18.1"),
    (
        "S7",
        KCQG,
        "accepted",
        date(2025, 7, 5),
        {"others_accepted": True},
        date(2025, 7, 21),
        "TT 36/2013 Đ18.1",
    ),
    # S8: not settled by 22/01 of N+1, which no day off moves; also while others are not accepted yet.
    ("S8", KCQG, "awaiting_liquidation", date(2025, 8, 1), {}, date(2026, 1, 22), "TT 36/2013 Đ18.2"),
    (
        "S8",
        KCQG,
        "settled_by_volume",
        date(2022, 8, 1),
        {"year": 2022},
        date(2023, 1, 22),
        "TT 36/2013 Đ18.2, Đ18.4",
    ),
    (
        "S8",
        KCQG,
        "accepted",
        date(2025, 7, 5),
        {"others_accepted": False},
        date(2026, 1, 22),
        "TT 36/2013 Đ18.2",
    ),
    ("S8", CONTRACT, "settlement_submitted", date(2025, 8, 1), {}, date(2026, 1, 22), "TT 36/2013 Đ18.2"),
    # S9: nothing is drawn on the year's estimate after 30/12.
    ("S9", KCQG, "contracted", date(2025, 4, 1), {}, date(2025, 12, 30), "TT 26/2026/TT-BTC Đ15.2"),
    ("S9", KCQG, "in_progress", date(2025, 12, 24), {}, date(2025, 12, 30), "TT 26/2026/TT-BTC Đ15.2"),
    ("S9", KCDP, "in_progress", date(2025, 4, 1), {}, date(2025, 12, 30), "TT 26/2026/TT-BTC Đ15.2"),
    # S10: carried over or given back: 31/01, before 15/02 of N+1.
    ("S10", KCQG, "carried_over", date(2025, 12, 29), {}, date(2026, 1, 31), "TT 26/2026/TT-BTC Đ19.3–4"),
    (
        "S10",
        KCQG,
        "stop_refund_due",
        date(2025, 6, 2),
        {},
        date(2026, 2, 14),
        "TT 26/2026/TT-BTC Đ19.4c; TT 36/2013 Đ12.6",
    ),
    (
        "S10",
        KCQG,
        "refund_due",
        date(2026, 2, 9),
        {},
        date(2026, 2, 14),
        "TT 26/2026/TT-BTC Đ19.4c; TT 36/2013 Đ12.6",
    ),
    # S11: what the settlement says is to be given back, ten working days.
    ("S11", KCQG, "refund_due", date(2025, 8, 25), {}, date(2025, 9, 10), "TT 26/2026/TT-BTC Đ20.1"),
    ("S11", KCDP, "refund_due", date(2025, 8, 25), {}, date(2025, 9, 10), "TT 26/2026/TT-BTC Đ20.1"),
    # S12: not in the archive a year after the end: the same day, over a leap day too (Civil Code Đ148.4).
    ("S12", KCQG, "settled", date(2024, 6, 14), {}, date(2025, 6, 16), "NĐ 30/2020 Đ30"),
    ("S12", KCDP, "settled", date(2023, 6, 14), {}, date(2024, 6, 14), "NĐ 30/2020 Đ30"),
)


@pytest.mark.parametrize("line", RULES, ids=lambda line: f"{line[0]} {line[1].key} {line[2]}")
def test_the_date_and_its_article(line: Line) -> None:
    _, lifecycle, state, on, about, expected, basis = line
    found = due(lifecycle, state, on, **about)
    assert found is not None
    assert (found.on, found.kind, found.basis) == (expected, "law", basis)
    for lang in ("vi", "en"):
        assert basis in " ".join(derivation(found, lang))


def test_all_twelve_are_there() -> None:
    assert {line[0] for line in RULES} == {f"S{number}" for number in range(1, 13)}


def test_several_years_and_local_money_have_dates_of_their_own() -> None:
    years: dict[str, Any] = {"kinds": frozenset({"multi_year"}), "ends_on": date(2026, 10, 31)}
    for state in ("contracted", "in_progress"):
        found = due(KCDP, state, date(2025, 4, 1), **years)
        assert found is not None
        assert (found.on, found.kind) == (date(2026, 10, 31), "policy"), "its estimate goes on next year"
    assert due(CONTRACT, "accepted", date(2025, 7, 5), source="kcdp") is None
    first = due(ROUND, "preparing", date(2025, 8, 22))
    assert first is not None
    assert first.kind == "policy", "no law says how soon the first estimate is given out"


def test_where_no_law_names_a_day_the_office_does() -> None:
    """Each open state of a proposal has a date or waits for what the rules can't know."""
    silent = {
        lifecycle.key: {state.name for state in lifecycle.states if not state.final and not state.deadlines}
        for lifecycle in (KCQG, KCDP)
    }
    assert silent == {"kcqg@2014.3": {"partly_allocated"}, "kcdp@default.3": {"drafting", "partly_allocated"}}
    soft = [
        (state.name, rule)
        for lifecycle in BY_NAME.values()
        for state in lifecycle.states
        for rule in state.deadlines
        if rule.kind == "policy" and rule.by != "term_end"
    ]
    assert {rule.by for _, rule in soft} == {"working_days"}
    # The median of observed dwell times; a tender takes its legal month.
    assert {rule.days for name, rule in soft if name != "bidding"} == {10}
