"""kcflow digest, duty and people email over the sample store, with a real SMTP server."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kcflow.config import os_account
from tests.cli.conftest import Command, Desk
from tests.cli.running import ROOT, environment
from tests.smtp import MailServer, nobody_there, silent

ADDRESSES = {"cuc": "minh@cuc.test", "giamsat-02": "my@sct.test", "ttkc-63-02": "hung@ttkc.test"}
OURS = "KCDP-24-0009"
"""A file that the supervisor of Hà Giang is told of: three levels late, by law."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's store, played once for this file, with three addresses."""
    from kcflow.bootstrap import init_store, open_desk
    from kcflow.config import Config

    path = tmp_path_factory.mktemp("sample") / "kc.db"
    config = Config(f"sqlite:///{path}")
    init_store(config, sample=True)
    desk = open_desk(config)
    try:
        for login, address in ADDRESSES.items():
            desk.clock.set_address(login, address)
    finally:
        desk.close()
    return path


@pytest.fixture
def sample(played: Path, tmp_path: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The administrator's command line over a fresh copy of it."""
    copy = tmp_path / "kc.db"
    shutil.copy(played, copy)
    monkeypatch.setenv("KCFLOW_SETTINGS", str(tmp_path / "settings.toml"))
    return Desk(f"sqlite:///{copy}", run)


def settings(port: int, **more: str) -> dict[str, str]:
    """Environment variables that name a server of these tests."""
    return {
        "KCFLOW_SMTP_HOST": "127.0.0.1",
        "KCFLOW_SMTP_PORT": str(port),
        "KCFLOW_SMTP_SECURITY": "none",
        "KCFLOW_MAIL_SENDER": "kcflow@cuc.test",
        **more,
    }


@pytest.fixture
def to(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the command send to a port of this machine."""

    def name(port: int, **more: str) -> None:
        for variable, value in settings(port, **more).items():
            monkeypatch.setenv(variable, value)

    return name


def test_the_morning_from_the_first_look_to_the_log(sample: Desk, to: Any) -> None:
    looked = sample.json("digest")["rows"]
    assert {row["person"]: row["state"] for row in looked}["cuc"] == "planned"
    assert sum(row["state"] == "no_address" for row in looked) == len(looked) - 3
    assert sample.json("digest", "log")["rows"] == []
    shown = sample.done("digest", "--show", "giamsat-02")
    assert OURS in shown
    assert "Người nhận: Vàng Thị Mỷ <my@sct.test>" in shown
    with MailServer() as server:
        to(server.port)
        first = sample.json("digest", "--send")
        assert (first["sent"], first["pending"], first["failed"]) == (3, 0, 0)
        assert first["escalated"] > 20
        assert len(first["no_address"]) == len(looked) - 3
        assert sorted(server.recipients) == sorted(ADDRESSES.values())
        assert OURS in server.text_to("my@sct.test")
        assert OURS not in server.text_to("hung@ttkc.test")
        subject = {row["person"]: row["subject"] for row in looked}["giamsat-02"]
        assert subject in {str(letter["Subject"]) for letter in server.letters}
        again = sample.json("digest", "--send")
        assert (again["sent"], again["already"], again["escalated"]) == (0, 3, 0)
        assert len(server.letters) == 3
    log = sample.json("digest", "log")["rows"]
    assert {row["person"]: row["state"] for row in log} == dict.fromkeys(ADDRESSES, "sent")
    assert "đã gửi 14/06/2024" in sample.done("digest", "log", "--person", "cuc")
    (row,) = (r for r in sample.json("history", OURS, "--all")["rows"] if r["system"])
    assert row["basis"] == "Quy định nội bộ (mặc định kcflow)"
    assert "Ngô Quang Trung" in row["reason"]


def test_a_server_that_is_down_loses_nothing(sample: Desk, to: Any) -> None:
    to(nobody_there())
    outcome = sample("digest", "--send")
    assert outcome.code == 1
    assert "Không kết nối được với máy chủ thư" in outcome.err
    assert "Còn chờ gửi: 3; hãy chạy lại lệnh này." in outcome.out
    assert "Traceback" not in outcome.err
    with silent() as port:
        to(port, KCFLOW_SMTP_TIMEOUT="1")
        outcome = sample("digest", "--send")
        assert outcome.code == 1
        assert "không trả lời trong 1 giây" in outcome.err
    with MailServer() as server:
        to(server.port)
        outcome = sample("digest", "--send")
        assert (outcome.code, len(server.letters)) == (0, 3)
        assert "Thư ngày 14/06/2024: đã gửi 3." in outcome.out
        assert "hãy đặt smtp_security" not in outcome.err, "a server of this machine"
    with MailServer(refuses={"minh@cuc.test": "550 no"}) as server:
        to(server.port)
        assert sample("digest", "--send").code == 0, "everybody has theirs"


def test_two_processes_at_once_send_every_letter_once(sample: Desk) -> None:
    with MailServer() as server:
        command = [sys.executable, "-m", "kcflow", "--database", sample.url, "digest", "--send", "--json"]
        variables = environment(**settings(server.port))
        processes = [
            subprocess.Popen(command, env=variables, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        outcomes = [(process.communicate(timeout=100), process.returncode) for process in processes]
        assert all(b"Traceback" not in err for (_, err), _ in outcomes)
        assert {code for _, code in outcomes} <= {0, 1}, outcomes
        assert sorted(server.recipients) == sorted(ADDRESSES.values())


def test_what_is_missing_or_wrong_is_one_sentence(sample: Desk, to: Any) -> None:
    assert "KCFLOW_SMTP_HOST" in sample.refused(2, "digest", "--send")
    to(25, KCFLOW_SMTP_SECURITY="ssl")
    assert "KCFLOW_SMTP_SECURITY" in sample.refused(2, "digest", "--send")
    to(25, KCFLOW_SMTP_USER="kc")
    assert "KCFLOW_SMTP_PASSWORD" in sample.refused(2, "digest", "--send")
    to(25, KCFLOW_SMTP_USER="")
    assert "chưa đến" in sample.refused(2, "digest", "--send", "--day", "17/06/2024")
    assert "--show" in sample.refused(2, "digest", "--send", "--show", "cuc")
    assert "nobody" in sample.refused(2, "digest", "--show", "nobody")
    assert "1999" in sample.refused(2, "digest", "--day", "1999-01-04")
    sample.refused(4, "--as", "cuc", "digest", "--send")


def test_a_day_off_sends_nothing(sample: Desk, to: Any) -> None:
    to(nobody_there())
    outcome = sample("digest", "--send", "--day", "09/06/2024")
    assert (outcome.code, outcome.out) == (0, "09/06/2024 là ngày nghỉ (chủ nhật): không gửi gì.\n")


def test_the_settings_file_names_the_server(sample: Desk, tmp_path: Path) -> None:
    with MailServer() as server:
        (tmp_path / "settings.toml").write_text(
            f'[mail]\nsmtp_host = "127.0.0.1"\nsmtp_port = {server.port}\nsmtp_security = "none"\n'
            'mail_sender = "kcflow@cuc.test"\nmail_language = "en"\n',
            "utf-8",
        )
        assert sample("digest", "--send").code == 0
        assert "LATE BY LAW" in server.text_to("my@sct.test")


def test_duties_say_who_is_told(sample: Desk) -> None:
    given = sample.json("duty", "give", "sct-63-02-ld", "--level", "head", "--office", "sct-63-02")
    assert (given["person"], given["office"], given["level"]) == ("sct-63-02-ld", "SCT-63-02", "head")
    told = {row["person"]: row for row in sample.json("digest")["rows"]}
    assert told["sct-63-02-ld"]["items"] > told["sct-63-02"]["items"] - 1
    again = sample.refused(2, "duty", "give", "sct-63-02-ld", "--level", "head", "--office", "SCT-63-02")
    assert "sct-63-02-ld" in again
    assert "Hoàng Văn Páo" in sample.done("duty")
    ended = sample.json("duty", "end", "sct-63-02-ld", "--level", "head", "--office", "SCT-63-02")
    assert ended["valid_to"] is not None
    assert "kcflow duty" in sample.refused(2, "duty", "end", "cuc", "--level", "leader", "--office", "CUC")
    sample.refused(4, "--as", "cuc", "duty", "give", "cuc", "--level", "leader", "--office", "CUC")


def test_addresses_are_ones_own_or_the_administrators(sample: Desk) -> None:
    assert sample.json("--as", "cuc", "people", "email", "cuc", "moi@cuc.test")["address"] == "moi@cuc.test"
    sample.refused(4, "--as", "cuc", "people", "email", "giamsat-02", "x@y.test")
    assert "“a b@c”" in sample.refused(2, "people", "email", "cuc", "a b@c")
    assert sample.json("people", "email", "cuc", "--none")["address"] is None
    assert sample.json("people", "email", os_account()[0])["address"] is None
