"""What every guard is made with: the registry, the refusal, and the papers of a case."""

from __future__ import annotations

from collections.abc import Callable

from states.facts import Case, Paper, Refusal

Guard = Callable[[Case], Refusal | None]

GUARDS: dict[str, Guard] = {}
"""Every rule a lifecycle file may name (`states.guards` fills it)."""

AGREED = "agreed"
NOT_AGREED = "not_agreed"

CONTRACTS = ("hop_dong", "quyet_dinh_giao_nhiem_vu")


def guard(function: Guard) -> Guard:
    """Register `function` under its own name."""
    GUARDS[function.__name__] = function
    return function


def refuse(code: str, **params: object) -> Refusal:
    """Return the refusal of a rule."""
    return Refusal("guard", code, params)


def entered(case: Case) -> tuple[Paper, ...]:
    """Every paper that comes with the act, its own first."""
    document = case.inputs.document
    return (document, *case.inputs.papers) if document else case.inputs.papers


def has_paper(case: Case, *kinds: str) -> bool:
    """Whether a paper of one of `kinds` is in the dossier or comes with the act."""
    return any(kind in case.facts.papers for kind in kinds) or any(
        paper.kind in kinds for paper in entered(case)
    )


def lacking(case: Case, wanted: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Entries of `wanted` (alternatives) of which no paper is there; a signed contract is its own."""
    signed = case.facts.contract_signed
    return tuple(
        kinds
        for kinds in wanted
        if not has_paper(case, *kinds) and not (signed and set(kinds) & set(CONTRACTS))
    )
