"""The morning's letters, sent to a real SMTP server: once each, whatever happens on the way."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from db import directory
from db.rows import PersonRow
from kcflow.config import os_account
from kcflow.services.clock.post import Post
from kcflow.services.clock_views import HoldInput
from kcflow.services.errors import BadInput, NoPermission
from kcflow.services.letter_views import DigestResult
from kcflow.settings_schema import Settings
from tests.services.world import AGENCY, SCT, THAI_NGUYEN, UNIT, World
from tests.smtp import CERTIFICATE, MailServer, nobody_there, silent

ADMIN = os_account()[0]
ENTERED = date(2023, 4, 3)
"""A Monday: what is submitted then is due within ten working days."""
NEAR, DUE, LATE, TWICE = date(2023, 4, 14), date(2023, 4, 17), date(2023, 4, 20), date(2023, 5, 5)
SUNDAY = date(2023, 4, 16)
SUPERVISOR, LEADER = "giamsat", "lanhdao"


def post_to(server: MailServer | int, **options: object) -> Post:
    """The way to a server of these tests."""
    port = server if isinstance(server, int) else server.port
    given: dict[str, object] = {"security": "none", "timeout": 5, **options}
    return Post("127.0.0.1", port, "kcflow@cuc.test", **given)  # type: ignore[arg-type]


def address_of(login: str) -> str:
    return f"{login}@office.test"


@pytest.fixture
def office(world: World) -> World:
    """Two files at the department of Hà Giang; everybody of that province has an address."""
    with world.store.administer() as admin:
        for login, role in ((SUPERVISOR, "supervisor"), (LEADER, "supervisor")):
            person = PersonRow(login, f"Người {login}", None, None, date(2020, 1, 1))
            directory.add_person(admin, person)
            office_code = SCT.upper() if login == SUPERVISOR else "CUC"
            directory.assign(admin, login, role, office_code, date(2020, 1, 1))
        for login in (SCT, UNIT, SUPERVISOR, LEADER, ADMIN):
            directory.set_email(admin, login, address_of(login))
    world.shared.forget()
    world.day = ENTERED
    return world


def submitted(world: World, **changes: object) -> str:
    """A file that waits for the department, entered on `ENTERED`."""
    code = world.draft(**changes)
    world.act(UNIT, code, "submit_to_department", ENTERED)
    return code


def run(world: World, day: date, post: Post, **options: object) -> DigestResult:
    """One run of the command on `day`."""
    world.day = day
    return world.desk(ADMIN).clock.digest_send(post, **options)  # type: ignore[arg-type]


def by_person(world: World, day: date | None = None) -> dict[str, str]:
    """What became of each person's letter."""
    return {view.person: view.state for view in world.desk(ADMIN).clock.digest_log(day)}


def subject_of(letter: EmailMessage) -> str:
    return str(letter["Subject"])


def test_everybody_gets_one_letter_with_only_what_concerns_them(office: World) -> None:
    code = submitted(office)
    mine = office.draft(title="Bản nháp của đơn vị")
    with MailServer() as server:
        assert run(office, NEAR, post_to(server)).sent == 2
        assert sorted(server.recipients) == sorted([address_of(ADMIN), address_of(SCT)])
        text = server.text_to(address_of(SCT))
    assert code in text
    assert "SẮP ĐẾN HẠN: 1" in text
    assert "Hạn 17/04/2023 (Quy định nội bộ (mặc định kcflow)) – còn 3 ngày" in text
    assert "chờ Sở Công Thương từ 03/04/2023" in text
    assert f"kcflow why {code}" in text
    assert mine not in text
    assert "[kcflow] 1 sắp đến hạn – 14/04/2023" in {subject_of(each) for each in server.letters}


def test_the_level_says_who_is_told_and_is_written_once_into_the_history(office: World) -> None:
    code = submitted(office)
    with MailServer() as server:
        near = run(office, NEAR, post_to(server))
        assert (near.sent, near.escalated) == (2, 1)
        late = run(office, LATE, post_to(server))
        assert (late.sent, late.escalated) == (3, 1)
        assert address_of(SUPERVISOR) in server.recipients
        assert address_of(LEADER) not in server.recipients
        twice = run(office, TWICE, post_to(server))
        assert (twice.sent, twice.escalated) == (4, 1)
        assert address_of(LEADER) in server.recipients
        assert run(office, TWICE, post_to(server)).escalated == 0
    rows = [row for row in office.desk(ADMIN).history_of(code) if row.system]
    assert [row.on for row in rows] == [NEAR, LATE, TWICE]
    assert "Người giamsat" in (rows[1].reason or "")
    assert {row.from_state for row in rows} == {row.to_state for row in rows}
    assert office.desk(ADMIN).dossier(code).row.due_on == DUE


