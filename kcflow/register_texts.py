"""One sentence for everything that reading a register may say: where, what was found, what to do."""

from datetime import date

from kcflow.formats import UNIT_WORDS, NumberRefused, date_text, dong
from kcflow.formats import sentence as number_sentence
from kcflow.register_types import Note, Problem, Question, RegisterRefused
from kcflow.text import TextRefused, visible
from kcflow.text import sentence as text_sentence

COLUMNS = {
    "ordinal": ("TT", "No."),
    "title": ("Tên đề án", "Title"),
    "unit": ("Đơn vị thực hiện", "Implementing unit"),
    "objective": ("Mục tiêu và nội dung chính", "Objective"),
    "result": ("Dự kiến kết quả", "Expected result"),
    "start": ("Bắt đầu", "Start"),
    "end": ("Kết thúc", "End"),
    "period": ("Thời gian thực hiện", "Schedule"),
    "total": ("Tổng số", "Total"),
    "requested": ("Kinh phí hỗ trợ (KCQG/KCĐP)", "Support (KCQG/KCĐP)"),
    "counterpart": ("Đơn vị thụ hưởng", "Beneficiary"),
    "other": ("Nguồn khác", "Other sources"),
    "note": ("Ghi chú", "Note"),
}
_FACTS = {
    "province_code": ("tỉnh", "the province"),
    "plan_year": ("năm kế hoạch", "the plan year"),
    "source": ("nguồn (KCQG hay KCĐP)", "the source (KCQG or KCĐP)"),
    "unit": ("đơn vị tính", "the unit"),
}
_VALUES = {
    "kcqg": ("khuyến công quốc gia", "national (KCQG)"),
    "kcdp": ("khuyến công địa phương", "local (KCĐP)"),
    **UNIT_WORDS,
}

