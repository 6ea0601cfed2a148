"""The one door for text from people, and the one form in which it is shown.

`strict` stands at every entrance (form, workbook, command line) and refuses what a reader can't see or
could mistake. `visible` stands at every exit and never fails, because stored or foreign text may be worse
than what the door lets in. Neither knows markup: brackets are plain text.
"""

import re
import unicodedata
from functools import lru_cache

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters, marks and symbols that draw nothing: category alone does not give them away.
_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b\u180c\u180d\u180e\u180f")
_LOOK_ALIKE = frozenset({"CYRILLIC", "GREEK", "FULLWIDTH", "MATHEMATICAL", "ARMENIAN", "CHEROKEE", "COPTIC"})
# Greek letters of units and sums that no Latin letter resembles: kΩ, μm.
_GREEK_IN_UNITS = frozenset("\u03a9\u03bc\u03c0\u0394\u03bb")
_MARKS_ALLOWED = 2

# Every character here is a visible, assigned, non-combining Latin letter, digit or sign; what matches as a
# whole needs no look at single characters. Nearly all Vietnamese text does.
_PLAIN = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2010-\u2015\u2018-\u2026\u20ab\u2030]*")
_SPACES = re.compile(r" {2,}")
_WORD = re.compile(r"[^\W_]+")

_WHAT = {
    "control": ("ký tự điều khiển", "a control character"),
    "newline": ("dấu xuống dòng ở ô chỉ có một dòng", "a line break in a field of one line"),
    "bidi": ("ký tự đảo chiều chữ", "a character that turns the direction of text"),
    "invisible": ("ký tự không nhìn thấy được", "an invisible character"),
    "space": ("dấu cách lạ", "an unusual space"),
    "private": ("ký tự dùng riêng, máy khác không đọc được", "a private character that others can't read"),
    "surrogate": ("ký tự hỏng (nửa mã)", "a broken character (half a code)"),
    "unassigned": ("mã không ứng với chữ nào", "a code that stands for no character"),
    "marks": ("quá nhiều dấu chồng lên một chữ", "too many marks on one letter"),
}


class TextRefused(ValueError):
    """Text that may not enter.

    `code`: control, newline, bidi, invisible, space, private, surrogate, unassigned, marks, mixed_script,
    too_long or empty. `params`: what the sentence names (`shown`, `word`, `length`, `max_length`).
    `position`: which character is wrong, from 1, in the text as it came (composed); None for the whole text.
    """

    def __init__(self, code: str, position: int | None = None, **params: str | int) -> None:
        self.code = code
        self.position = position
        self.params: dict[str, str | int] = params
        super().__init__(sentence(self, "en"))


def strict(text: str, *, max_length: int = 2000, multiline: bool = False, required: bool = False) -> str:
    """Return `text` composed (NFC), trimmed and with single spaces, or refuse it.

    Refused: categories Cc, Cf, Cs, Co, Cn, Zl, Zp; spaces other than U+0020 and NBSP; variation selectors
    and blank letters; more than two combining marks in a row; a word that mixes Latin with look-alikes.
    A line break (CRLF or LF) passes only with `multiline`. `required` refuses the empty text.
    Raises `TextRefused`. (Unicode TR 36 and TR 39; reliability study 4.3.)
    """
    # Composing costs the square of a run of marks, so absurd lengths stop before it.
    if len(text) > 4 * max_length + 1000:
        raise TextRefused("too_long", length=len(text), max_length=max_length)
    text = text.replace("\r\n", "\n").replace("\u00a0", " ")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not _PLAIN.fullmatch(text):
        _inspect(text, multiline)
    if multiline and "\n" in text:
        text = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in text.split("\n")).strip("\n")
    else:
        text = _SPACES.sub(" ", text).strip(" ")
    if len(text) > max_length:
        raise TextRefused("too_long", length=len(text), max_length=max_length)
    if required and not text:
        raise TextRefused("empty")
    return text


def _inspect(text: str, multiline: bool) -> None:
    """Raise `TextRefused` for the first character, then for the first word, that may not enter."""
    marks = 0
    for at, char in enumerate(text, start=1):
        fault = _fault(char)
        if fault is None or (fault == "newline" and multiline):
            marks = marks + 1 if _is_mark(char) else 0
            if marks > _MARKS_ALLOWED:
                raise TextRefused("marks", at, shown=_named(char))
        else:
            raise TextRefused(fault, at, shown=_named(char))
    for word in _WORD.finditer(text):
        scripts = {_script(char) for char in word.group()}
        if "LATIN" in scripts and scripts & _LOOK_ALIKE:
            odd = next(i for i, char in enumerate(word.group()) if _script(char) in _LOOK_ALIKE)
            raise TextRefused(
                "mixed_script",
                word.start() + odd + 1,
                word=word.group()[:40],
                shown=_named(word.group()[odd]),
            )


@lru_cache(maxsize=4096)
def _fault(char: str) -> str | None:
    """Code of what is wrong with one character, or None."""
    category = unicodedata.category(char)
    if char == "\n":
        return "newline"
    if char in _BIDI:
        return "bidi"
    if char in _BLANK or category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return "invisible"
    if category == "Zs" and char != " ":
        return "space"
    return {
        "Cc": "control",
        "Zl": "control",
        "Zp": "control",
        "Cs": "surrogate",
        "Co": "private",
        "Cn": "unassigned",
    }.get(category)


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    if char in _GREEK_IN_UNITS:
        return ""
    return unicodedata.name(char, "").partition(" ")[0] if char.isalnum() else ""


