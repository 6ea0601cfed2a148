"""Turn an exported SVG screenshot into a PNG, without a network: `python -m scripts.shot SVG PNG`.

Rich names a font on a content-delivery network and leaves the spacing to the browser. Here local fonts are
named and every character is given its own place, so that columns stand as they do in a terminal.
"""

import html
import re
import sys
from itertools import pairwise
from pathlib import Path

from rich.cells import cell_len

LETTERS = "Noto Sans Mono"  # has every Vietnamese letter
SIGNS = "DejaVu Sans Mono"  # has the marks and arrows that the first font lacks
_SIGN = re.compile("[\u2190-\u24ff\u25a0-\u27ff]+")
_TEXT = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>(.*?)</text>'
)


def offline(svg: str) -> str:
    """Return the SVG with local fonts named and each character placed on its cell."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*[^;}]*Fira Code[^;}]*", f"font-family: {LETTERS}, monospace", svg)
    return _TEXT.sub(_place, svg)


def _place(found: re.Match[str]) -> str:
    """Write one run of text as pieces of one font each."""
    style, x, y, length, rest, body = found.groups()
    text = html.unescape(body)
    cell = float(length) / max(1, len(text))  # Rich counts characters there
    at, pieces, signs = float(x), [], [match.span() for match in _SIGN.finditer(text)]
    places = []
    for char in text:
        places.append(f"{at:.1f}")
        at += cell * cell_len(char)
    cuts = sorted({0, len(text), *(end for span in signs for end in span)})
    for start, stop in pairwise(cuts):
        font = f' style="font-family: {SIGNS}"' if (start, stop) in signs else ""
        pieces.append(
            f'<text class="{style}"{font} x="{" ".join(places[start:stop])}" y="{y}"{rest}>'
            f"{html.escape(text[start:stop])}</text>"
        )
    return "".join(pieces)


def main(arguments: list[str]) -> int:
    """Convert one file; returns the exit code."""
    if len(arguments) != 2:
        print("usage: python -m scripts.shot SVG PNG", file=sys.stderr)
        return 2
    import cairosvg  # type: ignore[import-untyped, unused-ignore]  # only for pictures, not for users

    source, target = map(Path, arguments)
    svg = offline(source.read_text(encoding="utf-8"))
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(target))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
