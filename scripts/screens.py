"""Make pictures of every screen from the sample data.

`python -m scripts.screens [--only NAME] [--size 80x24|120x40|200x50|all] [--lang vi|en] [--png DIR]`

The real application is driven by real keys; the store is thrown away. Without options the pictures that the
documents use go to docs/pictures; with `--png` every screen goes to that folder as SVG, PNG and text.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.shot import offline
from scripts.walk import make_sample, walking

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
SIZES: Final = {"80x24": (80, 24), "120x40": (120, 40), "200x50": (200, 50)}
EXAMPLE: Final = "docs/examples/bieu-2025.xlsx"


@dataclass(frozen=True)
class Scene:
    """One picture: the keys pressed before it is taken (see scripts.walk), and how large the terminal is.

    docs: the name of the file in docs/pictures, "" when no document shows it. langs: the languages that the
    documents show it in. sample: whether there is a store. fixed: it is about this very size.
    """

    name: str
    keys: str = ""
    size: tuple[int, int] = (120, 40)
    docs: str = ""
    langs: tuple[str, ...] = ("vi",)
    sample: bool = True
    fixed: bool = False


_ADVANCE: Final = '0 g "KCQG-25-0004" ⏎ a'
BULK: Final = "0 ↓*5 space*3 b ⏎ F10"

_FILL: Final = '0 w "cuc" ⏎ 7 c*2 n tab*3 "2 tỷ" F10'
"""The agency opens a round of 2 tỷ, and is on its board."""

_RULE: Final = '0 2 / "KCQG-25-0001" ⏎ Q n tab'
"""A deadline of one's own for the state of a proposal: the number of its days."""
_DAYS: Final = '0 w "giamsat-bo" ⏎ W n'

