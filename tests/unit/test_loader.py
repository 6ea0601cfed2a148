"""Every way a lifecycle file can be wrong: refused with the file, the table, the key and the remedy."""

# ruff: noqa: E501  (one broken file a line reads as a table)

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from states.checks import check, problems
from states.lifecycle_error import _SENTENCES, LifecycleError
from states.loader import builtin, load_file, load_text
from states.model import Lifecycle

GOOD = """\
lifecycle = "tiny"
version = "1"
subject = "proposal"
basis = "QĐ 1/2026"
in_force = { from = 2026-01-01 }
initial = "draft"
label = { vi = "Thử", en = "Trial" }

[parameters.approver]
default = "department"
choices = ["department", "ministry"]

[[phase]]
name = "writing"
label = { vi = "Viết", en = "Writing" }

[[phase]]
name = "ending"
label = { vi = "Kết thúc", en = "Ending" }

[[state]]
name = "draft"
phase = "writing"
label = { vi = "Nháp", en = "Draft" }
waits_for = "unit"
deadline = { by = "fixed_date", month = 5, day = 20, plan_year = -1, inclusive = false, kind = "law", basis = "Đ1" }

[[state]]
name = "review"
phase = "writing"
label = { vi = "Xét", en = "Review" }
waits_for = "$approver"
deadline = [
    { by = "working_days", days = 10, kind = "policy", basis = "Nội bộ" },
    { by = "monthly", day = 25, kind = "policy", basis = "Nội bộ", when = "group_only" },
]

[[state]]
name = "returned"
phase = "writing"
label = { vi = "Trả", en = "Returned" }
waits_for = "unit"
paused = true

[[state]]
name = "done"
phase = "ending"
label = { vi = "Xong", en = "Done" }
waits_for = "nobody"
final = true
ending = "completed"

[[action]]
name = "submit"
label = { vi = "Nộp", en = "Submit" }
from = "draft"
to = "review"
roles = ["unit"]
basis = "Đ2"
guards = ["estimate_balances"]
documents = ["de_an", ["mau_4a", "mau_4b"]]
act_document = "cong_van"

[[action]]
name = "send_back"
label = { vi = "Trả", en = "Send back" }
from = "review"
to = "returned"
roles = ["$approver", "department"]
basis = "Đ3"
reason = "required"
remembers_return = true

[[action]]
name = "resubmit"
label = { vi = "Nộp lại", en = "Resubmit" }
from = "returned"
to = "@return_to"
roles = ["unit"]
basis = "Đ4"

[[action]]
name = "note"
label = { vi = "Ghi", en = "Note" }
from = ["*open"]
to = "@same"
roles = ["unit"]
basis = "Đ5"

[[action]]
name = "finish"
label = { vi = "Xong", en = "Finish" }
from = "review"
to = [{ state = "done", when = "group_only" }, { state = "done" }]
roles = ["$approver"]
basis = "Đ6"
"""

GUARDS = {"estimate_balances", "group_only", "not_group"}
KINDS = {"de_an", "mau_4a", "mau_4b", "cong_van"}


def load(text: str) -> Lifecycle:
    lifecycle = load_text(text, file="thu.toml")
    check(lifecycle, guards=GUARDS, document_kinds=KINDS, file="thu.toml")
    return lifecycle


def broken(old: str, new: str) -> LifecycleError:
    """Return the error that `GOOD` gives once `old` is replaced by `new`."""
    assert old in GOOD
    with pytest.raises(LifecycleError) as caught:
        load(GOOD.replace(old, new, 1))
    return caught.value


def test_a_good_file_becomes_a_value() -> None:
    lifecycle = load(GOOD)
    assert lifecycle.key == "tiny@1"
    assert lifecycle.source == GOOD
    assert lifecycle.parameters == {"approver": "department"}
    assert lifecycle.state_by_name["review"].waits_for == "department"
    assert [rule.when for rule in lifecycle.state_by_name["review"].deadlines] == [None, "group_only"]
    submit = lifecycle.action_by_name["submit"]
    assert submit.documents == (("de_an",), ("mau_4a", "mau_4b"))
    assert submit.act_document_need == "required"
    assert lifecycle.action_by_name["note"].sources == ("draft", "review", "returned")
    assert lifecycle.action_by_name["send_back"].roles == ("department",)
    assert lifecycle.return_states == {"review"}


