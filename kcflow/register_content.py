"""Guessing the activity of NĐ 45/2012 Điều 4 (1 to 9) and the kind of proposal from a register's words."""

import re

from kcflow.register_provinces import words

_CONTENT = (
    (1, r"dao tao nghe|truyen nghe|day nghe"),
    (
        2,
        r"tap huan|hoi thao|nang luc quan ly|khoi su|thanh lap doanh nghiep|tham quan|hoc tap kinh nghiem"
        r"|(danh gia|nhan thuc|nang luc|ap dung) .*san xuat sach hon",
    ),
    (
        3,
        r"mo hinh|may moc|thiet bi tien tien|chuyen giao cong nghe|day chuyen"
        r"|ung dung (cong nghe|thiet bi|tien bo)",
    ),
    (
        4,
        r"hoi cho|trien lam|nhan hieu|thuong hieu|binh chon|phong trung bay|diem ban hang"
        r"|thuong mai dien tu",
    ),
    (5, r"\btu van\b"),
    (6, r"tuyen truyen|truyen hinh|ban tin|trang thong tin|website|to gap|thong tin khuyen cong"),
    (7, r"cum cong nghiep|\bccn\b|o nhiem|di doi|hiep hoi|hoi nghe|cum lien ket"),
    (8, r"hop tac quoc te"),
    (9, r"cong tac vien|can bo khuyen cong|nang luc .*(can bo|khuyen cong)|co so du lieu|kiem tra giam sat"),
)
_PATTERNS = tuple((code, re.compile(pattern)) for code, pattern in _CONTENT)

_HEADING = re.compile(r"([ivxl]+ |[a-h] )?(cac )?(de an|nhom|diem|khac)\b")
_KINDS = (
    ("multi_province", re.compile(r"lien ket|nhieu tinh|lien tinh|lien vung")),
    ("point", re.compile(r"(?<!dia )\bdiem\b")),
    ("ordinary", re.compile(r"\b(khac|thuong|thong thuong)\b")),
    ("group", re.compile(r"\bnhom\b")),
)


def guess_content(title: str, objective: str) -> int | None:
    """The activity that the title names, else the objective; None when several or none are named."""
    for text in (title, objective):
        spoken = words(text)
        codes = {code for code, pattern in _PATTERNS if pattern.search(spoken)}
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None


def kind_of_heading(text: str) -> str | None:
    """The kind (TT 36/2013 Điều 2) that a group row such as "II. Đề án nhóm" begins, None for other text."""
    spoken = words(text)
    return next((kind for kind, pattern in _KINDS if pattern.search(spoken)), None)


def is_heading(text: str) -> bool:
    """Whether a text without a Roman numeral before it still reads as the name of a group."""
    return len(text) <= 80 and bool(_HEADING.match(words(text))) and kind_of_heading(text) is not None
