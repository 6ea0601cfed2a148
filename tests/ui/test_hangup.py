"""A terminal that goes away takes the program with it (regression: it went on at full speed for ever)."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 60


@pytest.mark.slow
def test_a_dropped_line_ends_the_program(tmp_path: Path) -> None:
    main, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kcflow", "--database", f"sqlite:///{tmp_path / 'none.db'}"],
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    try:
        seen = b""
        while b"kcflow" not in seen:
            ready, _, _ = select.select([main], [], [], SECONDS)
            assert ready, "nothing was painted"
            seen += os.read(main, 65536)
        os.close(main)
        assert process.wait(timeout=SECONDS) == 129
    finally:
        process.kill()