def test_a_phase_stands_for_its_open_states() -> None:
    lifecycle = load(GOOD.replace('from = ["*open"]', 'from = ["phase:writing"]'))
    assert lifecycle.action_by_name["note"].sources == ("draft", "review", "returned")


BROKEN = [
    # (old, new, code, table, key, something the sentence names)
    ('waits_for = "unit"\ndead', 'wait_for = "unit"\ndead', "unknown_key", "state.draft", "wait_for", "waits_for"),
    ('subject = "proposal"\n', "", "missing_key", "", "subject", "required"),
    ('subject = "proposal"\n', "subject = 3\n", "wrong_type", "", "subject", "text"),
    ("paused = true", 'paused = "yes"', "wrong_type", "state.returned", "paused", "true/false"),
    ("days = 10", "days = true", "wrong_type", "state.review.deadline[1]", "days", "integer"),
    ('reason = "required"', 'reason = "requird"', "bad_choice", "action.send_back", "reason", '"required"'),
    ('kind = "law"', 'kind = "rule"', "bad_choice", "state.draft.deadline", "kind", "policy"),
    ('by = "monthly", day', 'by = "monthly", month', "unknown_key", "state.review.deadline[2]", "month", "day"),
    (', basis = "Đ1" }', " }", "missing_key", "state.draft.deadline", "basis", "required"),
    ('vi = "Nộp", en = "Submit"', 'vi = "Nộp"', "missing_language", "action.submit", "label", '"en"'),
    ('vi = "Viết", en', 'vi = " ", en', "missing_language", "phase.writing", "label", '"vi"'),
    ('basis = "Đ2"', 'basis = "\\u001b[31m"', "unsafe_text", "action.submit", "basis", "control"),
    ('vi = "Thử"', 'vi = "T\\u202Ehử"', "unsafe_text", "label", "vi", "control"),
    ('basis = "Đ2"', 'basis = " "', "empty_text", "action.submit", "basis", "empty"),
    ('name = "submit"', 'name = "Nộp"', "bad_name", "action.Nộp", "name", "underscores"),
    ("2026-01-01 }", "2026-01-01, to = 2025-01-01 }", "dates_reversed", "in_force", "to", "ends"),
    ('"$approver", "dep', '"$aprover", "dep', "unknown_parameter", "action.send_back", "roles", '"approver"'),
    ('["*open"]', '["phase:writting"]', "unknown_phase", "action.note", "from", '"writing"'),
    ('default = "department"', 'default = "mayor"', "bad_choice", "parameters.approver", "default", "ministry"),
    ('documents = ["de_an", ["mau_4a", "mau_4b"]]', "documents = [[]]", "wrong_type", "action.submit", "documents", ""),
    ('to = "review"', "to = 3", "wrong_type", "action.submit", "to", "@same"),
    ('to = "review"\n', "", "missing_key", "action.submit", "to", "required"),
    # names that stand nowhere
    ('initial = "draft"', 'initial = "drafft"', "unknown_state", "", "initial", '"draft"'),
    ('to = "review"', 'to = "reviw"', "unknown_state", "action.submit", "to", '"review"'),
    ('from = "returned"', 'from = "retuned"', "unknown_state", "action.resubmit", "from", '"returned"'),
    ('phase = "ending"', 'phase = "endin"', "unknown_phase", "state.done", "phase", '"ending"'),
    ('roles = ["unit"]', 'roles = ["units"]', "unknown_role", "action.submit", "roles", '"unit"'),
    ('roles = ["unit"]', 'roles = ["auditor"]', "reading_role", "action.submit", "roles", "only read"),
    ('roles = ["unit"]', "roles = []", "empty_list", "action.submit", "roles", "one entry"),
    ('"nobody"', '"noboby"', "unknown_holder", "state.done", "waits_for", '"nobody"'),
    ('["estimate_balances"]', '["estimate_balance"]', "unknown_guard", "action.submit", "guards", "estimate_balances"),
    ('basis = "Nội bộ", when = "group_only"', 'basis = "Nội bộ", when = "group"', "unknown_guard", "state.review.deadline[2]", "when", "group"),
    ('["de_an"', '["dean"', "unknown_document", "action.submit", "documents", '"de_an"'),
    ('act_document = "cong_van"', 'act_document = "cong_va|de_an"', "unknown_document", "action.submit", "act_document", '"cong_van"'),
    ('name = "note"', 'name = "submit"', "duplicate", "action.submit", "name", "twice"),
    ('name = "returned"', 'name = "review"', "duplicate", "state.review", "name", "twice"),
    ('subject = "proposal"', 'subject = "propsal"', "unknown_subject", "", "subject", '"proposal"'),
    ('basis = "Đ2"', 'basis = "Đ2"\nvia = "contrct"', "unknown_subject", "action.submit", "via", '"contract"'),
    ('basis = "Đ2"', 'basis = "Đ2"\namount = "advanced"\ncharges = ["contrat"]', "unknown_subject", "action.submit", "charges", '"contract"'),
    ('basis = "Đ2"', 'basis = "Đ2"\namount = "advanced"\nmay_charge = ["adjustment"]', "unknown_subject", "action.submit", "may_charge", "adjustment"),
    ('basis = "Đ2"', 'basis = "Đ2"\nfields = ["report_moth?"]', "unknown_field", "action.submit", "fields", '"report_month"'),
    ('basis = "Đ2"', 'basis = "Đ2"\namount = "alocated"', "bad_choice", "action.submit", "amount", '"allocated"'),
    # settings that contradict each other
    ('subject = "proposal"', 'subject = "proposal"\nfund = true', "fund_subject", "", "fund", "plans"),
    ('subject = "proposal"', 'subject = "contract"', "fund_subject", "", "fund", "contract"),
    ('basis = "Đ2"', 'basis = "Đ2"\ncharges = ["contract"]', "charge_without_amount", "action.submit", "charges", "amount"),
    ('basis = "Đ2"', 'basis = "Đ2"\nmoves = ["approve"]', "moves_without_items", "action.submit", "moves", "moves"),
    ('basis = "Đ2"', 'basis = "Đ2"\nrelease = true', "release_not_allocated", "action.submit", "release", "allocated"),
    ('basis = "Đ2"', 'basis = "Đ2"\namount = "advanced"\nsigned = true', "signed_amount", "action.submit", "signed", "contracted"),
    ('basis = "Đ2"', 'basis = "Đ2"\nfields = ["claimed", "claimed?"]', "duplicate", "action.submit", "fields", "twice"),
    ('act_document = "cong_van"', 'act_document = "cong_van"\nact_document_need = "none"', "act_document_need", "action.submit", "act_document_need", "together"),
    ('act_document = "cong_van"', 'act_document_need = "required"', "act_document_need", "action.submit", "act_document_need", "together"),
    ('basis = "Đ5"', 'basis = "Đ5"\nround = true', "round_without_allocation", "action.note", "round", "allocated"),
    ('basis = "Đ2"', 'basis = "Đ2"\nrenews_deadline = true', "renews_without_staying", "action.submit", "renews_deadline", "@same"),
    ('waits_for = "unit"\ndead', 'ending = "stopped"\nwaits_for = "unit"\ndead', "ending_not_final", "state.draft", "ending", "final"),
    ('\nending = "completed"', "", "final_without_ending", "state.done", "ending", "ending"),
    # deadlines
    ("month = 5, day = 20", "month = 2, day = 30", "no_such_date", "state.draft.deadline", "day", "30/2"),
    ("month = 5, day = 20", "month = 2, day = 29", "no_such_date", "state.draft.deadline", "day", "every year"),
    ("month = 5, day = 20", "month = 5, day = 0", "no_such_date", "state.draft.deadline", "day", "0/5"),
    ("plan_year = -1", "plan_year = 2025", "bad_plan_year", "state.draft.deadline", "plan_year", "2025"),
    ("days = 10", "days = -10", "bad_days", "state.review.deadline[1]", "days", "-10"),
    ("days = 10", "days = 0", "bad_days", "state.review.deadline[1]", "days", "250"),
    ("day = 25", "day = 31", "bad_day", "state.review.deadline[2]", "day", "28"),
    ('by = "working_days", days = 10', 'by = "months", months = 121', "bad_months", "state.review.deadline[1]", "months", "120"),
    # the graph
    ('from = "draft"\nto = "review"', 'from = "draft"\nto = "draft"', "dead_end", "state.draft", "", "way out"),
    ('from = "review"\nto = "returned"', 'from = "review"\nto = "review"', "unreachable", "state.returned", "", "reached"),
    ('from = "returned"\nto = "@return_to"', 'from = "done"\nto = "review"', "memory_without_return", "action.send_back", "remembers_return", "@return_to"),
    ("remembers_return = true", "", "return_without_memory", "action.resubmit", "to", "remembers_return"),
    ('from = ["*open"]', 'from = ["done"]', "final_with_exit", "action.note", "from", '"done"'),
    ('{ state = "done" }]', '{ state = "done", when = "estimate_balances" }]', "target_not_exhaustive", "action.finish", "to", "condition"),
    ('[{ state = "done", when = "group_only" }, ', '[{ state = "review" }, ', "target_order", "action.finish", "to", "last"),
    ('ending = "completed"', 'ending = "stopped"', "no_completion", "", "state", "completed"),
    ('name = "done"\nphase = "ending"', 'name = "done"\nphase = "writing"', "phase_unused", "phase.ending", "", "no state"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "table", "key", "named"), BROKEN, ids=lambda value: value[:24]
)
def test_a_broken_file_names_table_key_and_remedy(
    old: str, new: str, code: str, table: str, key: str, named: str
) -> None:
    error = broken(old, new)
    assert (error.code, error.table, error.key) == (code, table, key)
    english, vietnamese = error.sentence("en"), error.sentence("vi")
    assert named in english
    assert english != vietnamese
    for sentence in (english, vietnamese):
        assert sentence.startswith("thu.toml")
        assert not table or f"[{table}]" in sentence
        assert "\n" not in sentence
        assert "\x1b" not in sentence


