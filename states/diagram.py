"""A lifecycle drawn and tabled: Mermaid, SCXML, Markdown. Nothing here is written by hand.

`python -m states.diagram > docs/lifecycles.md` renews the document; a test fails when it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from states.fields import wanted
from states.loader import builtin
from states.model import RETURN_TO, SAME, Action, DeadlineRule, Label, Lifecycle, State

WHO: Final[Mapping[str, Label]] = {
    "unit": Label("Đơn vị thực hiện", "Implementing unit"),
    "department": Label("Sở Công Thương", "Provincial department"),
    "agency": Label("Cục", "Agency"),
    "ministry": Label("Bộ Công Thương", "Ministry"),
    "finance_department": Label("Sở Tài chính", "Finance department"),
    "provincial_committee": Label("UBND tỉnh", "Provincial committee"),
    "finance_ministry": Label("Bộ Tài chính", "Ministry of Finance"),
    "government": Label("Quốc hội, Chính phủ", "National Assembly, Government"),
    "treasury": Label("Kho bạc Nhà nước", "State Treasury"),
    "enterprise": Label("Cơ sở thụ hưởng", "Beneficiary"),
    "nobody": Label("—", "—"),
}
"""Roles and holders as the tables name them."""

_KIND: Final = {"law": Label("luật", "law"), "policy": Label("nội bộ", "policy")}
_ENDING: Final = {
    "completed": Label("hoàn thành", "completed"),
    "refused": Label("không được chọn", "refused"),
    "withdrawn": Label("rút", "withdrawn"),
    "stopped": Label("ngừng", "stopped"),
    "transferred": Label("chuyển", "transferred"),
}
_AMOUNT: Final = {
    "approved": Label("số tiền phê duyệt", "amount approved"),
    "allocated": Label("số tiền phân bổ", "amount allocated"),
    "contracted": Label("giá trị hợp đồng", "value under contract"),
    "advanced": Label("số tiền tạm ứng, thanh toán", "amount advanced or paid"),
    "accepted": Label("giá trị nghiệm thu", "value accepted"),
    "settled": Label("số tiền quyết toán", "amount settled"),
    "returned": Label("số tiền hoàn trả", "amount returned"),
}
_SUBJECT: Final = {
    "annual_plan": Label("kế hoạch năm", "annual plan"),
    "allocation_round": Label("đợt phân bổ", "allocation round"),
    "contract": Label("hợp đồng", "contract"),
    "adjustment": Label("điều chỉnh", "adjustment"),
}
_MERMAID_WORDS: Final = frozenset(
    {"as", "class", "classdef", "default", "direction", "end", "hide", "note", "scale", "state", "style"}
)
_MERMAID_TEXT: Final = str.maketrans(
    {'"': "'", ":": ",", ";": ",", "#": "", "%": "", "`": "'", "<": "‹", ">": "›"}
)
_CELL_TEXT: Final = str.maketrans({"|": "\\|", "<": "&lt;", ">": "&gt;", "&": "&amp;", "`": "'", "[": "\\["})


def _line(text: str) -> str:
    """Reduce `text` to one line of printable characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _cell(text: str) -> str:
    """Make `text` safe inside a Markdown table."""
    return _line(text).translate(_CELL_TEXT)


def _who(names: Iterable[str], lang: str) -> str:
    return ", ".join(WHO[name](lang) if name in WHO else name for name in names)


# -- Mermaid -----------------------------------------------------------------------------------


def _id(name: str) -> str:
    return f"{name}_" if name in _MERMAID_WORDS else name


def _mermaid_text(text: str) -> str:
    return _line(text).translate(_MERMAID_TEXT)


