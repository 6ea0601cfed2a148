"""How a deadline was counted, in words that anyone can follow on a wall calendar.

Pure: `states.clock` counts and leaves its steps as data; here they become sentences in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from states.model import Label

if TYPE_CHECKING:
    from states.clock import Due, Step

_DAY = timedelta(days=1)
_RUNS_SHOWN = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CODE = "Bộ luật Dân sự 2015"


def derivation(due: Due, lang: str, parties: Mapping[str, Label] | None = None) -> tuple[str, ...]:
    """Sentences that let anyone count `due` again on a wall calendar, the last one being the result.

    `lang`: "vi" or "en". `parties` names those whom pauses are charged to (`kcflow.labels.HOLDER`); one
    without a name stands by its key. Runs in the middle of a long span are left out; the days off that fall
    into it are all named, the weekend days and the days of each pause counted, so the sum stays exact.
    """
    en = lang == "en"
    lines = [_LINES[step.code](step, due, en) for step in due.steps if step.code in _LINES]
    lines += _runs(due, en)
    lines += _pauses(due, lang, parties or {})
    for collect in (_days_off, _moved):
        lines += collect(due, en)
    lines.append(_result(due, en))
    lines += [_other(step, due, en) for step in due.steps if step.code == "other"]
    return tuple(line for line in lines if line)


def _full(d: date, en: bool) -> str:
    if en:
        return f"{d.day:02} {_MONTHS[d.month - 1]} {d.year:04}"
    return f"{d.day:02}/{d.month:02}/{d.year:04}"


def _short(d: date, year: int, en: bool) -> str:
    """The day without its year where that is the due date's."""
    if d.year != year:
        return _full(d, en)
    return f"{d.day:02} {_MONTHS[d.month - 1]}" if en else f"{d.day:02}/{d.month:02}"


def _start(step: Step, due: Due, en: bool) -> str:
    days, day = step.params["days"], _full(step.day, en)
    working = step.params["unit"] == "working"
    first = next((other.day for other in due.steps if other.code == "run"), None)
    if en:
        text = f"{days} {'working' if working else 'calendar'} {'day' if days == 1 else 'days'} from {day}"
        note = "the first day is not counted, Civil Code 2015, Art. 147"
        return f"{text} ({note})" + (f": {_full(first, en)} is day 1." if first else ".")
    text = f"{days} ngày {'làm việc' if working else 'theo lịch'} từ {day}"
    note = f"không tính ngày đầu, Điều 147 {_CODE}"
    return f"{text} ({note})" + (f": {_full(first, en)} là ngày 1." if first else ".")


def _fixed(step: Step, due: Due, en: bool) -> str:
    year, month, day = (cast("int", step.params[key]) for key in ("year", "month", "day"))
    named = f"{day:02} {_MONTHS[month - 1]} {year}" if en else f"{day:02}/{month:02}/{year}"
    last = _full(due.on, en)
    if not step.params["inclusive"]:
        if en:
            return f"The rule says “before {named}”: the last day is {last}."
        return f"Quy định “trước ngày {named}”: ngày cuối cùng là {last}."
    if due.on.day != day:
        if en:
            return f"The rule says “by {named}”; that month ends on {last} (Civil Code 2015, Art. 148.3)."
        return f"Quy định “chậm nhất ngày {named}”; tháng đó hết vào {last} (khoản 3 Điều 148 {_CODE})."
    if en:
        return f"The rule says “by {named}”, that day included."
    return f"Quy định “chậm nhất ngày {named}”, tính cả ngày đó."


def _monthly(step: Step, due: Due, en: bool) -> str:
    day, after = step.params["day"], _full(cast("date", step.params["after"]), en)
    inclusive, last = step.params["inclusive"], _full(due.on, en)
    if en:
        each = f"{'By' if inclusive else 'Before'} day {day} of every month"
        return f"{each}; the first last day after {after} is {last}."
    each = f"{'Chậm nhất' if inclusive else 'Trước'} ngày {day} hằng tháng"
    return f"{each}; ngày cuối cùng đầu tiên sau {after} là {last}."


def _term(step: Step, _due: Due, en: bool) -> str:
    day = _full(step.day, en)
    return f"The proposal's schedule ends on {day}." if en else f"Tiến độ của đề án kết thúc ngày {day}."


def _months(step: Step, _due: Due, en: bool) -> str:
    months, start = cast("int", step.params["months"]), cast("date", step.params["from"])
    begins, ends = _full(start, en), _full(step.day, en)
    same = step.day.day == start.day
    if en:
        text = f"{months} {'month' if months == 1 else 'months'} from {begins} end on {ends}"
        why = "the same day of the month" if same else "the month has no such day: its last one"
        return f"{text} ({why}, Civil Code 2015, Art. 148.3–4)."
    why = "ngày tương ứng" if same else "tháng đó không có ngày tương ứng: ngày cuối tháng"
    return f"{months} tháng từ {begins}: hết ngày {ends} ({why}, khoản 3, 4 Điều 148 {_CODE})."