def test_every_target_conditional_needs_the_other_half() -> None:
    both = GOOD.replace('{ state = "done" }]', '{ state = "returned", when = "not_group" }]')
    assert load(both).reachable_targets(load(both).action_by_name["finish"], "review") == {"done", "returned"}


def test_states_that_only_lead_to_each_other_have_no_way_to_an_end() -> None:
    # draft → review → returned → review …: nothing reaches "done" any more.
    finish = GOOD.index('from = "review"\nto = [')
    text = GOOD[:finish] + GOOD[finish:].replace('from = "review"', 'from = "draft"', 1)
    text = text.replace('[{ state = "done", when = "group_only" }, { state = "done" }]', '"review"')
    found = problems(load_text(text), guards=GUARDS, document_kinds=KINDS)
    assert {(one.code, one.table) for one in found} == {
        ("no_way_to_end", "state.draft"),
        ("no_way_to_end", "state.review"),
        ("no_way_to_end", "state.returned"),
        ("unreachable", "state.done"),
    }


def test_phases_stand_in_order() -> None:
    first = 'name = "writing"\nlabel = { vi = "Viết", en = "Writing" }'
    last = 'name = "ending"\nlabel = { vi = "Kết thúc", en = "Ending" }'
    text = GOOD.replace(first, "(first)").replace(last, first).replace("(first)", last)
    found = problems(load_text(text), guards=GUARDS, document_kinds=KINDS)
    assert [(one.code, one.table) for one in found] == [
        ("phase_order", "state.draft"),
        ("phase_order", "state.done"),
    ]