def test_run_again_at_any_moment_nobody_gets_a_letter_twice(office: World) -> None:
    submitted(office)
    with MailServer() as server:
        assert run(office, NEAR, post_to(server)).sent == 2
        again = run(office, NEAR, post_to(server))
        assert (again.sent, again.already, again.pending) == (0, 2, 0)
        assert len(server.letters) == 2


def test_a_plan_writes_and_sends_nothing(office: World) -> None:
    code = submitted(office)
    office.day = LATE
    before = office.desk(ADMIN).written()
    views = office.desk(ADMIN).clock.digest_plan()
    assert {view.person for view in views} == {ADMIN, SCT, SUPERVISOR}
    assert {view.state for view in views} == {"planned"}
    assert all(code in view.body for view in views)
    assert office.desk(ADMIN).written() == before
    assert office.desk(ADMIN).clock.digest_log() == ()


def test_a_refused_recipient_is_named_and_the_others_get_theirs(office: World) -> None:
    submitted(office)
    with MailServer(refuses={address_of(SCT): "550 5.1.1 no such user"}) as server:
        done = run(office, NEAR, post_to(server))
        assert (done.sent, done.failed, done.pending, done.trouble) == (1, 1, 0, None)
        kept = next(v for v in office.desk(ADMIN).clock.digest_log(person=SCT))
        assert kept.state == "failed"
        assert kept.error is not None
        assert "550 5.1.1 no such user" in kept.error.vi
        server.refuses.clear()
        assert run(office, NEAR, post_to(server)).sent == 1
        assert sorted(server.recipients) == sorted([address_of(ADMIN), address_of(SCT)])


def test_not_now_is_tried_again_and_stays_pending(office: World) -> None:
    submitted(office)
    with MailServer(refuses={address_of(SCT): "450 4.2.0 greylisted"}) as server:
        done = run(office, NEAR, post_to(server))
        assert (done.sent, done.pending, done.failed) == (1, 1, 0)
        server.refuses.clear()
        assert run(office, NEAR, post_to(server)).sent == 1


def test_a_server_that_refuses_the_connection(office: World) -> None:
    submitted(office)
    port = nobody_there()
    done = run(office, NEAR, post_to(port))
    assert (done.sent, done.pending) == (0, 2)
    assert done.trouble is not None
    assert f"127.0.0.1:{port}" in done.trouble.vi
    with MailServer() as server:
        assert run(office, NEAR, post_to(server)).sent == 2
        assert len(server.letters) == 2


def test_a_server_that_hangs_is_left_after_the_time_that_is_set(office: World) -> None:
    submitted(office)
    with silent() as port:
        done = run(office, NEAR, post_to(port, timeout=0.3))
    assert (done.sent, done.pending) == (0, 2)
    assert done.trouble is not None
    assert "0.3 giây" in done.trouble.vi


def test_a_server_that_drops_one_letter_in_the_middle_gets_the_others(office: World) -> None:
    submitted(office)
    with MailServer(drops=frozenset({address_of(ADMIN)})) as server:
        done = run(office, NEAR, post_to(server))
        assert (done.sent, done.pending) == (1, 1)
        assert server.recipients == [address_of(SCT)]
        assert by_person(office) == {ADMIN: "pending", SCT: "sent"}
        server.drops = frozenset()
        assert run(office, NEAR, post_to(server)).sent == 1
        assert sorted(server.recipients) == sorted([address_of(ADMIN), address_of(SCT)])


def test_a_server_that_drops_everything_is_not_there(office: World) -> None:
    submitted(office)
    everybody = frozenset(address_of(login) for login in (ADMIN, SCT, SUPERVISOR, LEADER))
    with MailServer(drops=everybody) as server:
        done = run(office, TWICE, post_to(server))
    assert (done.sent, done.pending) == (0, 4)
    assert done.trouble is not None
    assert sum(view.attempts for view in office.desk(ADMIN).clock.digest_log()) == 2


def test_a_letter_that_the_server_does_not_want(office: World) -> None:
    submitted(office)
    with MailServer(content="554 5.7.1 looks like spam") as server:
        done = run(office, NEAR, post_to(server))
        assert (done.sent, done.failed) == (0, 2)
        server.content = None
        assert run(office, NEAR, post_to(server)).sent == 2