SCENES: Final = (
    Scene("welcome", size=(100, 24), docs="chao", langs=("vi", "en"), sample=False),
    Scene("welcome-office", "↓ ⏎", sample=False),
    Scene("start", size=(120, 26)),
    Scene("inbox", "0", (120, 26), "viec-cua-toi", ("vi", "en")),
    Scene("list", "0 2"),
    Scene("list-search", '0 2 / "che"'),
    Scene("list-filter", "0 2 f"),
    Scene("list-views", "0 2 v"),
    Scene("list-chips", "0 2 v ⏎ space*3", (120, 30)),
    Scene("list-columns", "0 2 C"),
    Scene("list-save-view", "0 2 v ⏎ V"),
    Scene("bulk", "0 ↓*2 space*3 b"),
    Scene("bulk-form", "0 ↓*2 space*3 b ⏎"),
    Scene("proposal-draft", '0 g "KCDP-24-0012" ⏎'),
    Scene("proposal", '0 g "KCQG-25-0004" ⏎', docs="ho-so", langs=("vi", "en")),
    Scene("proposal-late", '0 g "KCDP-24-0006" ⏎'),
    Scene("proposal-rounds", '0 g "KCQG-24-0006" ⏎'),
    Scene("proposal-done", '0 g "KCQG-24-0002" ⏎'),
    Scene("proposal-timeline", '0 g "KCQG-24-0002" ⏎ tab*3'),
    Scene("advance", _ADVANCE, docs="thuc-hien", langs=("vi", "en")),
    Scene("papers", '0 g "KCQG-25-0004" ⏎ d'),
    Scene("picker", '0 g "KCQG-25-0004" ⏎ d ^f'),
    Scene("note", '0 g "KCQG-25-0004" ⏎ t'),
    Scene("jump", '0 g "17"'),
    Scene("stalled", "0 3", (120, 30), "ton-dong", ("vi", "en")),
    Scene("stalled-why", "0 3 ↓*14 ?", (120, 30)),
    Scene("stalled-acts", "0 3 ↓*14 !"),
    Scene("stalled-hold", '0 3 ↓*14 T ⏎ "bo tai" ⏎ tab*2 "30/08/2024"'),
    Scene("stalled-group-by", "0 3 G"),
    Scene("stalled-groups", "0 3 G End ↑ ⏎"),
    Scene("stalled-year-end", "0 3 e"),
    Scene("letters", "0 3 M"),
    Scene("letter", "0 3 M d"),
    Scene("letters-log", "0 3 M c"),
    Scene("history", "0 4"),
    Scene("history-filter", "0 4 f"),
    Scene("record", "0 4 ⏎"),
    Scene("dossier-history", '0 g "KCQG-24-0002" ⏎ h'),
    Scene("flow", "0 6", docs="dong-chay", langs=("vi", "en")),
    Scene("flow-state", "0 6 → ↓"),
    Scene("dwell", "0 6 %"),
    Scene("dwell-parties", "0 6 % c"),
    Scene("dwell-returns", "0 6 % c*2"),
    Scene("dwell-months", "0 6 % c*3"),
    Scene("dwell-offices", "0 3 % o"),
    Scene("dwell-filter", "0 6 % f"),
    Scene("story", '0 g "KCQG-24-0002" ⏎ m'),
    Scene("story-reports", '0 g "KCQG-24-0006" ⏎ m c'),
    Scene("budget", "0 $ v"),
    Scene("budget-offices", "0 $ v b b"),
    Scene("published", "0 $ v p"),
    Scene("published-form", "0 $ v p n"),
    Scene("money", "0 7"),
    Scene("money-rounds", "0 7 c*2"),
    Scene("money-contracts", "0 7 c*3"),
    Scene("money-round", '0 g "PB-KCQG-24-1" ⏎'),
    Scene("money-plan", '0 g "KH-KCDP-24-6302" ⏎'),
    Scene("money-fill", f"{_FILL} ⏎*3"),
    Scene("money-over", f"{_FILL} +"),
    Scene("money-amount", f"{_FILL} m"),
    Scene("money-act", f"{_FILL} ⏎*2 shift+tab*3 a"),
    Scene("money-round-form", '0 w "cuc" ⏎ 7 c*2 n'),
    Scene("money-plan-form", '0 w "cuc" ⏎ 7 c n'),
    Scene("money-contract-form", '0 w "cuc" ⏎ 7 c*3 n "KCQG-24-0006"'),
    Scene("money-adjustment-form", '0 w "ttkc-63-02" ⏎ 7 c*4 n "KCQG-24-0005"'),
    Scene("rules", "0 3 Q"),
    Scene("rule-form", f"{_RULE}"),
    Scene("rule-change", f'{_RULE} "5" tab "QĐ 12/QĐ-SCT" tab ^u "1/1/2024" F10'),
    Scene("calendar", "0 W ↓*7"),
    Scene("day-form", _DAYS),
    Scene("day-change", f'{_DAYS} "CV 5/VPCP" tab "13/6/2024" tab*2 "Nghỉ hoán đổi" F10'),
    Scene("people", "0 5"),
    Scene("offices", "0 5 c"),
    Scene("register-pick", "0 ^o"),
    Scene("register", f'0 ^o "{EXAMPLE}" ⏎ ↓*2', (120, 30), docs="nhap-bieu", langs=("vi", "en")),
    Scene("draft", '0 w "ttkc-63-02" ⏎ n'),
    Scene("settings", "0 F9", (100, 30)),
    Scene("keys", "0 F9 F6"),
    Scene("press-key", "0 F9 F6 ⏎"),
    Scene("help-inbox", "0 F1"),
    Scene("help-proposal", '0 g "KCQG-25-0004" ⏎ F1'),
    Scene("palette", "0 ^p", (100, 26)),
    Scene("work-as", "0 w"),
    Scene("light", "0 F8"),
    Scene("contrast", "0 F8*2"),
    Scene("receipt", '0 g "25-0001" ⏎ a F10'),
    Scene("refused", '0 g "25-0006" ⏎ ↓*2 ⏎ F10'),
    Scene("bulk-preview", BULK, (120, 30), "hang-loat", ("vi", "en")),
    Scene("bulk-result", f"{BULK} m F10"),
    Scene("small", "0", (60, 15), fixed=True),
)
BY_NAME: Final = {scene.name: scene for scene in SCENES}


