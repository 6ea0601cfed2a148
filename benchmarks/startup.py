"""From exec to the first paint and the first rows of `kcflow`, beside a minimal Textual application, and
short commands beside `python -c pass`: one after the other in each round, so that all see the same machine.
"""

from __future__ import annotations

import os
import pty
import re
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROUNDS = 9
ONE_LINE = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("hello, world")
Minimal().run()
"""
"""The least there is: one text, no header, no footer."""


def _environment(folder: str) -> dict[str, str]:
    """As an installed program runs: with compiled modules, which the first round writes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KCFLOW_", "PYTHON"))}
    return kept | {
        "PYTHONPYCACHEPREFIX": f"{folder}/compiled",
        "KCFLOW_DATABASE_URL": f"sqlite:///{folder}/sample.db",
        "KCFLOW_LANG": "vi",
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
    }


def _run(command: Sequence[str], environment: Mapping[str, str]) -> list[float]:
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return [time.perf_counter() - start]


def _paints(command: Sequence[str], environment: Mapping[str, str], *wanted: bytes) -> list[float]:
    """Seconds from exec until each of `wanted` was written to a 120×40 terminal; then MB at the most."""
    main, child = pty.openpty()
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=child,
        stdout=child,
        stderr=child,  # Textual paints on stderr
        start_new_session=True,
    )
    os.close(child)
    seen, found = b"", []
    try:
        for text in wanted:
            while text not in seen:
                ready, _, _ = select.select([main], [], [], 30)
                if not ready:
                    raise RuntimeError(f"{text!r} was not painted: {seen[-200:]!r}")
                seen += os.read(main, 65536)
            found.append(time.perf_counter() - start)
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            peak = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))
            found.append(int(peak[1]) / 1024 if peak else 0.0)
        return found
    finally:
        process.kill()
        process.wait()
        os.close(main)


def report() -> None:
    """Print medians and ratios."""
    program = str(Path(sys.executable).with_name("kcflow"))
    python = sys.executable
    with tempfile.TemporaryDirectory(prefix="kcflow-bench-") as folder:
        environment = _environment(folder)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([program, "init", "--sample"], env=environment, check=True, **quiet)
        contenders: dict[str, Callable[[], list[float]]] = {
            "python -c pass": lambda: _run([python, "-c", "pass"], environment),
            "kcflow --version": lambda: _run([program, "--version"], environment),
            "kcflow stalled": lambda: _run([program, "stalled", "--limit", "20"], environment),
            "kcflow inbox": lambda: _run([program, "inbox", "--limit", "20"], environment),
            "Textual, one line": lambda: _paints([python, "-c", ONE_LINE], environment, b"hello, world"),
            "Textual, head and foot": lambda: _paints(
                [python, "-m", "benchmarks.minimal_app"], environment, b"hello, world"
            ),
            "kcflow": lambda: _paints([program], environment, b"kcflow", b"KCDP-24"),
        }
        found: dict[str, list[list[float]]] = {name: [] for name in contenders}
        for number in range(ROUNDS + 1):
            for name, measure in contenders.items():
                values = measure()
                if number:
                    found[name].append(values)

    def median(name: str, at: int = 0) -> float:
        return statistics.median(values[at] for values in found[name])

    print("\nshort commands (medians; baseline: python -c pass)")
    for name in list(contenders)[:4]:
        print(f"  {name:24} {median(name) * 1e3:8.0f} ms {median(name) / median('python -c pass'):6.2f} ×")
    print("\nstart of the application (medians; baseline: a Textual application with one line)")
    base = median("Textual, one line")
    for name, shown, at in (
        ("Textual, one line", "Textual, one line", 0),
        ("Textual, head and foot", "Textual, head and foot", 0),
        ("kcflow", "kcflow, first paint", 0),
        ("kcflow", "kcflow, first rows", 1),
    ):
        print(f"  {shown:24} {median(name, at) * 1e3:8.0f} ms {median(name, at) / base:6.2f} ×")
    print(f"  memory: kcflow {median('kcflow', 2):.0f} MB, Textual {median('Textual, one line', 1):.0f} MB")


if __name__ == "__main__":
    report()
