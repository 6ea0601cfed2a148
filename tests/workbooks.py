"""Makers of workbooks for tests, good and bad, written part by part so that nothing tidies them up."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

REGISTERS = Path(__file__).parent.parent / "kcflow" / "data" / "registers"

Value = str | int | float | Decimal | date | bool | None
Rows = Sequence[Sequence[Value]]

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PART_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_HEADER: list[list[Value]] = [
    [
        *["TT", "Tên đề án", "Đơn vị thực hiện", "Mục tiêu và nội dung chính", "Dự kiến kết quả"],
        *["Thời gian thực hiện"] * 2,
        *["Kinh phí"] * 4,
        "Ghi chú",
    ],
    [*[None] * 5, "Bắt đầu", "Kết thúc", "Tổng số", "KCQG", "Đơn vị thụ hưởng", "Nguồn khác"],
]
_NAMES = (
    *("ordinal", "title", "unit", "objective", "result", "start", "end"),
    *("total", "requested", "counterpart", "other", "note"),
)
ROW: list[Value] = [
    1,
    "Đào tạo nghề chế biến chè",
    "Trung tâm Khuyến công Hà Giang",
    "Đào tạo nghề",
    "90 lao động",
    "02/2024",
    "07/2024",
    349.5,
    260,
    89.5,
    None,
    None,
]


def register_rows(
    data: Rows | None = None,
    *,
    province: str | None = "HÀ GIANG",
    year: int | None = 2024,
    source: str | None = "QUỐC GIA",
    unit: str | None = "triệu đồng",
    report: str | None = "(Kèm theo Báo cáo số 57/BC-SCT ngày 08 tháng 6 năm 2023 của Sở Công Thương)",
    total: Sequence[Value] | None = None,
) -> list[list[Value]]:
    """Rows of a register (Mẫu 2): data from row 9 on, then a totals row if `total` (amounts) is given."""
    rows: list[list[Value]] = [
        [f"UBND TỈNH {province}" if province else None],
        ["SỞ CÔNG THƯƠNG"],
        [],
        [f"BIỂU TỔNG HỢP CHI TIẾT ĐỀ ÁN{' KHUYẾN CÔNG ' + source if source else ''}"],
        [report],
        [*[None] * 9, f"Đơn vị tính: {unit}" if unit else None],
        *(list(row) for row in _HEADER),
        *(list(row) for row in (data if data is not None else [ROW])),
    ]
    if year:
        rows[3][0] = f"{rows[3][0]} NĂM {year}"
    if not source:
        rows[7][8] = "Kinh phí hỗ trợ"
    if total is not None:
        rows.append([None, "TỔNG CỘNG", *[None] * 5, *total, None])
    return rows


def row(**changes: Value) -> list[Value]:
    """The standard data row with some cells changed, by the names of the columns."""
    values = dict(zip(_NAMES, ROW, strict=True)) | changes
    return [values[name] for name in _NAMES]


def workbook_parts(
    sheets: Mapping[str, Rows],
    *,
    merged: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> dict[str, str | bytes]:
    """The parts of an .xlsx; `merged` ranges go to the first sheet. Cells beginning with "<c" are raw XML."""
    listed, relations, types, parts = [], [], [], dict[str, str | bytes]()
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if name in hidden else ""
        quoted = escape(name, {'"': "&quot;"})
        listed.append(f'<sheet name="{quoted}" sheetId="{number}"{state} r:id="rId{number}"/>')
        target = f"worksheets/sheet{number}.xml"
        relations.append(f'<Relationship Id="rId{number}" Type="{_DOC}/worksheet" Target="{target}"/>')
        types.append(f'<Override PartName="/xl/{target}" ContentType="{_PART_TYPE}"/>')
        ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged) if number == 1 else ""
        parts[f"xl/{target}"] = sheet_xml(rows, f"<mergeCells>{ranges}</mergeCells>" if ranges else "")
    parts["xl/workbook.xml"] = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>{"".join(listed)}</sheets></workbook>'
    )
    relations.append(f'<Relationship Id="rId0" Type="{_DOC}/styles" Target="styles.xml"/>')
    parts["xl/_rels/workbook.xml.rels"] = (
        f'{_XML}<Relationships xmlns="{_RELS}">{"".join(relations)}</Relationships>'
    )
    # Format 14 is Excel's own short date.
    parts["xl/styles.xml"] = (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    parts["_rels/.rels"] = (
        f'{_XML}<Relationships xmlns="{_RELS}"><Relationship Id="rId1" Type="{_DOC}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}"/>{"".join(types)}</Types>'
    )
    return parts


def sheet_xml(rows: Rows, after: str = "") -> str:
    """One worksheet part with inline strings."""
    lines = []
    for r, cells in enumerate(rows, start=1):
        inner = "".join(_cell_xml(_reference(r, c), value) for c, value in enumerate(cells))
        lines.append(f'<row r="{r}">{inner}</row>')
    return f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{after}</worksheet>'


def _reference(row_number: int, column: int) -> str:
    first, second = divmod(column, 26)
    return f"{chr(64 + first) if first else ''}{chr(65 + second)}{row_number}"


def _cell_xml(reference: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{reference}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f'<c r="{reference}"><v>{value!r}</v></c>'.replace("Decimal('", "").replace("')", "")
    if value.startswith("<c"):
        return value.replace("<c", f'<c r="{reference}"', 1)
    text = escape(value)
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write_workbook(path: Path, sheets: Mapping[str, Rows], *, merged: Sequence[str] = ()) -> Path:
    """Write a plain workbook and return its path."""
    path.write_bytes(pack(workbook_parts(sheets, merged=merged)))
    return path


def write_register(path: Path, data: Rows | None = None, **title: object) -> Path:
    """Write a register with data rows (see `register_rows`) on the sheet "Biểu"; return its path."""
    return write_workbook(path, {"Biểu": register_rows(data, **title)})  # type: ignore[arg-type]


def _good() -> dict[str, str | bytes]:
    return workbook_parts({"Biểu": register_rows()})


def zip_bomb() -> bytes:
    """A part of 40 MB of spaces in 40 kB: a ratio of about 1000."""
    return pack(_good() | {"xl/theme/theme1.xml": " " * 40_000_000})


def too_large_unpacked() -> bytes:
    """An archive whose directory claims 2 GB in one part."""
    data = bytearray(pack(_good()))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 2_000_000_000)
    return bytes(data)


def lying_length() -> bytes:
    """An archive whose directory claims fewer bytes than a part really has."""
    data = bytearray(pack(_good()))
    entry = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 100)
    return bytes(data)


def doctype(encoding: str = "utf-8") -> bytes:
    """A worksheet with the first lines of a "billion laughs"."""
    parts = _good()
    sheet = str(parts["xl/worksheets/sheet1.xml"]).removeprefix(_XML)
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    return pack(parts | {"xl/worksheets/sheet1.xml": (head + sheet).encode(encoding)})


def macros() -> bytes:
    """An .xlsx that carries a macro project."""
    return pack(_good() | {"xl/vbaProject.bin": b"\0"})


def xlsm() -> bytes:
    """An .xlsm by its content types, whatever its name."""
    parts = _good()
    kinds = str(parts["[Content_Types].xml"])
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return pack(parts | {"[Content_Types].xml": kinds.replace(_SHEET_TYPE, kind)})


def external_links() -> bytes:
    """A workbook that refers to another file."""
    return pack(_good() | {"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


def climbing_name() -> bytes:
    """An archive with a part that would land outside the folder."""
    return pack(_good() | {"xl/../../../etc/cron.d/x": "x"})


def doubled_name() -> bytes:
    """An archive with one part name in two spellings, so that two readers would see two workbooks."""
    return pack(_good() | {"XL/workbook.xml": "<workbook/>"})


def many_parts(count: int = 60_000) -> bytes:
    """An archive of very many empty parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"xl/p{number}"), b"")
    return buffer.getvalue()


