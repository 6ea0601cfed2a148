"""Supervisors for the small world, and whether every stored deadline is what is counted."""

from __future__ import annotations

from datetime import date

from db import clock, directory
from db.rows import PersonRow
from kcflow.services.clock import recount
from kcflow.services.clock_views import RuleInput
from kcflow.services.desk import Desk
from tests.services.world import FOUNDED, World

WATCH, WATCH_TN, WATCH_ALL = "giamsat", "giamsat-tn", "giamsat-bo"
"""Supervisors: of the Sở of Hà Giang, of Thái Nguyên, of the Cục."""


def watched(world: World) -> World:
    """The world with its three supervisors."""
    with world.store.administer() as admin:
        for login, office in ((WATCH, "SCT-63-02"), (WATCH_TN, "SCT-63-19"), (WATCH_ALL, "CUC")):
            directory.add_person(admin, PersonRow(login, f"Giám sát {office}", None, None, FOUNDED))
            directory.assign(admin, login, "supervisor", office, FOUNDED)
    world.shared.forget()
    return world


def supervisor(world: World, login: str = WATCH_ALL) -> Desk:
    """The desk of a supervisor."""
    return world.desk(login)


def differing(world: World) -> list[tuple[str, date | None, date | None]]:
    """(code, stored, counted) of every open dossier of any kind that is stored otherwise than counted."""
    context = world.desk("ktnn")._context
    with world.store.read() as reader:
        found = recount.shifts(context, reader)
        return [(each.row.code, each.row.due_on, each.after.on if each.after else None) for each in found]


def dues(world: World) -> dict[str, tuple[date | None, str | None, str | None]]:
    """What is stored for every open dossier of any kind: day, kind, basis."""
    with world.store.read() as reader:
        codes = [code for _, code in clock.open_codes(reader)]
        return {row.code: (row.due_on, row.due_kind, row.due_basis) for row in reader.dossiers(codes)}


def rule(state: str = "submitted_to_department", days: int = 5, **changes: object) -> RuleInput:
    """An own rule of the Sở of Hà Giang: `days` working days from the first day of 2023."""
    values: dict[str, object] = {
        "office": "SCT-63-02",
        "lifecycle": "kcqg",
        "state": state,
        "by": "working_days",
        "basis": "QĐ 12/QĐ-SCT",
        "days": days,
        "valid_from": date(2023, 1, 1),
        **changes,
    }
    return RuleInput(**values)  # type: ignore[arg-type]
