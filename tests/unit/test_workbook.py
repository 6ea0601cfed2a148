"""The guarded reader of workbooks."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kcflow import workbook, workbook_child
from kcflow.workbook import Broken, WorkbookRefused, place, read_workbook, reference, sentence
from tests import workbooks


def refusal(path: Path) -> WorkbookRefused:
    with pytest.raises(WorkbookRefused) as caught:
        read_workbook(path)
    return caught.value


@pytest.mark.parametrize("name", workbooks.BAD)
def test_bad_files_are_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, code = workbooks.BAD[name]
    path = tmp_path / "biểu [red].xlsx"
    path.write_bytes(make())
    refused = refusal(path)
    assert refused.code == code
    vi, en = sentence(refused, "vi"), sentence(refused, "en")
    assert "biểu [red].xlsx" in vi
    assert "biểu [red].xlsx" in en
    assert vi != en


def test_every_code_has_a_sentence_in_both_languages() -> None:
    params: dict[str, str | int] = {"file": "a", "sheet": "b", "found": 1, "most": 2}
    for code in workbook._SENTENCES:
        refused = WorkbookRefused(code, **params)
        assert all(sentence(refused, lang).endswith(".") for lang in ("vi", "en"))


def test_paths(tmp_path: Path) -> None:
    good = workbooks.write_register(tmp_path / "a.xlsx")
    link = tmp_path / "link.xlsx"
    link.symlink_to(good)
    assert read_workbook(link) == read_workbook(str(link))
    assert read_workbook(link).sha256 == hashlib.sha256(good.read_bytes()).hexdigest()
    assert refusal(tmp_path / "không có.xlsx").code == "missing"
    assert refusal(good / "x.xlsx").code == "missing"
    assert refusal(tmp_path).code == "directory"
    assert refusal(Path("a\0b.xlsx")).code == "unreadable"
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    assert refusal(pipe).code == "not_file"
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    assert refusal(loop).code == "unreadable"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbooks.write_register(tmp_path / "a.xlsx")

    def denied(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", denied)
    assert refusal(path).code == "no_permission"


def test_size_is_bounded_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(workbook.MAX_BYTES + 1)
    refused = refusal(path)
    assert refused.code == "too_large"
    assert refused.params["most"] == 10


def test_control_characters_in_a_file_name_are_shown(tmp_path: Path) -> None:
    assert "a␛[31m.xlsx" in sentence(refusal(tmp_path / "a\x1b[31m.xlsx"), "vi")


def test_values_keep_their_kind_and_place(tmp_path: Path) -> None:
    rows: list[list[workbooks.Value]] = [
        [],
        [None, "chữ", 155, 257.8, Decimal("0.1"), True, date(2024, 3, 1), " thừa ", "00012"],
        [None, '<c t="e"><v>#REF!</v></c>', "<c><f>SUM(C2:C2)</f></c>", "<c><f>C2</f><v>155</v></c>"],
        [None, '<c t="str"><f>IF(1,"")</f><v></v></c>', '<c t="inlineStr"><is><t>a_x001B_b</t></is></c>'],
        ["\U0001f375 chè", 403.29999999999995, 1e300],
    ]
    path = workbooks.write_workbook(tmp_path / "a.xlsx", {"Một": rows, "Hai": []}, merged=["B2:C3"])
    first, second = read_workbook(path).sheets
    assert first.rows[1] == (
        None,
        "chữ",
        155,
        Decimal("257.8"),
        Decimal("0.1"),
        True,
        date(2024, 3, 1),
        " thừa ",
        "00012",
    )
    assert first.rows[2][1:4] == (Broken("#REF!"), Broken("=SUM(C2:C2)"), 155)
    assert first.rows[3][1:3] == (None, "a\x1bb")
    assert first.rows[4][:3] == ("\U0001f375 chè", Decimal("403.29999999999995"), Decimal("1e300"))
    assert first.merged == ((1, 1, 2, 2),)
    assert (second.name, second.rows, second.hidden) == ("Hai", (), False)
    assert not any(isinstance(value, float) for row in first.rows for value in row)


def test_a_table_that_starts_elsewhere_keeps_its_references(tmp_path: Path) -> None:
    path = workbooks.write_workbook(tmp_path / "a.xlsx", {"Một": [[], [], [None, None, "x", 1]]})
    sheet = read_workbook(path).sheets[0]
    assert sheet.rows[2] == (None, None, "x", 1)
    assert not any(value for row in sheet.rows[:2] for value in row)


def test_hidden_sheets_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.pack(workbooks.workbook_parts({"Một": [["x"]], "Ẩn": [["y"]]}, hidden=["Ẩn"])))
    assert [(sheet.name, sheet.hidden) for sheet in read_workbook(path).sheets] == [
        ("Một", False),
        ("Ẩn", True),
    ]


def test_the_limits_themselves_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.many_rows(20_000))
    assert len(read_workbook(path).sheets[0].rows) == 20_000
    path.write_bytes(workbooks.many_columns(60))
    assert len(read_workbook(path).sheets[0].rows[0]) == 60


def test_every_sample_register_is_read() -> None:
    for path in sorted(workbooks.REGISTERS.glob("*.xlsx")):
        (sheet,) = read_workbook(path).sheets
        assert any("TỔNG CỘNG" in row for row in sheet.rows)


def test_references() -> None:
    for at, name in (((0, 0), "A1"), ((12, 7), "H13"), ((0, 25), "Z1"), ((9, 26), "AA10"), ((1, 701), "ZZ2")):
        assert (place(name), reference(*at)) == (at, name)


def child_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> WorkbookRefused:
    """What the parent makes of a child that runs `code` instead of reading."""
    script = tmp_path / "child.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.setattr(workbook_child, "__file__", str(script))
    return refusal(workbooks.write_register(tmp_path / "a.xlsx"))


def test_a_child_that_fails_is_a_sentence_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert child_says(monkeypatch, tmp_path, "raise RuntimeError('boom')").code == "damaged"
    assert child_says(monkeypatch, tmp_path, "import os; os.abort()").code == "too_heavy"
    assert child_says(monkeypatch, tmp_path, "print('not json')").code == "damaged"
    assert child_says(monkeypatch, tmp_path, "import no_such_module").code == "no_reader"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert child_says(monkeypatch, tmp_path, "").code == "no_reader"


def test_a_child_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbook, "SECONDS", 0.2)
    assert child_says(monkeypatch, tmp_path, "while True: pass").code == "too_heavy"


def test_the_child_limits_itself() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(workbook_child.__file__).parent)!r})\n"
        "import workbook_child, resource, json\n"
        "workbook_child.limit_this_process()\n"
        "print(json.dumps([resource.getrlimit(k)[0] for k in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    memory, seconds = json.loads(done.stdout)
    assert 0 < memory <= workbook_child.MEMORY
    assert 0 < seconds <= workbook_child.CPU_SECONDS
