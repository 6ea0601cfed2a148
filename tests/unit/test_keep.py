"""Kept forms on the disk: one file a window, alive or left behind, whole or set aside."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kcflow import keep
from kcflow.keep import FormKey, Keeper

KEY = FormKey("sqlite:///a.db", "hoa", "draft")


def left(folder: Path, texts: dict[str, str], key: FormKey = KEY) -> None:
    """A window that was closed with unsent texts."""
    keeper = Keeper(key, folder)
    keeper.note(texts)
    keeper.release()


def test_what_was_left_is_found_newest_first_and_is_its_owner_s_only(tmp_path: Path) -> None:
    left(tmp_path / "forms", {"title": "Một"})
    left(tmp_path / "forms", {"title": "Hai \ud800 \x00"})
    found = Keeper(KEY, tmp_path / "forms").found()
    assert [kept.texts["title"] for kept in found.kept] == ["Hai \ud800 \x00", "Một"]
    assert found.damaged == ()
    for file in (tmp_path / "forms").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "forms").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "other",
    [
        FormKey("sqlite:///b.db", "hoa", "draft"),
        FormKey("sqlite:///a.db", "son", "draft"),
        FormKey("sqlite:///a.db", "hoa", "advance"),
        FormKey("sqlite:///a.db", "hoa", "draft", "KCQG-24-0017"),
    ],
)
def test_it_is_offered_to_the_same_form_of_the_same_person_and_store_only(
    tmp_path: Path, other: FormKey
) -> None:
    left(tmp_path, {"title": "Một"}, other)
    assert Keeper(KEY, tmp_path).found().kept == ()
    assert len(Keeper(other, tmp_path).found().kept) == 1


def test_a_password_in_the_store_s_url_reaches_no_file(tmp_path: Path) -> None:
    left(tmp_path, {"title": "Một"}, FormKey("postgresql://u:bí-mật@h/x", "hoa", "draft"))
    for file in tmp_path.iterdir():
        assert "bí-mật" not in file.name
        assert "m\\u1eadt" not in file.read_text()


def test_a_window_that_lives_keeps_its_own(tmp_path: Path) -> None:
    first, second = Keeper(KEY, tmp_path), Keeper(KEY, tmp_path)
    first.note({"title": "Một"})
    first.write()
    assert second.found().kept == ()
    second.note({"title": "Hai"})
    second.write()
    first.release()
    second.release()
    texts = {kept.texts["title"] for kept in Keeper(KEY, tmp_path).found().kept}
    assert texts == {"Một", "Hai"}


def test_only_one_window_takes_it_and_it_is_that_window_s_then(tmp_path: Path) -> None:
    left(tmp_path, {"title": "Một"})
    first, second = Keeper(KEY, tmp_path), Keeper(KEY, tmp_path)
    kept, same = first.found().kept[0], second.found().kept[0]
    assert first.take(kept)
    assert not second.take(same)
    assert second.found().kept == ()
    first.release()
    assert second.found().kept[0].texts == {"title": "Một"}


def test_sent_or_thrown_away_leaves_nothing(tmp_path: Path) -> None:
    left(tmp_path, {"title": "Một"})
    keeper = Keeper(KEY, tmp_path)
    keeper.drop(keeper.found().kept[0])
    keeper.note({"title": "Hai"})
    keeper.write()
    keeper.discard()
    keeper.note({"title": "muộn"})
    keeper.write()
    assert list(tmp_path.iterdir()) == []


def test_back_to_untouched_leaves_nothing(tmp_path: Path) -> None:
    keeper = Keeper(KEY, tmp_path)
    keeper.note({"title": "x"})
    keeper.write()
    keeper.note(None)
    keeper.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"v":1}', b'{"v":9,"at":"2024-01-01T00:00:00+00:00","texts":{}}', b"\xff"]
)
def test_a_damaged_file_is_named_and_set_aside(tmp_path: Path, raw: bytes) -> None:
    left(tmp_path, {"title": "Một"})
    bad = tmp_path / f"{KEY.name}.0123.json"
    bad.write_bytes(raw)
    found = Keeper(KEY, tmp_path).found()
    assert [kept.texts["title"] for kept in found.kept] == ["Một"]
    assert len(found.damaged) == 1
    assert found.damaged[0].read_bytes() == raw
    assert not bad.exists()
    assert Keeper(KEY, tmp_path).found().damaged == ()


def test_a_disk_that_refuses_is_told_and_the_next_try_goes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(KEY, tmp_path)
    keeper.note({"title": "Một"})

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr("kcflow.atomic.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            keeper.write()
    assert list(tmp_path.glob("*.json")) == []
    keeper.write()
    keeper.release()
    assert Keeper(KEY, tmp_path).found().kept[0].texts == {"title": "Một"}


def test_a_full_disk_for_real(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the disk that is full."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from kcflow.keep import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "k = Keeper(FormKey('s', 'p', 'draft'), Path(sys.argv[1])); k.note({'a': 'x'}); k.write()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n"
        "k.note({'a': 'x' * 1000})\n"
        "try: k.write()\n"
        "except OSError as error: print(reason(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "large" in done.stdout
    assert Keeper(FormKey("s", "p", "draft"), tmp_path).found().kept[0].texts == {"a": "x"}
    assert list(tmp_path.glob("*.tmp")) == []


def test_kill_9_leaves_the_texts(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from kcflow.keep import *\n"
        "k = Keeper(FormKey('s', 'p', 'draft'), Path(sys.argv[1])); k.note({'a': 'chữ'}); k.write()\n"
        "print('written', flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == b"written\n"
        here = Keeper(FormKey("s", "p", "draft"), tmp_path)
        assert here.found().kept == ()
        process.send_signal(signal.SIGKILL)
        process.wait()
    kept = here.found().kept
    assert kept[0].texts == {"a": "chữ"}
    assert here.take(kept[0])
    here.discard()
    assert list(tmp_path.iterdir()) == []


def test_everything_noted_is_written_when_the_program_must_end(tmp_path: Path) -> None:
    one, two = Keeper(KEY, tmp_path), Keeper(FormKey("s", "p", "x"), tmp_path)
    one.note({"a": "1"})
    two.note({"b": "2"})
    keep.write_all()
    assert len(list(tmp_path.glob("*.json"))) == 2
    one.discard()
    two.discard()
