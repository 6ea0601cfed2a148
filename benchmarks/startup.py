"""Time to first paint of `kcflow` and of `kcflow stalled`, as ratios to `python -c pass`."""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 7


def _run(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _first_paint(command: list[str], environment: dict[str, str], wanted: bytes) -> float:
    """Seconds from exec until `wanted` has been written to a 120×40 terminal."""
    main, child = pty.openpty()
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"},
        stdin=child,
        stdout=child,
        stderr=child,  # Textual paints on stderr
        start_new_session=True,
    )
    os.close(child)
    seen = b""
    try:
        while wanted not in seen:
            ready, _, _ = select.select([main], [], [], 30)
            if not ready:
                raise RuntimeError(f"nothing painted: {seen[-200:]!r}")
            seen += os.read(main, 65536)
        return time.perf_counter() - start
    finally:
        process.kill()
        process.wait()
        os.close(main)


def report() -> None:
    """Print medians and ratios."""
    program = str(Path(sys.executable).with_name("kcflow"))
    with tempfile.TemporaryDirectory(prefix="kcflow-bench-") as folder:
        environment = {
            **os.environ,
            "KCFLOW_DATABASE_URL": f"sqlite:///{folder}/sample.db",
            "KCFLOW_LANG": "vi",
        }
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([program, "init", "--sample"], env=environment, check=True, **quiet)
        contenders = {
            "python -c pass": lambda: _run([sys.executable, "-c", "pass"], environment),
            "kcflow --version": lambda: _run([program, "--version"], environment),
            "kcflow stalled": lambda: _run([program, "stalled", "--limit", "20"], environment),
            "kcflow (first paint)": lambda: _first_paint([program], environment, b"kcflow"),
            "kcflow (first rows)": lambda: _first_paint([program], environment, b"KCDP-24"),
        }
        found: dict[str, list[float]] = {name: [] for name in contenders}
        for number in range(ROUNDS + 1):
            for name, measure in contenders.items():
                seconds = measure()
                if number:
                    found[name].append(seconds)
    base = statistics.median(found["python -c pass"])
    print("\nstart-up (medians; baseline: python -c pass)")
    for name, values in found.items():
        seconds = statistics.median(values)
        print(f"  {name:22} {seconds * 1e3:8.0f} ms   {seconds / base:6.1f} × python -c pass")


if __name__ == "__main__":
    report()