@dataclass(frozen=True)
class Taken:
    """A picture: its SVG and what can be read on it."""

    svg: str
    text: str


async def _take(scene: Scene, sample: Path, size: tuple[int, int], lang: str) -> Taken:
    with tempfile.TemporaryDirectory() as place:
        async with walking(Path(place), sample if scene.sample else None, size=size, lang=lang) as walk:
            await walk.keys(scene.keys)
            taken = Taken(offline(walk.svg()), walk.text)
    return taken


def take(scene: Scene, sample: Path, size: tuple[int, int], lang: str) -> Taken:
    """Walk to `scene` over a copy of the store `sample`. Raises TimeoutError when it is never reached."""
    return asyncio.run(_take(scene, sample, size, lang))


def picture_path(scene: Scene, lang: str, folder: Path = PICTURES) -> Path:
    """Where the documents look for the picture of `scene`."""
    return folder / (f"{scene.docs}.svg" if lang == "vi" else f"{scene.docs}.{lang}.svg")


def for_documents() -> Iterator[tuple[Scene, str]]:
    """The pictures that documents show, each with its language."""
    for scene in SCENES:
        if scene.docs:
            for lang in scene.langs:
                yield scene, lang


def pictures(folder: Path = PICTURES) -> list[Path]:
    """Take every picture of the documents into `folder`; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with tempfile.TemporaryDirectory() as place:
        sample = Path(place) / "sample.db"
        make_sample(sample)
        for scene, lang in for_documents():
            path = picture_path(scene, lang, folder)
            path.write_text(take(scene, sample, scene.size, lang).svg, encoding="utf-8")
            written.append(path)
    return written


def gallery(scenes: Sequence[Scene], sizes: Sequence[str], langs: Sequence[str], folder: Path) -> int:
    """Take `scenes` into `folder` as SVG, PNG and text; returns how many were never reached."""
    import cairosvg  # type: ignore[import-untyped, unused-ignore]  # only for pictures, not for users

    folder.mkdir(parents=True, exist_ok=True)
    missed = 0
    with tempfile.TemporaryDirectory() as place:
        sample = Path(place) / "sample.db"
        make_sample(sample)
        for scene in scenes:
            for size in sizes:
                for lang in langs:
                    name = f"{scene.name}-{size}-{lang}"
                    wanted = scene.size if scene.fixed else SIZES.get(size, scene.size)
                    try:
                        taken = take(scene, sample, wanted, lang)
                    except Exception as error:  # one broken screen must not hide the others
                        missed += 1
                        print(f"{name}: {error}", file=sys.stderr)
                        continue
                    (folder / f"{name}.svg").write_text(taken.svg, encoding="utf-8")
                    (folder / f"{name}.txt").write_text(taken.text + "\n", encoding="utf-8")
                    cairosvg.svg2png(bytestring=taken.svg.encode(), write_to=str(folder / f"{name}.png"))
                    print(name)
    return missed


def main(arguments: Sequence[str]) -> int:
    """Take pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screens", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(BY_NAME), metavar="NAME")
    parser.add_argument("--size", choices=[*SIZES, "own", "all"], default="own")
    parser.add_argument("--lang", choices=["vi", "en"])
    parser.add_argument("--png", type=Path, metavar="DIR")
    args = parser.parse_args(arguments)
    if args.png is None and not args.only:
        for path in pictures():
            print(path.relative_to(ROOT))
        return 0
    scenes = [BY_NAME[name] for name in args.only] if args.only else list(SCENES)
    sizes = list(SIZES) if args.size == "all" else [args.size]
    langs = [args.lang] if args.lang else ["vi", "en"]
    return 1 if gallery(scenes, sizes, langs, args.png or PICTURES) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