def mermaid(lifecycle: Lifecycle, lang: str) -> str:
    """Return a Mermaid `stateDiagram-v2` with labels in `lang`.

    Acts between the same two states share an arrow. A return to the remembered level ends at one
    node of its own, not at each level that it may be.
    """
    lines = ["stateDiagram-v2"]
    lines += [
        f'    state "{_mermaid_text(state.label(lang))}" as {_id(state.name)}' for state in lifecycle.states
    ]
    if any(target.state == RETURN_TO for action in lifecycle.actions for target in action.targets):
        level = "cấp đã trả" if lang != "en" else "the level that returned it"
        lines.append(f'    state "{level}" as return_to_')
    lines.append(f"    [*] --> {_id(lifecycle.initial)}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for action in lifecycle.actions:
        for source in action.sources:
            for target in action.targets:
                destination = {SAME: source, RETURN_TO: "return_to_"}.get(target.state, target.state)
                labels = arrows.setdefault((source, destination), [])
                labels.append(_mermaid_text(action.label(lang)))
    for (source, destination), labels in arrows.items():
        lines.append(f"    {_id(source)} --> {_id(destination)} : {' / '.join(dict.fromkeys(labels))}")
    lines += [f"    {_id(state.name)} --> [*]" for state in lifecycle.states if state.final]
    lines.append("    classDef paused stroke-dasharray: 5 5")
    lines += [f"    class {_id(state.name)} paused" for state in lifecycle.states if state.paused]
    return "\n".join(lines) + "\n"


# -- SCXML -------------------------------------------------------------------------------------


def scxml(lifecycle: Lifecycle) -> str:
    """Return W3C SCXML: states, events (actions) and outcome conditions; labels, phases, roles and bases
    stand as attributes of a namespace of our own. Valid XML whatever the texts contain."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:kc="urn:kcflow:lifecycle" version="1.0"'
        + _attributes({"name": lifecycle.key, "initial": lifecycle.initial, "kc:basis": lifecycle.basis})
        + ">",
    ]
    for state in lifecycle.states:
        tag = "final" if state.final else "state"
        attributes = {
            "id": state.name,
            "kc:phase": state.phase,
            "kc:waits-for": state.waits_for,
            "kc:vi": state.label.vi,
            "kc:en": state.label.en,
        }
        transitions = [
            f"    <transition{_attributes(values)}/>"
            for action in lifecycle.actions_by_source[state.name]
            for values in _transitions(lifecycle, action, state.name)
        ]
        if transitions:
            lines += [f"  <{tag}{_attributes(attributes)}>", *transitions, f"  </{tag}>"]
        else:
            lines.append(f"  <{tag}{_attributes(attributes)}/>")
    return "\n".join([*lines, "</scxml>"]) + "\n"


def _transitions(lifecycle: Lifecycle, action: Action, source: str) -> list[dict[str, str]]:
    """Attributes of the transitions of `action`: one per outcome, one per level of a return."""
    common = {"kc:roles": " ".join(action.roles), "kc:basis": action.basis}
    found: list[dict[str, str]] = []
    for target in action.targets:
        values = {"event": action.name}
        if target.when:
            values["cond"] = target.when
        if target.state == RETURN_TO:
            found += [
                {**values, "cond": f"return_to == '{name}'", "target": name, **common}
                for name in sorted(lifecycle.levels_from(source))
            ]
        elif target.state == SAME:
            found.append({**values, "type": "internal", **common})
        else:
            found.append({**values, "target": target.state, **common})
    return found


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_line(value))}" for name, value in values.items())


# -- Markdown ----------------------------------------------------------------------------------


def deadline_text(rule: DeadlineRule, lang: str) -> str:
    """Return one rule in words: "trước 15/6/N−1 (luật: TT 36/2013 Đ10.2b)"; N is the budget year."""
    en = lang == "en"
    on = ("by" if rule.inclusive else "before") if en else ("chậm nhất" if rule.inclusive else "trước")
    if rule.by == "fixed_date":
        year = "N" if not rule.plan_year else f"N{'+' if rule.plan_year > 0 else '−'}{abs(rule.plan_year)}"
        text = f"{on} {rule.day}/{rule.month}/{year}"
    elif rule.by == "working_days":
        text = f"{rule.days} working days" if en else f"{rule.days} ngày làm việc"
    elif rule.by == "calendar_days":
        text = f"{rule.days} days" if en else f"{rule.days} ngày"
    elif rule.by == "months":
        text = f"{rule.months} months" if en else f"{rule.months} tháng"
    elif rule.by == "monthly":
        text = f"{on} day {rule.day} of each month" if en else f"{on} ngày {rule.day} hằng tháng"
    else:
        text = "end of the proposal's schedule" if en else "hết thời gian thực hiện"
    when = f", `{_cell(rule.when)}`" if rule.when else ""
    return f"{text} ({_KIND[rule.kind](lang)}: {_cell(rule.basis)}{when})"


def _codes(kinds: Sequence[str]) -> str:
    return " / ".join(f"`{_cell(kind)}`" for kind in kinds)


def _money(action: Action, lang: str) -> list[str]:
    """What an act moves and is charged to, its typed inputs, the acts it does on its items."""
    en = lang == "en"
    parts: list[str] = []
    if action.amount:
        kind = _AMOUNT[action.amount](lang)
        optional = (" (optional)" if en else " (nếu có)") if action.amount_optional else ""
        released = (" (released: worked out)" if en else " (thu lại, tự tính)") if action.release else ""
        parts.append(kind + optional + released)
    charged = [_SUBJECT[name](lang) for name in action.charges]
    charged += [f"{_SUBJECT[name](lang)}?" for name in action.may_charge]
    if charged:
        parts.append(("charged to " if en else "ghi vào ") + ", ".join(charged))
    parts += [
        f"{field.label(lang)}{'' if needed else (' (optional)' if en else ' (nếu có)')}"
        for field, needed in wanted(action)
    ]
    if action.moves:
        parts.append(("does " if en else "thực hiện ") + _codes(action.moves))
    return parts


def _needed(action: Action, lang: str) -> str:
    """What an act asks for: its own paper, further papers, amounts, a reason, guards, warnings."""
    en = lang == "en"
    parts: list[str] = []
    if acts := Lifecycle.act_documents(action):
        note = " (optional)" if en else " (nếu có)"
        parts.append(_codes(acts) + (note if action.act_document_need == "optional" else ""))
    parts += [_codes(alternatives) for alternatives in action.documents]
    if action.via:
        parts.append(("as an act of the " if en else "cùng ") + _SUBJECT[action.via](lang))
    parts += _money(action, lang)
    if action.round:
        parts.append("round number" if en else "số đợt")
    if action.reason == "required":
        parts.append("reason" if en else "lý do")
    if action.second_person:
        parts.append("a second person" if en else "người thứ hai")
    parts += [f"_{guard}_" for guard in action.guards]
    parts += [f"_{guard}_ ({'warning' if en else 'cảnh báo'})" for guard in action.warnings]
    return "; ".join(parts) or "—"


def _to(action: Action, lang: str) -> str:
    names = {
        SAME: "(giữ nguyên)" if lang != "en" else "(stays)",
        RETURN_TO: "(cấp đã trả)" if lang != "en" else "(the level that returned it)",
    }
    return ", ".join(
        names.get(target.state, f"`{target.state}`") + (f" (_{target.when}_)" if target.when else "")
        for target in action.targets
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def markdown_table(lifecycle: Lifecycle, lang: str) -> str:
    """Return the table of actions: name, label, from, to, who, what is needed, basis."""
    head = ("Name", "Action", "From", "To", "Who", "Needs", "Basis")
    if lang != "en":
        head = ("Tên", "Hành động", "Từ", "Đến", "Ai", "Cần có", "Căn cứ")
    return _table(
        head,
        (
            (
                f"`{action.name}`",
                _cell(action.label(lang)),
                ", ".join(f"`{source}`" for source in action.sources),
                _to(action, lang),
                _cell(_who(action.roles, lang)),
                _needed(action, lang),
                _cell(action.basis),
            )
            for action in lifecycle.actions
        ),
    )


def states_table(lifecycle: Lifecycle, lang: str) -> str:
    """Return the table of states: phase, name, label, waiting for whom, deadlines, how it ended."""
    head = ("Phase", "Name", "State", "Waits for", "Deadline", "Ending")
    if lang != "en":
        head = ("Giai đoạn", "Tên", "Trạng thái", "Chờ ai", "Hạn", "Kết thúc")
    return _table(head, (_state_cells(lifecycle, state, lang) for state in lifecycle.states))


def _state_cells(lifecycle: Lifecycle, state: State, lang: str) -> Sequence[str]:
    return (
        _cell(lifecycle.phase_by_name[state.phase].label(lang)),
        f"`{state.name}`",
        _cell(state.label(lang)),
        _cell(_who([state.waits_for], lang)),
        "; ".join(deadline_text(rule, lang) for rule in state.deadlines) or "—",
        _ENDING[state.ending](lang) if state.ending else "",
    )


_INTRODUCTION: Final = """\
# Lifecycles

<!-- Generated by `python -m states.diagram`; a test fails when it is stale. -->

What is drawn and tabled here comes from `states/lifecycles/*.toml`, which the program itself runs on. Labels
are the official Vietnamese ones; names in code type are what the program, its command line and a lifecycle
file use. N is the budget year. A deadline marked *luật* is set by law, one marked *nội bộ* by the office.
Words in italics are guards (`states/guards.py`); codes of papers are those of
`kcflow/data/document_kinds.toml`.
"""


def document(lifecycles: Iterable[Lifecycle]) -> str:
    """Return docs/lifecycles.md: diagram, states with deadlines, and actions of each lifecycle."""
    parts = [_INTRODUCTION]
    for lifecycle in lifecycles:
        parts.append(f"## {_line(lifecycle.label.vi)} — {_line(lifecycle.label.en)} (`{lifecycle.key}`)\n")
        begins = lifecycle.in_force_from.strftime("%d/%m/%Y")
        parts.append(f"Căn cứ: {_line(lifecycle.basis)}; áp dụng từ {begins}.\n")
        if lifecycle.parameters:
            values = ", ".join(f"`{name}` = `{value}`" for name, value in lifecycle.parameters.items())
            parts.append(f"Tham số: {values}.\n")
        parts.append(f"```mermaid\n{mermaid(lifecycle, 'vi')}```\n")
        parts.append(f"### Trạng thái\n\n{states_table(lifecycle, 'vi')}")
        parts.append(f"### Hành động\n\n{markdown_table(lifecycle, 'vi')}")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.buffer.write(document(builtin()).encode())
