"""A look at the store's health: what was checked, whether it is well, what to do if not."""

from __future__ import annotations

from db import migrate
from kcflow.services.context import Context
from kcflow.services.texts import both
from kcflow.services.views import CheckView
from states.loader import builtin


def doctor(context: Context, full: bool) -> tuple[CheckView, ...]:
    """Check the store; `full` recomputes the whole history (hashes, chain, tree, tables).

    This finds damage and careless tampering. It cannot find a history that its owner rewrote
    whole: that takes a checkpoint in somebody else's hands (README, honest limits).
    """
    store, shared = context.store, context.shared
    shared.grow_tree(now=True)
    checks = [
        CheckView("store", True, both("doctor.store", where=store.location, dialect=store.dialect)),
        CheckView("schema", True, both("doctor.schema", revision=migrate.HEAD)),
        CheckView(
            "calendar",
            True,
            both("doctor.calendar", first=shared.calendar.first_year, last=shared.calendar.last_year),
        ),
    ]
    name = "names" if shared.four_eyes_by_names else "people"
    checks.append(CheckView("four_eyes", True, both(f"doctor.four_eyes_{name}")))
    checks += [CheckView("warning", False, both(f"doctor.warning_{name}")) for name in store.warnings]
    last = shared.calendar.last_year
    if shared.today.year >= last:
        checks.append(CheckView("calendar", False, both("doctor.calendar_ends", last=last)))
    own = {lifecycle.key: lifecycle.fingerprint for lifecycle in builtin()}
    with store.read() as reader:
        head = reader.head()
        for row in reader.lifecycles():
            if own.get(row.key, row.fingerprint) != row.fingerprint:
                checks.append(CheckView("lifecycle", False, both("doctor.lifecycle_differs", key=row.key)))
                continue
            checks.append(
                CheckView("lifecycle", True, both("doctor.lifecycle", key=row.key, mark=row.fingerprint[:16]))
            )
    checks.append(CheckView("history", True, both("doctor.history", size=head.size, root=head.root)))
    if full:
        from db.verify import verify  # recomputing the history is rare: keep it out of start-up

        problems = verify(store, shared.lifecycles)
        checks += [
            CheckView("damage", False, both("doctor.problem", name=problem.code, place=problem.place))
            for problem in problems
        ]
        if not problems:
            checks.append(CheckView("verified", True, both("doctor.verified", size=head.size)))
        checks.append(_dates(context))
    else:
        checks.append(CheckView("verified", True, both("doctor.not_verified")))
    return tuple(checks)


def _dates(context: Context) -> CheckView:
    """Whether the stored deadline of every open dossier is what a fresh count gives."""
    from kcflow.services.clock import recount

    with context.store.read() as reader:
        found = recount.shifts(context, reader)
        off = sum(1 for _ in found)
    name = "doctor.dates_differ" if off else "doctor.dates"
    return CheckView("dates", not off, both(name, n=off or found.looked_at))
