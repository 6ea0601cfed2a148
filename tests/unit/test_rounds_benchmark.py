"""The benchmark of rounds: its contenders issue what they are asked for, its report names the ratios."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from benchmarks import rounds
from benchmarks.protocol import Worker


def test_the_report_names_every_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    rounds.report(
        {
            "raw sqlite3 on sqlite": [(0.1, 0.1)] * 3,
            "kcflow on sqlite": [(0.4, 0.3), (0.5, 0.3), (9.0, 0.3)],
            "django on sqlite": [(1.0, 0.9)] * 3,
        },
        1000,
    )
    said = capsys.readouterr().out
    assert "5.00 × raw" in said, "the median, not the mean"
    assert "django-fsm-2 + log / kcflow, sqlite = 2.00 by the wall, 3.00 by the processor" in said
    assert "postgresql" not in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["round_kcflow", "round_raw"])
def test_a_contender_issues_its_rounds(tmp_path: Path, name: str) -> None:
    file = tmp_path / "store.db"
    worker = Worker(name, f"sqlite:///{file}", 3, 1)
    assert len(worker.ask("round", 1)) == 1
    assert len(worker.ask("round", 2)) == 1
    worker.stop()
    with sqlite3.connect(file) as look:
        sums = "SELECT owner, sum(dong) FROM charge WHERE kind = 'allocated' GROUP BY 1 ORDER BY 1"
        given = look.execute(sums).fetchall()
    assert given == [("KH-KCQG-24", 6_000_000), ("PB-KCQG-24-1", 3_000_000), ("PB-KCQG-24-2", 3_000_000)]