def _named(char: str) -> str:
    """A character as a code that any reader can look up: U+202E."""
    return f"U+{ord(char):04X}"


def visible(text: str, *, multiline: bool = False) -> str:
    """Return `text` in a form that is safe and honest on a terminal; never raises, for any str.

    Controls become pictures (ESC is ␛), other unseen characters their code (⟨202E⟩), marks beyond the second
    on a letter likewise. Line breaks stay only with `multiline`. Other text, brackets included, is unchanged
    but for being composed (NFC).
    """
    if _PLAIN.fullmatch(text):
        return text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    shown: list[str] = []
    marks = 0
    for char in text:
        if multiline and char == "\n":
            shown.append(char)
            marks = 0
            continue
        picture = _picture(char)
        marks = marks + 1 if _is_mark(char) and picture == char else 0
        if marks > _MARKS_ALLOWED:
            # The count stands, so that a long run of marks stays codes to its end.
            marks = _MARKS_ALLOWED
            picture = _code_point(char)
        shown.append(picture)
    return "".join(shown)


@lru_cache(maxsize=4096)
def _picture(char: str) -> str:
    code = ord(char)
    if char == "\u00a0":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return char if _fault(char) is None else _code_point(char)


def _code_point(char: str) -> str:
    return f"\u27e8{ord(char):04X}\u27e9"


def _fold_slowly(text: str) -> str:
    """The meaning of `fold`, character by character: decompose, casefold, drop marks, đ is d."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    kept = (char for char in decomposed if unicodedata.category(char) != "Mn")
    return "".join(" " if char == "\u00a0" else "d" if char == "đ" else char for char in kept)


# Latin letters and the combining marks over them: a fold of such text is one table look-up per character.
_TABLE = (*range(0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))
_FOLDED = {code: _fold_slowly(chr(code)) for code in _TABLE}
_FOLDS_BY_TABLE = re.compile(r"[\u0000-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2026\u20ab]*")


def fold(text: str) -> str:
    """Return `text` for searching: without marks, `đ` as `d`, casefolded; the same for NFC and NFD."""
    if text.isascii():
        return text.lower()
    # U+0345 casefolds to a letter of its own, which no table by character can say.
    if _FOLDS_BY_TABLE.fullmatch(text) and "\u0345" not in text:
        return text.translate(_FOLDED)
    return _fold_slowly(text)


_LETTERS = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=100)}
# The order of tones in Vietnamese dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

SortKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def vietnamese_sort_key(text: str) -> SortKey:
    """Key for sorting in the order of Vietnamese dictionaries.

    Syllable by syllable; in a syllable first the letters (a ă â … d đ …), then the tones; case is ignored.
    """
    syllables = []
    for word in unicodedata.normalize("NFD", text.casefold()).split():
        letters: list[int] = []
        tones: list[int] = []
        # A vowel's own mark (ă â ê ô ơ ư) may follow its tone mark, so marks gather before the look-up.
        for cluster in re.findall(r".[\u0300-\u036f]*", word):
            tone = next((_TONES[mark] for mark in cluster[1:] if mark in _TONES), 0)
            bare = cluster[0] + "".join(mark for mark in cluster[1:] if mark not in _TONES)
            letter = unicodedata.normalize("NFC", bare)
            letters.append(_LETTERS.get(letter, ord(letter[0]) + (0 if ord(letter[0]) < 100 else 1000)))
            tones.append(tone)
        syllables.append((tuple(letters), tuple(tones)))
    return tuple(syllables)


def person_sort_key(name: str) -> tuple[SortKey, SortKey]:
    """Key for sorting people as Vietnamese lists do: by the given name (the last), then the whole name."""
    whole = vietnamese_sort_key(name)
    return whole[-1:], whole


def sentence(refused: TextRefused, lang: str) -> str:
    """One sentence in `lang` ("vi" or "en"): what is wrong with the text, where, and what to do."""
    which = 0 if lang == "vi" else 1
    names: dict[str, object] = {**refused.params, "at": refused.position}
    if refused.code in _WHAT:
        return _ONE_CHARACTER[which].format(what=_WHAT[refused.code][which], **names)
    if "word" in names:
        names["word"] = visible(str(names["word"]))
    return _SENTENCES[refused.code][which].format(**names)


_ONE_CHARACTER = (
    "Ký tự thứ {at} ({shown}) là {what}: hãy xóa nó rồi gõ lại.",
    "Character {at} ({shown}) is {what}: delete it and type again.",
)
_SENTENCES = {
    "empty": (
        "Chưa có nội dung: hãy nhập chữ.",
        "There is no text: type some.",
    ),
    "too_long": (
        "Dài {length} ký tự, tối đa là {max_length}: hãy rút gọn.",
        "It has {length} characters, the most is {max_length}: shorten it.",
    ),
    "mixed_script": (
        "Ký tự thứ {at} ({shown}) trong từ “{word}” trông giống chữ Latinh nhưng thuộc bảng chữ khác: "
        "hãy gõ lại từ này.",
        "Character {at} ({shown}) in the word “{word}” looks Latin but belongs to another alphabet: "
        "type the word again.",
    ),
}