def many_rows(count: int = 20_001) -> bytes:
    """A sheet with one more row than is read."""
    return pack(workbook_parts({"Biểu": [["x"]] * count}))


def many_empty_rows(count: int = 3_000_000) -> bytes:
    """A sheet of millions of row elements with nothing in them (and some noise, to keep the ratio low)."""
    noise = "".join(f"<!--{number * 2654435761 % 2**32:08x}-->" for number in range(20_000))
    sheet = f'{_XML}<worksheet xmlns="{_MAIN}">{noise}<sheetData>{"<row/>" * count}</sheetData></worksheet>'
    return pack(_good() | {"xl/worksheets/sheet1.xml": sheet})


def distant_cell(reference: str = "XFD1048576") -> bytes:
    """A file of a few kB whose only far cell makes a sheet of 17 thousand million cells."""
    sheet = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="1048576"><c r="{reference}"><v>1</v></c></row></sheetData></worksheet>'
    )
    return pack(_good() | {"xl/worksheets/sheet1.xml": sheet})


def many_columns(count: int = 61) -> bytes:
    """A sheet with one more column than is read."""
    return pack(workbook_parts({"Biểu": [["x"] * count]}))


def shared_string_bomb() -> bytes:
    """One text of 30,000 characters shown in 100,000 cells: 3 thousand million characters spelled out."""
    parts = _good()
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(65 + c)}{r}" t="s"><v>0</v></c>' for c in range(20))
        + "</row>"
        for r in range(1, 5_001)
    )
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    shared = f'{_XML}<sst xmlns="{_MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    relations = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="rId99" Type="{_DOC}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return pack(
        parts
        | {
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": shared,
            "xl/_rels/workbook.xml.rels": relations,
        }
    )