_PROBLEMS = {
    "missing_title": ("chưa có tên đề án: hãy nhập tên.", "there is no title: type one."),
    "missing_unit": (
        "chưa có đơn vị thực hiện: hãy nhập tên đơn vị.",
        "there is no implementing unit: type its name.",
    ),
    "missing_amount": (
        "chưa có số tiền ở cột “{column}”: hãy nhập số.",
        "there is no amount under “{column}”: type it.",
    ),
    "sum_mismatch": (
        "tổng số ghi {found} nhưng các nguồn cộng lại là {expected}: hãy sửa tổng số hoặc các nguồn.",
        "the total says {found} but the sources add up to {expected}: correct the total or the sources.",
    ),
    "total_mismatch": (
        "dòng tổng cộng, cột “{column}”, ghi {found} nhưng các dòng cộng lại là {expected}: "
        "hãy sửa dòng tổng cộng hoặc các dòng.",
        "the totals row says {found} under “{column}” but the rows add up to {expected}: "
        "correct the totals row or the rows.",
    ),
    "group_mismatch": (
        "dòng cộng của nhóm, cột “{column}”, ghi {found} nhưng các đề án trong nhóm cộng lại là {expected}: "
        "hãy sửa dòng cộng hoặc các đề án.",
        "the group's total says {found} under “{column}” but its proposals add up to {expected}: "
        "correct the group's total or the proposals.",
    ),
    "absurd": (
        "{found} là quá lớn cho một đề án: hãy kiểm tra đơn vị tính (đang đọc là {unit}).",
        "{found} is too much for one proposal: check the unit (now read as {unit}).",
    ),
    "broken_cell": (
        "ô chứa “{found}” là lỗi hoặc công thức chưa có kết quả: hãy sửa, tính lại rồi lưu bằng Excel.",
        "the cell holds “{found}”, an error or a formula without a result: correct it and save in Excel.",
    ),
    "not_date": (
        "“{found}” không phải là thời gian: hãy ghi như 03/2024 hoặc 15/03/2024.",
        "“{found}” is no date: write it as 03/2024 or 15/03/2024.",
    ),
    "end_before_start": (
        "kết thúc ({found}) trước khi bắt đầu ({expected}): hãy sửa thời gian thực hiện.",
        "the end ({found}) is before the start ({expected}): correct the schedule.",
    ),
    "no_rows": (
        "không có dòng đề án nào dưới tiêu đề bảng: hãy kiểm tra lại biểu.",
        "there is no proposal below the table's heading: check the sheet.",
    ),
    "province_unknown": (
        "“{found}” không có trong danh mục tỉnh, thành phố ngày {expected}: hãy sửa tên hoặc chỉ rõ tỉnh.",
        "“{found}” is no province in the list of {expected}: correct the name or say which province it is.",
    ),
    "province_not_then": (
        "{found} không còn là tỉnh riêng vào ngày {expected}{into}: hãy dùng tên tỉnh đúng thời điểm.",
        "{found} was no province of its own on {expected}{into}: use the name that was in force.",
    ),
    "missing_date": (
        "chưa có thời gian ở cột “{column}”: nên bổ sung.",
        "there is no date under “{column}”: better add it.",
    ),
    "far_date": (
        "{found} cách năm kế hoạch {expected} hơn 5 năm: hãy kiểm tra lại.",
        "{found} is more than 5 years from the plan year {expected}: check it.",
    ),
    "duplicate": (
        "tên đề án và đơn vị giống hệt dòng {expected} (“{found}”): hãy kiểm tra xem có nhập trùng không.",
        "title and unit are the same as in row {expected} (“{found}”): check whether it was entered twice.",
    ),
    "no_total": (
        "không có dòng tổng cộng nên chưa đối chiếu được: hãy cộng lại bằng tay.",
        "there is no totals row to compare with: check the sums by hand.",
    ),
    "nothing_requested": (
        "không đề nghị hỗ trợ đồng nào (0 ở cột “{column}”): hãy kiểm tra lại.",
        "no support is asked for (0 under “{column}”): check it.",
    ),
    "unit_doubtful": (
        "tổng số chỉ {found}: hãy kiểm tra đơn vị tính (đang đọc là {unit}).",
        "the total is only {found}: check the unit (now read as {unit}).",
    ),
    "overruled": (
        "biểu ghi {fact} là {found}, đã dùng {expected} theo lựa chọn của bạn: hãy kiểm tra lại.",
        "the sheet says that {fact} is {found}; {expected} was used as you chose: check it.",
    ),
    "other_sheet": (
        "trang này cũng có bảng đề án nhưng không được đọc: nếu cần, hãy lưu thành tệp riêng rồi nhập.",
        "this sheet holds a table of proposals too but was not read: save it as its own file to import it.",
    ),
    "row_ignored": (
        "dòng “{found}” nằm giữa bảng nhưng không phải là đề án nên được bỏ qua: hãy kiểm tra lại.",
        "the row “{found}” inside the table is no proposal and was passed over: check it.",
    ),
    "group_unknown": (
        "không rõ nhóm “{found}” là loại đề án nào, đã đọc là đề án thường: hãy kiểm tra lại.",
        "the kind of the group “{found}” is not known, it was read as ordinary: check it.",
    ),
}
_NOTES = {
    "spaces": ("bỏ dấu cách thừa", "spare spaces removed"),
    "line_breaks": ("nối các dòng trong ô", "lines in the cell joined"),
    "composed": ("ghép dấu chữ Việt về một cách viết", "letters and marks composed"),
    "ditto": ("dấu “như trên” được thay bằng nội dung dòng trên", "a ditto mark replaced by the text above"),
    "text_number": ("đọc chữ thành số", "text read as a number"),
    "ambiguous_number": (
        "số có hai cách đọc, đã đọc theo cách viết Việt Nam: hãy kiểm tra",
        "a number with two readings, read the Vietnamese way: check it",
    ),
    "number_noise": ("bỏ phần lẻ do máy tính cộng số", "rounding noise of the sheet dropped"),
    "assumed_year": ("thêm năm kế hoạch vào thời gian", "the plan year added to the date"),
}
_ABOUT_MONEY = {"sum_mismatch", "total_mismatch", "group_mismatch", "absurd", "unit_doubtful"}
_ABOUT_DAYS = {"end_before_start", "far_date"}