def test_all_problems_are_told_at_once() -> None:
    text = (
        GOOD.replace('"estimate_balances"', '"nope"')
        .replace('"de_an"', '"nope"')
        .replace("days = 10", "days = -1")
    )
    found = problems(load_text(text), guards=GUARDS, document_kinds=KINDS)
    assert [one.code for one in found] == ["bad_days", "unknown_guard", "unknown_document"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = 1\nb = "open\n', "2"),
        ("a = 1\n\n[[state\n", "3"),
        ("a = " + "[" * 3000, "1"),
        ("a = [1,\n2", "2"),
    ],
)
def test_a_syntax_error_gives_its_line(text: str, line: str) -> None:
    with pytest.raises(LifecycleError) as caught:
        load_text(text, file="thu.toml")
    assert caught.value.code == "syntax"
    assert f"dòng {line}:" in caught.value.sentence("vi")
    assert f"line {line}:" in caught.value.sentence("en")


def test_parameters_are_chosen_and_become_part_of_the_version() -> None:
    other = load_text(GOOD, parameters={"approver": "ministry"})
    default = load_text(GOOD, parameters={"approver": "department"})
    assert other.key == "tiny@1+approver.ministry"
    assert other.action_by_name["finish"].roles == ("ministry",)
    assert other.state_by_name["review"].waits_for == "ministry"
    assert default.key == "tiny@1"
    assert other.fingerprint != default.fingerprint == load(GOOD).fingerprint