def _end(step: Step, _due: Due, en: bool) -> str:
    day = _full(step.day, en)
    return f"Day {step.counted} is {day}." if en else f"Ngày thứ {step.counted} là {day}."


_LINES = {
    "start": _start,
    "fixed": _fixed,
    "monthly": _monthly,
    "term": _term,
    "months": _months,
    "end": _end,
}


def _runs(due: Due, en: bool) -> list[str]:
    steps = [step for step in due.steps if step.code == "run"]
    if not steps:
        return []
    shown = []
    for step in steps:
        to, last = cast("date", step.params["to"]), step.params["last"]
        days = _short(step.day, due.on.year, en)
        numbers = f"{step.counted}"
        if to != step.day:
            days += f"–{_short(to, due.on.year, en)}"
            numbers += f"–{last}"
        word = ("days" if to != step.day else "day") if en else "ngày"
        shown.append(f"{days} ({word} {numbers})")
    if len(shown) > _RUNS_SHOWN:
        shown = [*shown[: _RUNS_SHOWN - 2], "…", shown[-1]]
    return [("Working days: " if en else "Ngày làm việc: ") + "; ".join(shown) + "."]


def _pauses(due: Due, lang: str, parties: Mapping[str, Label]) -> list[str]:
    en = lang == "en"
    lines = []
    for step in due.steps:
        if step.code != "pause":
            continue
        start, end, count = step.day, cast("date", step.params["to"]), cast("int", step.params["count"])
        days = _short(start, due.on.year, en) + (f"–{_short(end, due.on.year, en)}" if end != start else "")
        party = str(step.params["party"])
        who = parties[party](lang) if party in parties else party
        working = step.params["unit"] == "working"
        if en:
            unit = f"{'working' if working else 'calendar'} {'day' if count == 1 else 'days'}"
            said = f"{count} {unit} not counted" if count else "no day of the count falls into it"
            lines.append(f"On hold {days} ({who}): {said}.")
        else:
            unit = "ngày làm việc" if working else "ngày theo lịch"
            said = f"{count} {unit} không tính" if count else "không có ngày nào được tính trong đó"
            lines.append(f"Tạm dừng {days} ({who}): {said}.")
    return lines


def _days_off(due: Due, en: bool) -> list[str]:
    key = "name_en" if en else "name"
    off = [step for step in due.steps if step.code == "off"]
    shown: list[str] = []
    at = 0
    while at < len(off):
        end = at
        while end + 1 < len(off) and off[end + 1].day - off[end].day == _DAY:
            end += 1
        days = _short(off[at].day, due.on.year, en)
        if end > at:
            days += f"–{_short(off[end].day, due.on.year, en)}"
        names = dict.fromkeys(str(step.params[key]) for step in off[at : end + 1])
        shown.append(f"{days} {', '.join(names)}")
        at = end + 1
    for step in due.steps:
        if step.code == "weekends":
            count = step.params["count"]
            days = "day" if count == 1 else "days"
            shown.append(f"{count} weekend {days}" if en else f"{count} ngày thứ bảy, chủ nhật")
    lines = [("Not counted: " if en else "Không tính: ") + "; ".join(shown) + "."] if shown else []
    worked = [
        f"{_short(step.day, due.on.year, en)} {step.params[key]}"
        for step in due.steps
        if step.code == "worked"
    ]
    if worked:
        lines.append(("Counted: " if en else "Có tính: ") + "; ".join(worked) + ".")
    return lines


def _moved(due: Due, en: bool) -> list[str]:
    steps = [step for step in due.steps if step.code == "moved"]
    if not steps:
        return []
    key = "name_en" if en else "name"
    days = "; ".join(f"{_short(step.day, due.on.year, en)} {step.params[key]}" for step in steps)
    if en:
        return [f"Days off: {days}; the end moves to the next working day (Civil Code 2015, Art. 148.5)."]
    moved = f"thời hạn kéo sang ngày làm việc tiếp theo (khoản 5 Điều 148 {_CODE})"
    return [f"Ngày nghỉ: {days}; {moved}."]


def _source(kind: object, basis: object, en: bool) -> str:
    if en:
        return f"{'by law' if kind == 'law' else 'office policy'}: {basis}"
    return f"{'theo luật' if kind == 'law' else 'quy định của cơ quan'}: {basis}"


def _result(due: Due, en: bool) -> str:
    numbers = [step.params["last"] for step in due.steps if step.code == "run"]
    which = ""
    if numbers:
        which = f", day {numbers[-1]}" if en else f", là ngày {numbers[-1]}"
    label = "Due" if en else "Hạn"
    return f"{label} {_full(due.on, en)}{which} ({_source(due.kind, due.basis, en)})."


def _other(step: Step, due: Due, en: bool) -> str:
    source, day = _source(step.params["kind"], step.params["basis"], en), _full(step.day, en)
    if step.day == due.on:
        return (
            f"Another rule gives the same day ({source})."
            if en
            else f"Quy định khác cũng cho ngày này ({source})."
        )
    if en:
        return f"Another rule gives {day} ({source}); the earlier date holds."
    return f"Quy định khác cho hạn {day} ({source}); lấy ngày đến trước."
