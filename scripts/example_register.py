"""Make the workbook that the tutorial imports: `python -m scripts.example_register [FILE]`.

A register (Mẫu 2) as departments send it: heading, two header rows with joined cells, millions of đồng with a
comma, a totals row, and one row with a mistake to find. The same bytes every time.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Final

from tests.workbooks import register_rows, workbook_parts

FILE: Final = Path(__file__).parents[1] / "docs" / "examples" / "bieu-2025.xlsx"
UNIT: Final = "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp Hà Giang"
RESULT: Final = "01 cơ sở công nghiệp nông thôn được hỗ trợ"
ROWS: Final = (
    ("Hỗ trợ ứng dụng máy sao chè cho một hợp tác xã chè tại Đồng Văn", 620, 300, 320),
    ("Hỗ trợ ứng dụng máy sấy gỗ cho một cơ sở đồ gỗ tại Vị Xuyên", 540, 270, 270),
    ("Hỗ trợ ứng dụng dây chuyền đóng chai mật ong tại Mèo Vạc", 480, "hai trăm", 240),
    ("Hỗ trợ ứng dụng máy ép dầu cho một cơ sở tại Quản Bạ", 390, 190, 200),
    ("Hỗ trợ ứng dụng máy dệt thổ cẩm cho một hợp tác xã tại Yên Minh", 260, 130, 130),
)
"""Title, total, requested, the beneficiary's own share, in millions of đồng; the third row is wrong."""
MERGED: Final = ("A7:A8", "B7:B8", "C7:C8", "D7:D8", "E7:E8", "F7:G7", "H7:K7", "L7:L8")


def content() -> bytes:
    """The workbook."""
    what = "Ứng dụng máy móc, thiết bị tiên tiến"
    data = [
        [at, title, UNIT, what, RESULT, "03/2025", "11/2025", *sums, None, None]
        for at, (title, *sums) in enumerate(ROWS, start=1)
    ]
    rows = register_rows(
        data,
        year=2025,
        total=(2290, 1090, 1160, None),
        report="(Kèm theo Báo cáo số 61/BC-SCT ngày 12 tháng 6 năm 2024 của Sở Công Thương)",
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in workbook_parts({"Biểu 2025": rows}, merged=MERGED).items():
            # A fixed date: the same file every time.
            archive.writestr(zipfile.ZipInfo(name, (2024, 6, 12, 8, 0, 0)), part)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    """Write the workbook; returns the exit code."""
    path = Path(arguments[0]) if arguments else FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
