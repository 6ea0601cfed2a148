"""The half of the workbook reader that touches the file's content, run in a limited process of its own.

Run by path (`python -I workbook_child.py < bytes > JSON`), so it imports nothing of kcflow. It writes one
JSON object: {"sheets": [...]} or {"refused": code, "params": {...}}. Anything else is a failure of the file.
"""

import contextlib
import io
import json
import posixpath
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

MAX_PARTS = 2_000
MAX_RATIO = 200
MAX_UNPACKED = 64 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CHARACTERS = 4_000_000
MEMORY = 1024**3
CPU_SECONDS = 20
# Rows may be empty but formatted; far more of them than this no person made.
MAX_ROW_ELEMENTS = 200_000

_SMALL = 64 * 1024  # below this a high ratio is only a short, even text
_MAIN = b"spreadsheetml.sheet.main+xml"
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ERROR_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3}\d{1,7})"[^>]*(?<!/)>(.*?)</c>', re.DOTALL
)
# A formula whose result is an empty text (t="str") was computed; it is simply empty.
_UNCOMPUTED = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*[^/>]>([^<]*)</f>|>([^<]*)</f>)'
    rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_SHARED = re.compile(rb"<si\b[^>]*>.*?</si>", re.DOTALL)
_SHARED_CELL = re.compile(rb'<c\b[^>]*\bt="s"[^>]*>\s*<v>(\d{1,9})</v>')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d{1,7})"')


class Refused(Exception):
    """A workbook that will not be read; `code` and `params` as in kcflow.workbook.WorkbookRefused."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def open_checked(data: bytes) -> zipfile.ZipFile:
    """Open the archive, having judged its directory before anything is unpacked. Raises `Refused`."""
    _count_parts(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise Refused("damaged") from None
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Refused("too_many_parts", found=len(parts), most=MAX_PARTS)
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(set(names)) != len(names):
        raise Refused("bad_parts")
    for name in names:
        if name.startswith("/") or ":" in name.partition("/")[0] or ".." in name.split("/"):
            raise Refused("bad_parts")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise Refused("too_large_unpacked", found=unpacked // 1024**2, most=MAX_UNPACKED // 1024**2)
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise Refused("too_large_unpacked", found=unpacked // 1024**2, most=MAX_UNPACKED // 1024**2)
    if any("vbaproject" in name for name in names):
        raise Refused("macros")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refused("external_links")
    return archive


def _count_parts(data: bytes) -> None:
    """Read the number of parts from the end of the archive: even listing 60,000 of them takes too long."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 22:
        raise Refused("damaged")
    (count,) = struct.unpack_from("<H", data, end + 10)
    if count > MAX_PARTS:
        raise Refused("too_many_parts", found=count, most=MAX_PARTS)


def inspect_parts(archive: zipfile.ZipFile) -> None:
    """Unpack every part once (which checks its length and CRC) and judge its content. Raises `Refused`."""
    main = False
    for part in archive.infolist():
        name = part.filename.lower()
        try:
            content = archive.read(part)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
            raise Refused("damaged") from None
        except Exception as error:
            # zlib and lzma raise their own classes for broken streams.
            if type(error).__module__ in ("zlib", "_lzma", "lzma"):
                raise Refused("damaged") from None
            raise
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        # XML in UTF-16 is the same text with a NUL beside each letter.
        plain = content.replace(b"\0", b"") if b"\0" in content[:200] else content
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise Refused("doctype")
        if name == "[content_types].xml":
            if b"macroEnabled" in plain or b"vbaProject" in plain:
                raise Refused("macros")
            main = _MAIN in plain or b"spreadsheetml.template.main+xml" in plain
        if name.startswith("xl/worksheets/") and len(_ROW.findall(plain)) > MAX_ROW_ELEMENTS:
            raise Refused("too_many_rows", found=MAX_ROW_ELEMENTS, most=MAX_ROWS)
    if not main:
        raise Refused("not_workbook")
    _weigh_shared_strings(archive)