def test_login_and_encryption(office: World) -> None:
    submitted(office)
    options = {"security": "starttls", "ca_file": str(CERTIFICATE), "user": "kcflow"}
    with MailServer(takes=("kcflow", "bí mật".encode().hex()), tls="starttls") as server:
        wrong = run(office, NEAR, post_to(server, **options, password=ADMIN))
        assert wrong.sent == 0
        assert wrong.trouble is not None
        assert "535" in wrong.trouble.vi
        stranger = run(office, NEAR, post_to(server, security="starttls"))
        assert stranger.trouble is not None
        assert "smtp_ca_file" in stranger.trouble.vi
        good = run(office, NEAR, post_to(server, **options, password="bí mật".encode().hex()))
        assert (good.sent, good.trouble) == (2, None)
    with MailServer() as server:
        plain = run(office, LATE, post_to(server, security="starttls"))
        assert plain.trouble is not None
        assert "STARTTLS" in plain.trouble.vi
    with MailServer(tls="tls") as server:
        done = run(office, LATE, post_to(server, security="tls", ca_file=str(CERTIFICATE)))
        assert (done.sent, done.trouble) == (3, None)


def test_who_has_no_address_is_named_and_the_others_get_theirs(office: World) -> None:
    submitted(office)
    with office.store.administer() as admin:
        directory.set_email(admin, SCT, None)
        directory.set_email(admin, ADMIN, "a@b\r\nBcc: all@office.test")
    with MailServer() as server:
        done = run(office, LATE, post_to(server))
        assert done.no_address == tuple(sorted([ADMIN, SCT]))
        assert server.recipients == [address_of(SUPERVISOR)]
        office.desk(ADMIN).clock.set_address(SCT, address_of(SCT))
        assert run(office, LATE, post_to(server)).sent == 1


def test_hostile_titles_and_names_are_text(office: World) -> None:
    title = "Chè [bold]đỏ[/] <b>x</b> %s {n} =?utf-8?q?x?="
    code = submitted(office, title=title)
    with office.store.administer() as admin:
        name = 'Lý "Sếp", <a@b.test>\r\nBcc: all@office.test'
        person = PersonRow("hostile", name, address_of("hostile"), None, ENTERED)
        directory.add_person(admin, person)
        directory.assign(admin, "hostile", "department", SCT.upper(), ENTERED)
    office.shared.forget()
    with MailServer() as server:
        run(office, NEAR, post_to(server))
        letter = next(each for each in server.letters if "hostile" in str(each["To"]))
        assert letter["Bcc"] is None
        assert [address.addr_spec for address in letter["To"].addresses] == [address_of("hostile")]
        assert f"{code} · {title}" in server.text_to(address_of("hostile"))
        assert len(letter.get_all("Subject", [])) == 1
        assert letter["Auto-Submitted"] == "auto-generated"


def test_nothing_on_a_day_off_unless_it_is_wanted(office: World) -> None:
    submitted(office)
    with MailServer() as server:
        done = run(office, SUNDAY, post_to(server))
        assert done.day_off is not None
        assert done.day_off.vi == "chủ nhật"
        assert (server.letters, by_person(office)) == ([], {})
        assert run(office, SUNDAY, post_to(server), force=True).sent == 2


def test_a_clock_that_went_backwards_sends_nothing(office: World) -> None:
    submitted(office)
    with MailServer() as server:
        assert run(office, LATE, post_to(server)).sent == 3
        with pytest.raises(BadInput) as told:
            run(office, NEAR, post_to(server))
        assert told.value.code == "digest_backwards"
        assert "20/04/2023" in told.value.text.vi
        with pytest.raises(BadInput) as told:
            office.desk(ADMIN).clock.digest_send(post_to(server), LATE + timedelta(days=1))
        assert told.value.code == "digest_future"
        assert len(server.letters) == 3


def test_what_a_day_left_unsent_is_in_the_letter_of_the_next(office: World) -> None:
    code = submitted(office)
    assert run(office, NEAR, post_to(nobody_there())).pending == 2
    with MailServer() as server:
        assert run(office, LATE, post_to(server)).sent == 3
        assert code in server.text_to(address_of(SCT))
        assert len(server.letters) == 3
    assert by_person(office, NEAR) == {ADMIN: "failed", SCT: "failed"}
    (old,) = (v for v in office.desk(ADMIN).clock.digest_log(NEAR) if v.person == SCT)
    assert old.error is not None
    assert "20/04/2023" in old.error.vi