def not_a_workbook() -> bytes:
    """A zip archive that is some other document."""
    return pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


def encrypted_zip() -> bytes:
    """A workbook whose parts are marked as encrypted by the archive."""
    data = bytearray(pack(_good()))
    entry = data.find(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 512


def encrypted() -> bytes:
    """A workbook with a password: an OLE file with an encrypted package."""
    return _ole("EncryptedPackage")


def old_xls() -> bytes:
    """A workbook of Excel 97–2003."""
    return _ole("Workbook")


def unknown_ole() -> bytes:
    """An OLE file that says neither."""
    return _ole("Contents")


def truncated() -> bytes:
    """The first half of a workbook."""
    data = pack(_good())
    return data[: len(data) // 2]


def broken_stream() -> bytes:
    """A workbook with flipped bytes inside a compressed part."""
    data = bytearray(pack(_good()))
    start = data.find(b"sheet1.xml") + 60
    for at in range(start, start + 40):
        data[at] ^= 0xFF
    return bytes(data)


# What each bad file gets: the code of kcflow.workbook.WorkbookRefused.
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty_file"),
    "text": (lambda: "TT;Tên đề án\n1;Chè\n".encode(), "not_workbook"),
    "zip_bomb": (zip_bomb, "too_large_unpacked"),
    "too_large_unpacked": (too_large_unpacked, "too_large_unpacked"),
    "lying_length": (lying_length, "damaged"),
    "doctype": (doctype, "doctype"),
    "doctype_utf16": (lambda: doctype("utf-16"), "doctype"),
    "macros": (macros, "macros"),
    "xlsm": (xlsm, "macros"),
    "external_links": (external_links, "external_links"),
    "climbing_name": (climbing_name, "bad_parts"),
    "doubled_name": (doubled_name, "bad_parts"),
    "many_parts": (many_parts, "too_many_parts"),
    "many_rows": (many_rows, "too_many_rows"),
    "many_empty_rows": (many_empty_rows, "too_many_rows"),
    "distant_row": (lambda: distant_cell("A1048576"), "too_many_rows"),
    "distant_cell": (distant_cell, "too_heavy"),
    "many_columns": (many_columns, "too_many_columns"),
    "shared_string_bomb": (shared_string_bomb, "too_much_text"),
    "not_a_workbook": (not_a_workbook, "not_workbook"),
    "encrypted_zip": (encrypted_zip, "encrypted"),
    "encrypted": (encrypted, "encrypted"),
    "old_xls": (old_xls, "old_format"),
    "unknown_ole": (unknown_ole, "ole"),
    "truncated": (truncated, "damaged"),
    "broken_stream": (broken_stream, "damaged"),
}