@pytest.mark.parametrize(
    ("given", "code", "named"),
    [
        ({"approver": "departmnt"}, "bad_choice", '"department"'),
        ({"aprover": "ministry"}, "unknown_parameter", '"approver"'),
    ],
)
def test_a_parameter_is_checked(given: dict[str, str], code: str, named: str) -> None:
    with pytest.raises(LifecycleError) as caught:
        load_text(GOOD, parameters=given)
    assert caught.value.code == code
    assert named in caught.value.sentence("vi")


def test_the_fingerprint_ignores_comments_and_layout_and_sees_everything_else() -> None:
    plain = load(GOOD).fingerprint
    assert re.fullmatch("[0-9a-f]{64}", plain)
    assert load("# note\n" + GOOD.replace(" = ", "  =  ")).fingerprint == plain
    assert load(GOOD.replace("days = 10", "days = 11")).fingerprint != plain
    assert load(GOOD.replace('"Nháp"', '"Bản nháp"')).fingerprint != plain
    assert load(GOOD + "danger = true\n").fingerprint != plain
    decomposed = unicodedata.normalize("NFD", GOOD)
    assert decomposed != GOOD
    assert load(decomposed).fingerprint == plain


def test_a_file_is_read_with_bom_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "tinh.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_file(path).fingerprint == load(GOOD).fingerprint


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "unreadable"), (b"a = '\xff'", "not_utf8"), (b"#" * ((1 << 20) + 1), "too_large")],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "tinh.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LifecycleError) as caught:
        load_file(path)
    assert caught.value.code == code
    assert "tinh.toml" in caught.value.sentence("vi")


def test_every_sentence_stands_in_both_languages_with_the_same_parameters() -> None:
    for vietnamese, english in _SENTENCES.values():
        assert vietnamese != english
        assert set(re.findall(r"{(\w+)}", vietnamese)) == set(re.findall(r"{(\w+)}", english))


def test_every_sentence_is_reached_by_a_broken_file() -> None:
    tried = {row[2] for row in BROKEN} | {
        *("syntax", "unreadable", "not_utf8", "too_large", "no_way_to_end", "phase_order")
    }
    assert tried == set(_SENTENCES)


def test_a_hostile_key_is_shown_harmlessly() -> None:
    error = broken('subject = "proposal"', '"\\u001b]52;c;x\\u0007" = 1\nsubject = "proposal"')
    assert error.code == "unknown_key"
    assert error.sentence("en").isprintable()


def test_built_in_lifecycles_are_read_once() -> None:
    assert builtin() is builtin()
