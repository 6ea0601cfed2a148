"""The database's own list of legal moves, made from a lifecycle: nothing else may happen to a dossier."""

from __future__ import annotations

from collections.abc import Iterator

from states.model import ROLES, Action, Lifecycle
from states.records import record

CREATE = "create"
EDIT = "edit"
RECORD_PAPERS = "record_papers"
CORRECT = "correct"
NOTE = "note"
BUILT_IN = frozenset({CREATE, EDIT, RECORD_PAPERS, CORRECT, NOTE})
"""Acts that every lifecycle has; its own actions can't have these names."""

ACTING = tuple(role for role in ROLES if role not in ("auditor", "supervisor", "admin"))
CREATORS = ("unit", "department", "agency")
EDITORS = ("unit", "department", "agency", "provincial_committee", "finance_department")
"""Roles in which content is changed; the Minister's, too, where he decides adjustments.

Installed lists never change: whatever is added here must leave the lists of former versions as they were.
"""


@record(frozen=True, slots=True)
class LegalMove:
    """One legal move; `from_state` is "" for create, `ending` the target state's ("" while open).

    second_person: who did the last act can't do this one. charges: the kinds of dossiers whose funds its
    amount is charged to, separated by spaces: those that must be, then those that may be, each with "?".
    """

    action: str
    from_state: str
    to_state: str
    role: str
    needs_reason: bool
    ending: str
    second_person: bool = False
    charges: str = ""


def _charges(action: Action) -> str:
    return " ".join((*sorted(action.charges), *(f"?{kind}" for kind in sorted(action.may_charge))))


def rows(lifecycle: Lifecycle) -> Iterator[LegalMove]:
    """Yield every legal move of a lifecycle, each once: its actions' and the built-in ones.

    Raises `ValueError` when an action of the lifecycle has the name of a built-in one.
    """
    if taken := BUILT_IN & lifecycle.action_by_name.keys():
        raise ValueError(f"{lifecycle.key}: the names {sorted(taken)} are taken")
    ending = {name: state.ending for name, state in lifecycle.state_by_name.items()}
    seen = set()
    for move in lifecycle.legal_moves():
        if move not in seen:
            seen.add(move)
            name, source, target, role = move
            action = lifecycle.action_by_name[name]
            needs, other = action.reason == "required", action.second_person
            yield LegalMove(name, source, target, role, needs, ending[target], other, _charges(action))
    used = {role for action in lifecycle.actions for role in action.roles}
    for role in CREATORS:
        # A provincial lifecycle in which the agency never acts isn't opened by it either.
        if role in used or role != "agency":
            yield LegalMove(CREATE, "", lifecycle.initial, role, False, ending[lifecycle.initial])
    former = lifecycle.subject == "proposal" and not any(action.via for action in lifecycle.actions)
    editors = EDITORS if former else (*EDITORS, "ministry")
    for state in lifecycle.states:
        for role in editors if not state.final else ():
            yield LegalMove(EDIT, state.name, state.name, role, False, state.ending)
        for role in ACTING:
            yield LegalMove(RECORD_PAPERS, state.name, state.name, role, False, state.ending)
            yield LegalMove(CORRECT, state.name, state.name, role, True, state.ending)
        for role in ROLES:
            # Whoever may read a dossier may write a note into it: an auditor too.
            yield LegalMove(NOTE, state.name, state.name, role, True, state.ending)
