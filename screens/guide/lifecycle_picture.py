"""A lifecycle drawn as text, top down: phases, states, and where a proposal stands ("you are here").

For a proposal every state is drawn, and under its own what can be done next, by whom, and where it leads.
For a list the phases alone. Marks and words say everything; colour is the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator

from kcflow.i18n import t
from kcflow.labels import HOLDER, ROLE
from screens.widgets.state_mark import mark
from states.model import RETURN_TO, SAME, Action, Lifecycle, State


def picture(lifecycle: Lifecycle, lang: str, state: str | None = None) -> list[str]:
    """The lines of the whole lifecycle; `state` is where the proposal stands (None: nowhere)."""
    here = lifecycle.state_by_name.get(state or "")
    lines: list[str] = []
    for at, phase in enumerate(lifecycle.phases):
        if at:
            lines += ["│", "▼"]
        lines.append(f"{_phase_mark(lifecycle, phase.name, here)} {phase.label(lang)}")
        for each in lifecycle.states:
            if each.phase == phase.name:
                lines += _state_lines(lifecycle, each, here, lang)
    return lines


def phases(lifecycle: Lifecycle, lang: str, state: str | None = None) -> list[str]:
    """The lines of its phases; the one that holds `state` is marked."""
    here = lifecycle.state_by_name.get(state or "")
    lines: list[str] = []
    for at, phase in enumerate(lifecycle.phases):
        if at:
            lines.append("▼")
        inside = here is not None and here.phase == phase.name
        tail = f"  ◀ {t('help.row_here', lang)}" if inside else ""
        lines.append(f"{_phase_mark(lifecycle, phase.name, here)} {phase.label(lang)}{tail}")
    return lines


def _phase_mark(lifecycle: Lifecycle, phase: str, here: State | None) -> str:
    if here is None:
        return mark("ahead")
    names = [each.name for each in lifecycle.phases]
    now, this = names.index(here.phase), names.index(phase)
    if this == now and here.ending:
        return mark("done" if here.ending == "completed" else "stopped")
    return mark("done" if this < now else "current" if this == now else "ahead")


def _state_lines(lifecycle: Lifecycle, state: State, here: State | None, lang: str) -> Iterator[str]:
    """One state: its mark, its name, who holds it; where the proposal stands, what comes next as well."""
    holder = HOLDER[state.waits_for](lang)
    who = f" ({holder})" if state.waits_for != "nobody" else ""
    if state is not here:
        sign = "■" if state.final and state.ending != "completed" else "↩" if state.paused else "·"
        yield f"│  {sign} {state.label(lang)}{who}"
        return
    yield f"│ ▶ {state.label(lang)}{who}  ◀ {t('help.you_are_here', lang)}"
    acts = lifecycle.actions_by_source[state.name]
    if not acts:
        yield f"│      {t('help.no_next', lang)}"
    for act in acts:
        roles = ", ".join(ROLE[role](lang) for role in act.roles if role in ROLE)
        yield f"│      → {act.label(lang)}: {roles} → {_targets(lifecycle, act, lang)}"


def _targets(lifecycle: Lifecycle, act: Action, lang: str) -> str:
    """Where an act leads, in words."""
    names = []
    for target in act.targets:
        if target.state == SAME:
            names.append(t("help.stays", lang))
        elif target.state == RETURN_TO:
            names.append(t("help.goes_back", lang))
        else:
            names.append(lifecycle.state_by_name[target.state].label(lang))
    return f" {t('help.or', lang)} ".join(dict.fromkeys(names))