def _weigh_shared_strings(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook that shows one long text in very many cells: small to store, gigabytes to read."""
    lengths = [
        len(item)
        for part in archive.namelist()
        if part.lower() == "xl/sharedstrings.xml"
        for item in _SHARED.findall(archive.read(part))
    ]
    weight = 0
    for part in archive.namelist() if lengths else ():
        if part.lower().startswith("xl/worksheets/"):
            for cell in _SHARED_CELL.finditer(archive.read(part)):
                at = int(cell[1])
                weight += lengths[at] if at < len(lengths) else 0
    # Tags and UTF-8 weigh too, so the bound is far above that of the text itself.
    if weight > 10 * MAX_CHARACTERS:
        raise Refused("too_much_text")


def unread_cells(archive: zipfile.ZipFile) -> dict[str, dict[str, str]]:
    """Per sheet name, the cells that calamine gives as empty though the sheet shows or computes something.

    {"Sheet1": {"H13": "#REF!", "I20": "=SUM(I9:I19)"}}: errors, and formulas saved without their result.
    """
    found: dict[str, dict[str, str]] = {}
    for sheet, part in _sheet_parts(archive):
        content = archive.read(part)
        cells: dict[str, str] = {}
        for match in _UNCOMPUTED.finditer(content):
            cells[match[1].decode()] = "=" + (match[2] or match[3] or b"").decode("utf-8", "replace")[:60]
        for match in _ERROR_CELL.finditer(content):
            value = _VALUE.search(match[2])
            cells[match[1].decode()] = value[1].decode("utf-8", "replace")[:20] if value else "#ERROR"
        found[sheet] = cells
    return found


def hidden_rows(archive: zipfile.ZipFile) -> dict[str, list[int]]:
    """Per sheet name, the rows (from 0) that the sheet doesn't show: hidden, or filtered away."""
    return {
        sheet: [int(match[1]) - 1 for match in _HIDDEN_ROW.finditer(archive.read(part))]
        for sheet, part in _sheet_parts(archive)
    }


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, part name) as the workbook part and its relations say; nothing where they are unusual."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    try:
        # DOCTYPE and ENTITY were refused before, so nothing can expand here.
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = set(archive.namelist())
    for sheet in workbook.iter(main + "sheet"):
        target = targets.get(sheet.get(link)) or ""
        part = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        if part in parts:
            yield sheet.get("name", ""), part


def read_sheets(
    data: bytes, unread: dict[str, dict[str, str]], hidden: dict[str, list[int]]
) -> list[dict[str, Any]]:
    """All worksheets as JSON: name, hidden, rows (from A1), merged ranges, broken cells, hidden rows.

    Raises `Refused`.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets: list[dict[str, Any]] = []
    rows_read = characters = 0
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for about in workbook.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if sheet.end is not None and sheet.end[1] + 1 > MAX_COLUMNS:
                raise Refused("too_many_columns", sheet=about.name, found=sheet.end[1] + 1, most=MAX_COLUMNS)
            rows_read += sheet.end[0] + 1 if sheet.end else 0
            if rows_read > MAX_ROWS:
                raise Refused("too_many_rows", sheet=about.name, found=rows_read, most=MAX_ROWS)
            merged = sheet.merged_cell_ranges or []
            if len(merged) > MAX_ROWS:
                raise Refused("too_heavy")
            left = [None] * (sheet.start[1] if sheet.start else 0)
            rows: list[list[Any]] = []
            for row in sheet.iter_rows() if sheet.start else ():
                cells = [_as_json(value) for value in row]
                characters += sum(len(cell) for cell in cells if isinstance(cell, str))
                if characters > MAX_CHARACTERS:
                    raise Refused("too_much_text", sheet=about.name)
                rows.append([*left, *cells])
            sheets.append(
                {
                    "name": about.name,
                    "hidden": about.visible is not SheetVisibleEnum.Visible,
                    "rows": rows,
                    "merged": [[*start, *end] for start, end in merged],
                    "broken": unread.get(about.name, {}),
                    "hidden_rows": hidden.get(about.name, []),
                }
            )
    except CalamineError:
        raise Refused("damaged") from None
    return sheets


def _as_json(value: object) -> object:
    """A cell as JSON: text as text, and {"n": repr}, {"d": ISO day}, {"b": 0/1} for what JSON would blur."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return {"b": int(value)}
    if isinstance(value, int | float):
        return {"n": repr(value)}
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f} s"
    return str(value)


def limit_this_process() -> None:
    """Bound memory and processor time where the system can; elsewhere only the parent's clock runs."""
    try:
        import resource
    except ImportError:
        return
    # The soft limit kills the process, so it must lie below the hard one, which may already be lower.
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read bytes from standard input, answer with one JSON object on standard output."""
    limit_this_process()
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    try:
        archive = open_checked(data)
        inspect_parts(archive)
        answer = {"sheets": read_sheets(data, unread_cells(archive), hidden_rows(archive))}
    except Refused as refused:
        answer = {"refused": refused.code, "params": refused.params}
    except MemoryError:
        answer = {"refused": "too_heavy", "params": {}}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))


if __name__ == "__main__":
    main()
