"""What is wrong with a lifecycle file, where, and what was expected: one sentence in either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_SENTENCES: dict[str, tuple[str, str]] = {
    # reading
    "unreadable": ("không đọc được tệp ({detail})", "the file can't be read ({detail})"),
    "not_utf8": ("tệp không phải văn bản UTF-8", "the file is not UTF-8 text"),
    "too_large": (
        "tệp lớn hơn {limit} byte, không phải tệp quy trình",
        "the file is larger than {limit} bytes, which no lifecycle is",
    ),
    "syntax": ("sai cú pháp TOML ở dòng {line}: {detail}", "TOML syntax error at line {line}: {detail}"),
    "unknown_key": ("không có khóa này; các khóa dùng được: {expected}", "no such key; keys: {expected}"),
    "missing_key": ("thiếu khóa bắt buộc", "this key is required"),
    "wrong_type": ("phải là {expected}, nhưng là {found}", "must be {expected}, but is {found}"),
    "bad_choice": ('"{found}" phải là một trong: {expected}', '"{found}" must be one of: {expected}'),
    "missing_language": (
        'thiếu nhãn "{language}"; mỗi nhãn cần cả vi và en',
        'the label lacks "{language}"; every label needs both vi and en',
    ),
    "empty_text": ("văn bản trống", "the text is empty"),
    "unsafe_text": (
        "văn bản có ký tự điều khiển hoặc dài quá {limit} ký tự",
        "the text has control characters or is longer than {limit} characters",
    ),
    "bad_name": (
        'tên "{found}" chỉ được gồm chữ thường a-z, số và dấu gạch dưới, bắt đầu bằng chữ',
        'the name "{found}" may only have a-z, digits and underscores, and starts with a letter',
    ),
    "dates_reversed": ("ngày hết hiệu lực trước ngày bắt đầu", "it ends before it begins"),
    "unknown_parameter": ('không có tham số "{found}"', 'there is no parameter "{found}"'),
    # names
    "duplicate": ('tên "{found}" dùng hai lần', 'the name "{found}" is used twice'),
    "unknown_phase": ('không có giai đoạn "{found}"', 'there is no phase "{found}"'),
    "unknown_state": ('không có trạng thái "{found}"', 'there is no state "{found}"'),
    "unknown_role": ('không có vai trò "{found}"', 'there is no role "{found}"'),
    "reading_role": ('vai trò "{found}" chỉ được xem', 'the role "{found}" may only read'),
    "unknown_holder": ('không có bên giữ hồ sơ "{found}"', 'there is no holder "{found}"'),
    "unknown_guard": ('không có điều kiện "{found}"', 'there is no guard "{found}"'),
    "unknown_document": ('không có loại giấy tờ "{found}"', 'there is no document kind "{found}"'),
    "unknown_subject": ('không có loại hồ sơ "{found}"', 'there is no kind of dossier "{found}"'),
    "unknown_field": ('không có trường nhập "{found}"', 'there is no input field "{found}"'),
    # shape
    "fund_subject": (
        'fund = true dùng cho kế hoạch, đợt phân bổ, hợp đồng và chỉ cho các loại đó, không phải "{found}"',
        'fund = true goes with plans, rounds and contracts, and only with those, not with "{found}"',
    ),
    "charge_without_amount": (
        "ghi vào nguồn tiền nào đó thì phải có amount",
        "what is charged needs an amount",
    ),
    "moves_without_items": (
        "chỉ kế hoạch, đợt phân bổ, hợp đồng, điều chỉnh mới có moves",
        "only plans, rounds, contracts and adjustments have moves",
    ),
    "release_not_allocated": (
        'release chỉ dùng với amount = "allocated"',
        'release only goes with amount = "allocated"',
    ),
    "signed_amount": (
        'signed chỉ dùng với amount = "allocated" hoặc "contracted"',
        'signed only goes with amount = "allocated" or "contracted"',
    ),
    "empty_list": ("cần ít nhất một mục", "at least one entry is needed"),
    "phase_unused": ("giai đoạn không có trạng thái nào", "no state belongs to this phase"),
    "phase_order": (
        "trạng thái đầu phải thuộc giai đoạn đầu và kết thúc hoàn thành thuộc giai đoạn cuối",
        "the initial state belongs to the first phase and the completed ending to the last",
    ),
    "no_completion": (
        'chưa có trạng thái cuối nào với ending = "completed"',
        'no final state has ending = "completed"',
    ),
    "ending_not_final": ("chỉ trạng thái cuối mới có ending", "only a final state has an ending"),
    "final_without_ending": ("trạng thái cuối phải có ending", "a final state needs an ending"),
    "final_with_exit": (
        'trạng thái cuối "{found}" không được có lối ra',
        'no action may leave the final state "{found}"',
    ),
    "unreachable": (
        "không đi đến được trạng thái này từ trạng thái đầu",
        "this state can't be reached from the initial state",
    ),
    "dead_end": ("trạng thái chưa kết thúc mà không có lối ra", "an open state without a way out"),
    "no_way_to_end": (
        "từ trạng thái này không đi đến được kết thúc nào",
        "no final state can be reached from this state",
    ),
    "target_order": (
        "đích không điều kiện phải đứng cuối và chỉ có một",
        "the target without a condition stands last, and there is only one",
    ),
    "target_not_exhaustive": (
        "cần một đích cuối không điều kiện, hoặc hai điều kiện bù nhau",
        "the last target needs no condition, or two conditions that exclude each other",
    ),
    "return_without_memory": (
        "@return_to cần một hành động có remembers_return = true",
        "@return_to needs an action with remembers_return = true",
    ),
    "memory_without_return": (
        "remembers_return cần một hành động dẫn tới @return_to",
        "remembers_return needs an action that leads to @return_to",
    ),
    "act_document_need": (
        "act_document và act_document_need phải đi cùng nhau",
        "act_document and act_document_need go together",
    ),
    "round_without_allocation": (
        'round chỉ dùng với amount = "allocated"',
        'round only goes with amount = "allocated"',
    ),
    "renews_without_staying": (
        'renews_deadline chỉ dùng khi to = "@same"',
        'renews_deadline only goes with to = "@same"',
    ),
    # deadlines
    "no_such_date": (
        "ngày {found} không có trong mọi năm (ngày/tháng)",
        "{found} (day/month) is not a date of every year",
    ),
    "bad_day": ("ngày trong tháng phải từ 1 đến 28, không phải {found}", "the day is 1 to 28, not {found}"),
    "bad_days": ("số ngày phải từ 1 đến {limit}, không phải {found}", "days are 1 to {limit}, not {found}"),
    "bad_months": (
        "số tháng phải từ 1 đến {limit}, không phải {found}",
        "months are 1 to {limit}, not {found}",
    ),
    "bad_plan_year": ("plan_year phải từ −2 đến 2, không phải {found}", "plan_year is −2 to 2, not {found}"),
}
"""Code → (Vietnamese, English). Parameters are filled in by `LifecycleError.sentence`."""


def _shown(value: object) -> str:
    """Make a text from the file harmless and short: no control or direction characters."""
    text = ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    text = "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029" else char
        for char in text
    )
    return text if len(text) <= 600 else text[:599] + "…"


class LifecycleError(ValueError):
    """A lifecycle file that can't be used.

    file: its name as given; table: e.g. "action.register_with_ministry" ("" = top of the file);
    key: the key in that table ("" = the whole table); code: one of the sentences' codes;
    params: what was found and expected, for the sentence.
    """

    def __init__(self, file: str, table: str, key: str, code: str, **params: object) -> None:
        self.file = file
        self.table = table
        self.key = key
        self.code = code
        self.params = params
        super().__init__(self.sentence("en"))

    def sentence(self, lang: str) -> str:
        """Return one sentence in `lang` ("vi" or "en"): file, table, key, what is wrong, a near miss."""
        english = lang == "en"
        template = _SENTENCES[self.code][1 if english else 0]
        values = {name: _shown(value) for name, value in self.params.items()}
        place = [_shown(self.file)]
        if self.table:
            place.append(f"[{_shown(self.table)}]")
        if self.key:
            place.append(("key" if english else "khóa") + f' "{_shown(self.key)}"')
        text = f"{', '.join(place)}: {template.format(**values)}"
        if near := values.get("suggestion"):
            text += f'; did you mean "{near}"?' if english else f'; có phải ý là "{near}"?'
            return text
        return text + "."


def near_miss(found: str, known: Iterable[str]) -> str | None:
    """Return the one known name that `found` probably means, or None."""
    close = get_close_matches(found, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None