def test_two_runs_at_once_send_every_letter_once(office: World) -> None:
    submitted(office)
    office.day = TWICE
    met = threading.Barrier(2, timeout=20)
    results: list[DigestResult] = []
    failures: list[BaseException] = []
    desk = office.desk(ADMIN)

    with MailServer() as server:

        def one_run() -> None:
            try:
                met.wait()
                results.append(desk.clock.digest_send(post_to(server)))
            except BaseException as failed:
                failures.append(failed)

        threads = [threading.Thread(target=one_run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sum(each.sent for each in results) == 4
        assert sorted(server.recipients) == sorted(set(server.recipients))
        assert len(server.letters) == 4
    assert sum(each.escalated for each in results) == 1


def test_a_run_that_died_before_its_mark_sends_the_same_letter_again_later(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(office)
    with MailServer() as server:
        with monkeypatch.context() as patched:
            patched.setattr("kcflow.services.clock.digest._mark", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                run(office, NEAR, post_to(server, timeout=1))
        assert len(server.letters) == 1
        soon = run(office, NEAR, post_to(server, timeout=60))
        assert (soon.sent, soon.pending) == (1, 1), "another run may have it"
        later = run(office, NEAR, post_to(server, timeout=0.2))
        assert (later.sent, later.pending) == (1, 0)
        first, *_, last = server.letters
        assert first["Message-ID"] == last["Message-ID"]
        assert first["To"] == last["To"]


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_reminder_is_in_the_next_letter_once(office: World) -> None:
    code = submitted(office)
    asked = "Đề nghị xem\nngay hôm nay"
    office.day = ENTERED + timedelta(days=1)
    office.desk(SUPERVISOR).clock.remind(code, asked, to=(SCT,))
    with MailServer() as server:
        day = ENTERED + timedelta(days=2)
        assert run(office, day, post_to(server)).sent == 1
        text = server.text_to(address_of(SCT))
        assert "LỜI NHẮC, BÁO LÊN: 1" in text
        assert "Người giamsat nhắc ngày 04/04/2023: Đề nghị xem" in text
        assert run(office, day + timedelta(days=1), post_to(server)).sent == 0


def test_what_was_raised_by_hand_is_in_the_next_letter_before_it_is_late(office: World) -> None:
    code = submitted(office)
    office.day = ENTERED + timedelta(days=1)
    office.desk(SUPERVISOR).clock.escalate(code, "Đơn vị chờ đã lâu")
    office.desk(SUPERVISOR).clock.escalate(code, "Vẫn chưa có trả lời")
    with MailServer() as server:
        day = ENTERED + timedelta(days=2)
        run(office, day, post_to(server))
        text = server.text_to(address_of(SUPERVISOR))
        assert "Người giamsat báo lên cấp Trưởng phòng ngày 04/04/2023: Vẫn chưa có trả lời" in text
        run(office, day + timedelta(days=1), post_to(server))
        assert server.recipients.count(address_of(SUPERVISOR)) == 1
        # Near its date, it stands in the letter of those it was raised to, though it isn't late yet.
        run(office, NEAR, post_to(server))
        assert server.recipients.count(address_of(SUPERVISOR)) == 2


def test_what_one_person_is_charged_with_is_in_no_colleagues_letter(office: World) -> None:
    code = submitted(office)
    office.desk(SUPERVISOR).clock.reassign(code, SCT, "Giao cho chuyên viên")
    office.day = NEAR
    views = {view.person: view for view in office.desk(ADMIN).clock.digest_plan()}
    assert set(views) == {SCT}
    assert "Người phụ trách: Văn thư" in views[SCT].body


def test_what_is_on_hold_for_others_is_told_apart_and_goes_no_further_up(office: World) -> None:
    code = submitted(office)
    office.day = DUE
    until = date(2023, 6, 30)
    hold = HoldInput("finance_ministry", until, "Chờ Bộ Tài chính cho ý kiến")
    office.desk(SUPERVISOR).clock.hold(code, hold)
    by_law = date(2023, 6, 14)
    assert office.desk(ADMIN).dossier(code).row.due_on == by_law, "the office's own date has moved"
    office.day = by_law + timedelta(days=6)
    views = office.desk(ADMIN).clock.digest_plan()
    assert {view.person for view in views} == {ADMIN, SCT}
    assert all("ĐANG CHỜ NƠI KHÁC: 1" in view.body for view in views)
    told = "Tạm dừng chờ Bộ Tài chính đến hết 30/06/2023"
    assert all(told in view.body for view in views)
    # Long before its date, too: somebody must ask for the answer.
    office.day = DUE + timedelta(days=1)
    views = office.desk(ADMIN).clock.digest_plan()
    assert {view.person for view in views} == {ADMIN, SCT}
    assert all(view.items == 1 and told in view.body for view in views)
    office.desk(SUPERVISOR).clock.lift(code, "Đã có ý kiến")
    after = office.desk(ADMIN).clock.digest_plan()
    assert all("SẮP ĐẾN HẠN: 1" in view.body and told not in view.body for view in after)


def test_who_is_in_charge_of_what_waits_for_others_without_a_date_asks_for_it(office: World) -> None:
    code = office.draft()
    office.to("approved", code)
    office.act(AGENCY, code, "record_mof_opinion")
    assert office.act(AGENCY, code, "allocate", amount=100_000_000).to_state == "partly_allocated"
    row = office.desk(ADMIN).dossier(code).row
    assert (row.waits_for, row.due_on) == ("finance_ministry", None)
    views = {view.person: view for view in office.desk(ADMIN).clock.digest_plan()}
    body = views[AGENCY].body
    assert SCT not in views or code not in views[SCT].body
    waiting = body[body.index("ĐANG CHỜ NƠI KHÁC: 1") :]
    assert code in waiting
    assert "Đôn đốc; khi có kết quả: " in waiting
    assert "(Cục)" in waiting


def test_only_administrators_send_and_everybody_sees_their_own(office: World) -> None:
    submitted(office)
    office.day = LATE
    with pytest.raises(NoPermission):
        office.desk(SCT).clock.digest_send(post_to(nobody_there()))
    assert [view.person for view in office.desk(SCT).clock.digest_plan()] == [SCT]
    with pytest.raises(NoPermission):
        office.desk(SCT).clock.digest_log(person=SUPERVISOR)
    assert THAI_NGUYEN  # the other province's people have nothing to be told
    assert office.desk("sct-63-19").clock.digest_plan() == ()


def test_long_lists_are_cut_in_the_letter_and_never_in_the_count(office: World) -> None:
    codes = [submitted(office, title=f"Đề án {number}") for number in range(27)]
    office.day = NEAR
    view = next(v for v in office.desk(ADMIN).clock.digest_plan() if v.person == SCT)
    assert view.items == 27
    assert "27 sắp đến hạn" in view.subject
    assert sum(code in view.body for code in codes) == 25
    assert "… và 2 hồ sơ nữa: kcflow stalled --kind near --all" in view.body


def test_letters_in_english(office: World) -> None:
    code = submitted(office)
    with MailServer() as server:
        run(office, NEAR, post_to(server), lang="en")
        text = server.text_to(address_of(SCT))
    assert "NEAR DUE: 1" in text
    assert f"run kcflow why {code}" in text


def test_settings_name_the_server_and_never_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "mat-khau"
    secret.write_text("s3cret\n", "utf-8")
    secret.chmod(0o600)
    settings = Settings(
        smtp_host="mail.test", mail_sender="kc@cuc.test", smtp_user="kc", smtp_password_file=str(secret)
    )
    post = Post.of(settings, {})
    assert (post.host, post.port, post.security, post.timeout) == ("mail.test", 587, "starttls", 30)
    assert "s3cret" not in f"{post!r}{vars(post) | {'_password': ''}}"
    other = Post.of(settings, {"KCFLOW_SMTP_HOST": "127.0.0.1", "KCFLOW_SMTP_PORT": "2525"})
    assert (other.host, other.port) == ("127.0.0.1", 2525)
    plain = Post.of(settings, {"KCFLOW_SMTP_SECURITY": "none"})
    assert "mail.test" in plain.warnings[0].vi
    for changed, environ, code in (
        (Settings(), {}, "mail_unset"),
        (settings, {"KCFLOW_SMTP_PORT": "70000"}, "mail_wrong"),
        (settings, {"KCFLOW_SMTP_SECURITY": "ssl"}, "mail_wrong"),
        (settings, {"KCFLOW_MAIL_SENDER": "kcflow"}, "address_wrong"),
        (settings, {"KCFLOW_SMTP_PASSWORD_FILE": str(tmp_path / "none")}, "mail_password_unreadable"),
    ):
        with pytest.raises(BadInput) as told:
            Post.of(changed, environ)
        assert told.value.code == code
    secret.chmod(0o644)
    with pytest.raises(BadInput) as told:
        Post.of(settings, {})
    assert told.value.code == "mail_password_open"
    assert Post.of(settings, {"KCFLOW_SMTP_PASSWORD": "given"}).user == "kc"
    monkeypatch.undo()