def sentence(said: Problem | Note | Question, lang: str) -> str:
    """One sentence in `lang` ("vi" or "en"): sheet and cell, what was found and expected, what to do."""
    if isinstance(said, Problem):
        return _problem(said, lang)
    return _note(said, lang) if isinstance(said, Note) else _question(said, lang)


def _place(sheet: str, cell: str, vi: bool) -> str:
    sheet = visible(sheet)
    if vi:
        return f"Trang “{sheet}”, ô {cell}: " if cell else f"Trang “{sheet}”: "
    return f"Sheet “{sheet}”, cell {cell}: " if cell else f"Sheet “{sheet}”: "


def _problem(problem: Problem, lang: str) -> str:
    vi = lang == "vi"
    place = _place(problem.sheet, problem.cell, vi)
    if isinstance(problem.cause, TextRefused):
        return place + _lower_first(text_sentence(problem.cause, lang))
    if problem.code not in _PROBLEMS:
        refused = NumberRefused(problem.code, found=problem.found, unit=problem.expected)
        return place + _lower_first(number_sentence(refused, lang))
    which = 0 if vi else 1
    names = {
        "found": problem.found,
        "expected": problem.expected,
        "column": COLUMNS.get(problem.column, ("", ""))[which],
        "unit": UNIT_WORDS.get(problem.expected, ("", ""))[which],
        "fact": _FACTS.get(problem.column, ("", ""))[which],
        "into": "",
    }
    if problem.code in _ABOUT_MONEY:
        names |= {key: dong(int(names[key]), lang) for key in ("found", "expected") if names[key].isdigit()}
    elif problem.code in _ABOUT_DAYS:
        names |= {key: _day(names[key], lang) for key in ("found", "expected")}
    elif problem.code == "overruled":
        for key in ("found", "expected"):
            parts = names[key].split(", ")
            names[key] = ", ".join(_VALUES[part][which] if part in _VALUES else part for part in parts)
    elif problem.code.startswith("province_"):
        day, _, into = problem.expected.partition(" ")
        names["expected"] = _day(day, lang)
        if into:
            names["into"] = f" (nay thuộc {into})" if vi else f" (it is part of {into})"
    return place + _PROBLEMS[problem.code][which].format(**names)


def _day(iso: str, lang: str) -> str:
    try:
        return date_text(date.fromisoformat(iso), lang)
    except ValueError:
        return iso


def _note(note: Note, lang: str) -> str:
    vi = lang == "vi"
    became = note.became
    if note.code in ("text_number", "ambiguous_number"):
        became = dong(int(became), lang)
    what = _NOTES[note.code][0 if vi else 1]
    return f"{_place(note.sheet, note.cell, vi)}{what}: “{note.found}” → “{became}”."


def _question(question: Question, lang: str) -> str:
    vi = lang == "vi"
    fact = _FACTS[question.field][0 if vi else 1]
    if question.seen:
        parts = [visible(part) for part in question.seen.split(", ")]
        seen = ", ".join(_VALUES[part][0 if vi else 1] if part in _VALUES else part for part in parts)
        return (
            f"Biểu ghi {fact} theo nhiều cách ({seen}): hãy chọn một."
            if vi
            else f"The sheet says {fact} in more than one way ({seen}): choose one."
        )
    return (
        f"Không tìm thấy {fact} trong phần đầu biểu: hãy cho biết."
        if vi
        else f"The head of the sheet does not say {fact}: please give it."
    )


def refused_sentence(refused: RegisterRefused, lang: str) -> str:
    """One sentence in `lang`: in which sheets the table was looked for and which columns each lacks."""
    vi = lang == "vi"
    which = 0 if vi else 1
    sheets = "; ".join(
        f"“{visible(sheet)}”: {', '.join(COLUMNS[name][which] for name in missing)}"
        for sheet, missing in refused.missing.items()
    )
    if vi:
        return (
            f"“{visible(refused.file)}” không có bảng đề án (Mẫu 2); cột còn thiếu ở từng trang: {sheets}. "
            "Hãy kiểm tra dòng tiêu đề của bảng."
        )
    return (
        f"“{visible(refused.file)}” holds no table of proposals (Mẫu 2); columns missing: {sheets}. "
        "Check the heading of the table."
    )


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
