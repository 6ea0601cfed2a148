"""The guarded reader of workbooks (.xlsx): whatever the file, an answer in bounded time and memory.

The parent looks at the path, the size and the first bytes; everything that unpacks or parses happens in
`workbook_child`, a process with limits of its own (reliability study 4.4: a 1 MB file took 2.1 GB).
"""

import hashlib
import json
import math
import os
import stat
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kcflow import workbook_child
from kcflow.text import visible
from states.records import record

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 30  # wall clock; the child's processor time is bounded below this

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@record(frozen=True, slots=True)
class Broken:
    """A cell with no value to read: `shown` is its error ("#REF!") or a formula saved without its result."""

    shown: str


Cell = None | str | int | Decimal | date | bool | Broken


@record(frozen=True, slots=True)
class Sheet:
    """One worksheet from A1 on. `merged`: ranges (top, left, bottom, right), from 0, both ends included;
    `hidden_rows`: rows, from 0, that the sheet has but doesn't show."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


@record(frozen=True, slots=True)
class Workbook:
    """What was read: its sheets in order, the SHA-256 (hex) of the very bytes read, the file's name."""

    sheets: tuple[Sheet, ...]
    sha256: str
    file_name: str


class WorkbookRefused(Exception):
    """A file that is not read. `code` is a key of `_SENTENCES`; `params` holds `file` and what it names."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: dict[str, str | int] = params
        super().__init__(sentence(self, "en"))


def read_workbook(path: str | Path) -> Workbook:
    """Read an .xlsx file of at most 10 MB. Raises `WorkbookRefused`, and nothing else, for any file.

    Error values and formulas without a result become `Broken`; numbers become int or Decimal, never float.
    """
    path = Path(path)
    name = visible(path.name)
    data = _bytes_of(path, name)
    _judge_first_bytes(data, name)
    answer = _ask_child(data, name)
    if "refused" in answer:
        raise WorkbookRefused(str(answer["refused"]), **{"file": name, **answer["params"]})
    return Workbook(
        sheets=tuple(_sheet(sheet) for sheet in answer["sheets"]),
        sha256=hashlib.sha256(data).hexdigest(),
        file_name=path.name,
    )


def _bytes_of(path: Path, name: str) -> bytes:
    """The file's bytes, read once and bounded, so that what is checked is what is parsed."""
    try:
        # A pipe with no writer would wait for ever on open.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise WorkbookRefused("missing", file=name) from None
    except PermissionError:
        raise WorkbookRefused("directory" if path.is_dir() else "no_permission", file=name) from None
    except (OSError, ValueError):
        raise WorkbookRefused("unreadable", file=name) from None
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            raise WorkbookRefused("directory", file=name)
        if not stat.S_ISREG(about.st_mode):
            raise WorkbookRefused("not_file", file=name)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        raise WorkbookRefused("unreadable", file=name) from None
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        found = max(about.st_size, len(data)) / 1024**2
        raise WorkbookRefused("too_large", file=name, found=math.ceil(found), most=MAX_BYTES // 1024**2)
    return data


def _judge_first_bytes(data: bytes, name: str) -> None:
    if not data:
        raise WorkbookRefused("empty_file", file=name)
    if data.startswith(_OLE):
        # The directory of an OLE file names its streams in UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookRefused("encrypted", file=name)
        if "Workbook".encode("utf-16-le") in data:
            raise WorkbookRefused("old_format", file=name)
        raise WorkbookRefused("ole", file=name)
    if not data.startswith(b"PK\x03\x04"):
        raise WorkbookRefused("not_workbook", file=name)


def _ask_child(data: bytes, name: str) -> dict[str, Any]:
    """Run the reader on `data` in its own process and return its JSON answer."""
    # By path and isolated: works from a checkout and installed, and nothing in the folder can be imported.
    command = [sys.executable, "-I", str(Path(workbook_child.__file__))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise WorkbookRefused("too_heavy", file=name) from None
    except OSError:
        raise WorkbookRefused("no_reader", file=name) from None
    if done.returncode < 0:
        # Killed by its own limits, or by the reader's refusal to allocate.
        raise WorkbookRefused("too_heavy", file=name)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if done.returncode != 0 or not isinstance(answer, dict):
        missing = b"ModuleNotFoundError" in done.stderr
        raise WorkbookRefused("no_reader" if missing else "damaged", file=name)
    return answer


def _sheet(raw: dict[str, Any]) -> Sheet:
    rows = [[_cell(value) for value in row] for row in raw["rows"]]
    for reference, shown in raw["broken"].items():
        row, column = place(reference)
        if row < workbook_child.MAX_ROWS and column < workbook_child.MAX_COLUMNS:
            while len(rows) <= row:
                rows.append([])
            rows[row].extend([None] * (column + 1 - len(rows[row])))
            if rows[row][column] is None or isinstance(rows[row][column], str):
                rows[row][column] = Broken(str(shown))
    return Sheet(
        name=raw["name"],
        rows=tuple(tuple(row) for row in rows),
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in raw["merged"]),
        hidden=bool(raw["hidden"]),
        hidden_rows=frozenset(raw["hidden_rows"]),
    )


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        if "d" in value:
            return date.fromisoformat(value["d"])
        if "b" in value:
            return bool(value["b"])
        number = Decimal(value["n"])
        if number.is_finite():
            return int(number) if number == number.to_integral_value() and abs(number) < 2**53 else number
        return Broken(value["n"])
    raise TypeError(f"not a cell: {value!r}")


def place(reference: str) -> tuple[int, int]:
    """(row, column), from 0, of a cell reference such as "H13"."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def reference(row: int, column: int) -> str:
    """The cell reference, such as "H13", of a row and column from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def sentence(refused: WorkbookRefused, lang: str) -> str:
    """One sentence in `lang` ("vi" or "en"): which file, what is wrong with it, what to do."""
    names = {
        key: visible(value) if isinstance(value, str) else value for key, value in refused.params.items()
    }
    return _SENTENCES[refused.code][0 if lang == "vi" else 1].format(**names)


_SENTENCES = {
    "missing": (
        "Không thấy tệp “{file}”: hãy kiểm tra đường dẫn.",
        "There is no file “{file}”: check the path.",
    ),
    "directory": (
        "“{file}” là thư mục: hãy chỉ ra một tệp .xlsx trong đó.",
        "“{file}” is a folder: name an .xlsx file in it.",
    ),
    "not_file": (
        "“{file}” không phải là tệp thường: hãy chỉ ra một tệp .xlsx.",
        "“{file}” is not an ordinary file: name an .xlsx file.",
    ),
    "no_permission": (
        "Không có quyền đọc “{file}”: hãy xin quyền hoặc chép tệp sang thư mục của mình.",
        "There is no permission to read “{file}”: ask for it, or copy the file into a folder of yours.",
    ),
    "unreadable": (
        "Không đọc được “{file}” từ đĩa: hãy chép lại tệp rồi thử lại.",
        "“{file}” can't be read from the disk: copy the file anew and try again.",
    ),
    "too_large": (
        "“{file}” nặng {found} MB, tối đa {most} MB: hãy tách tệp hoặc bỏ hình ảnh.",
        "“{file}” has {found} MB, the most is {most} MB: split it or remove pictures.",
    ),
    "empty_file": (
        "“{file}” là tệp rỗng: hãy lưu lại từ Excel rồi gửi lại.",
        "“{file}” is an empty file: save it again from Excel.",
    ),
    "not_workbook": (
        "“{file}” không phải là sổ tính .xlsx: hãy mở bằng Excel rồi lưu thành “Excel Workbook (.xlsx)”.",
        "“{file}” is not an .xlsx workbook: open it in Excel and save as “Excel Workbook (.xlsx)”.",
    ),
    "encrypted": (
        "“{file}” được đặt mật khẩu: hãy bỏ mật khẩu trong Excel rồi lưu lại.",
        "“{file}” is protected by a password: remove the password in Excel and save it again.",
    ),
    "old_format": (
        "“{file}” là định dạng .xls cũ: hãy mở bằng Excel rồi lưu thành .xlsx.",
        "“{file}” is in the old .xls format: open it in Excel and save as .xlsx.",
    ),
    "ole": (
        "“{file}” được đặt mật khẩu hoặc là .xls cũ: hãy bỏ mật khẩu rồi lưu thành .xlsx.",
        "“{file}” is protected by a password or is an old .xls: remove the password and save as .xlsx.",
    ),
    "damaged": (
        "“{file}” bị hỏng hoặc chưa tải về hết: hãy mở và lưu lại bằng Excel.",
        "“{file}” is damaged or was not fully downloaded: open it in Excel and save it again.",
    ),
    "bad_parts": (
        "“{file}” có cấu trúc bất thường (phần trùng tên hoặc trỏ ra ngoài): hãy lưu lại bằng Excel.",
        "“{file}” is built in an unusual way (parts of one name, or pointing outside): it is not read; "
        "save it again from Excel.",
    ),
    "too_many_parts": (
        "“{file}” có {found} phần bên trong, tối đa {most}: không đọc, hãy chép biểu sang một sổ tính mới.",
        "“{file}” has {found} parts inside, the most is {most}: it is not read; "
        "copy the table into a new workbook.",
    ),
    "too_large_unpacked": (
        "“{file}” khi bung ra quá lớn ({found} MB, tối đa {most} MB hoặc 200 lần): không đọc, "
        "hãy chép biểu sang một sổ tính mới.",
        "“{file}” is too large unpacked ({found} MB, the most is {most} MB or 200 times): it is not read; "
        "copy the table into a new workbook.",
    ),
    "doctype": (
        "“{file}” chứa khai báo XML bị cấm (DOCTYPE): không đọc, hãy lưu lại bằng Excel.",
        "“{file}” holds a forbidden XML declaration (DOCTYPE): it is not read; save it again from Excel.",
    ),
    "macros": (
        "“{file}” chứa macro: không đọc, hãy lưu thành .xlsx không có macro.",
        "“{file}” holds macros: it is not read; save it as .xlsx without macros.",
    ),
    "external_links": (
        "“{file}” có liên kết tới tệp khác: hãy ngắt liên kết (Data → Edit Links → Break Link) rồi lưu lại.",
        "“{file}” has links to other files: break them (Data → Edit Links → Break Link) and save it again.",
    ),
    "too_many_rows": (
        "“{file}” có quá nhiều dòng (từ {found}, tối đa {most}): hãy xóa dòng thừa hoặc tách tệp.",
        "“{file}” has too many rows ({found} or more, the most is {most}): "
        "delete spare rows or split the file.",
    ),
    "too_many_columns": (
        "Trang “{sheet}” của “{file}” có {found} cột, tối đa {most}: hãy xóa cột thừa.",
        "Sheet “{sheet}” of “{file}” has {found} columns, the most is {most}: delete spare columns.",
    ),
    "too_much_text": (
        "“{file}” chứa quá nhiều chữ: không đọc, hãy chép biểu sang một sổ tính mới.",
        "“{file}” holds too much text: it is not read; copy the table into a new workbook.",
    ),
    "too_heavy": (
        "Đọc “{file}” tốn quá nhiều bộ nhớ hoặc thời gian nên đã dừng: hãy chép biểu sang một sổ tính mới.",
        "Reading “{file}” took too much memory or time and was stopped: copy the table into a new workbook.",
    ),
    "no_reader": (
        "Không chạy được bộ đọc sổ tính nên chưa đọc “{file}”: hãy cài lại kcflow.",
        "The workbook reader can't be run, so “{file}” was not read: install kcflow again.",
    ),
}
