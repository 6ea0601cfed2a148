"""People, offices, assignments, reference data and lifecycles, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db import directory, errors, legal
from db.rows import (
    ActivityContentRow,
    CeilingRow,
    DocumentKindRow,
    OrganisationRow,
    PersonRow,
    ProvinceRow,
)
from db.store import Store
from states.model import Lifecycle
from tests.store.world import TINY, tiny

SCT = OrganisationRow("SCT", "Sở Công Thương", "Department", "department", "63:02", None, date(2020, 1, 1))
NEW = replace(SCT, code="SCT-34", name="Sở mới", valid_from=date(2025, 7, 1))
AN = PersonRow("an", "Nguyễn Văn An", None, "os-an", date(2020, 1, 1))


def test_offices(store: Store) -> None:
    with store.administer() as admin:
        directory.add_organisation(admin, SCT)
        directory.add_organisation(admin, NEW)
        directory.close_organisation(admin, "SCT", date(2025, 6, 30), "SCT-34")
    with store.read() as reader:
        closed = replace(SCT, valid_to=date(2025, 6, 30), successor="SCT-34")
        assert directory.organisations(reader) == [closed, NEW]
        assert directory.organisations(reader, date(2025, 6, 30)) == [closed]
        assert directory.organisations(reader, date(2025, 7, 1)) == [NEW]
        assert directory.organisation(reader, "none") is None


def test_people_and_assignments(store: Store) -> None:
    with store.administer() as admin:
        directory.add_organisation(admin, SCT)
        directory.add_person(admin, AN)
        one = directory.assign(admin, "an", "department", "SCT", date(2020, 1, 1))
        two = directory.assign(admin, "an", "auditor", "SCT", date(2024, 1, 1))
        directory.end_assignment(admin, one, date(2023, 12, 31))
        directory.set_email(admin, "an", "an@example.vn")
        directory.set_os_login(admin, "an", "nva")
        directory.close_person(admin, "an", date(2030, 1, 1))
    with store.read() as reader:
        known = replace(AN, email="an@example.vn", os_login="nva", valid_to=date(2030, 1, 1))
        assert directory.person(reader, "an") == known
        assert directory.person_of_account(reader, "nva") == known
        assert directory.person_of_account(reader, "os-an") is None
        assert directory.people(reader, date(2030, 1, 2)) == []
        held = directory.assignments(reader, person="an")
        assert [(row.id, row.role, row.organisation_name, row.province) for row in held] == [
            (one, "department", "Sở Công Thương", "63:02"),
            (two, "auditor", "Sở Công Thương", "63:02"),
        ]
        assert [row.id for row in directory.assignments(reader, on=date(2023, 12, 31))] == [one]
        assert [row.id for row in directory.assignments(reader, organisation="SCT", on=date(2024, 1, 1))] == [
            two
        ]
    with store.administer() as admin:
        directory.close_organisation(admin, "SCT", date(2024, 6, 30))
    with store.read() as reader:
        assert directory.assignments(reader, person="an", on=date(2024, 7, 1)) == []


def test_what_is_there_twice_or_not_at_all(store: Store) -> None:
    with store.administer() as admin:
        directory.add_organisation(admin, SCT)
        directory.add_person(admin, AN)
    with pytest.raises(errors.DuplicateRow), store.administer() as admin:
        directory.add_organisation(admin, SCT)
    for twice in (AN, replace(AN, login="binh")):
        with pytest.raises(errors.DuplicateRow), store.administer() as admin:
            directory.add_person(admin, twice)
    with pytest.raises(errors.UnknownRow), store.administer() as admin:
        directory.close_person(admin, "nobody", date(2024, 1, 1))
    with pytest.raises(errors.IntegrityRefused), store.administer() as admin:
        directory.assign(admin, "nobody", "unit", "SCT", date(2024, 1, 1))
    with pytest.raises(errors.IntegrityRefused), store.administer() as admin:
        directory.close_person(admin, "an", date(2019, 1, 1))


def test_reference_data_is_put_twice_and_there_once(store: Store) -> None:
    province = ProvinceRow("63", "02", "Hà Giang", "Phía Bắc", "TDMN", None, date(2025, 6, 30), "08")
    ceiling = CeilingRow(
        "model", 3, 300, 10**9, "model", 150, "TT 28/2018 Đ8.2", date(2018, 5, 11), None, "quoted"
    )
    content = ActivityContentRow(3, "Mô hình trình diễn", "Demonstration models", date(2012, 7, 20))
    kind = DocumentKindRow("to_trinh", "Tờ trình", "Submission", None, "TT 36/2013 Đ10")
    for _ in range(2):
        with store.administer() as admin:
            assert directory.put_provinces(admin, [province]) == 1
            directory.put_ceilings(admin, [ceiling])
            directory.put_activity_contents(admin, [content])
            directory.put_document_kinds(admin, [kind])
    with store.administer() as admin:
        directory.put_ceilings(admin, [replace(ceiling, cap_dong=5)])
    with store.read() as reader:
        assert directory.provinces(reader) == [province]
        assert directory.provinces(reader)[0].key == "63:02"
        assert directory.ceilings(reader) == [replace(ceiling, cap_dong=5)]
        assert directory.ceilings(reader, date(2018, 1, 1)) == []
        assert directory.activity_contents(reader) == [content]
        assert directory.document_kinds(reader) == [kind]


def test_lifecycles_are_installed_once(store: Store) -> None:
    with store.administer() as admin:
        again = directory.install_lifecycle(admin, TINY)
        assert again.moves == len(list(legal.rows(TINY)))
    with pytest.raises(errors.LifecycleChanged), store.administer() as admin:
        directory.install_lifecycle(admin, replace(TINY, fingerprint="ef" * 32))
    with store.administer() as admin:
        own = directory.install_lifecycle(admin, tiny("2", "cd" * 32), province="63:02")
    with store.read() as reader:
        assert [row.key for row in reader.lifecycles()] == ["tiny@1", "tiny@2"]
        assert reader.lifecycle("tiny@2") == own
        assert (own.province, own.subject, own.parameters, own.installed_at) == (
            "63:02",
            "proposal",
            {},
            store.now(),
        )
        assert reader.lifecycle("none@1") is None


def test_an_interrupted_installation_leaves_nothing(store: Store) -> None:
    broken = replace(tiny("3", "cd" * 32), subject=None)  # type: ignore[arg-type]
    with pytest.raises(errors.IntegrityRefused), store.administer() as admin:
        directory.install_lifecycle(admin, broken)
    with store.read() as reader:
        assert reader.lifecycle("tiny@3") is None
    with store.administer() as admin:
        directory.install_lifecycle(admin, tiny("3", "cd" * 32))


def test_legal_moves() -> None:
    moves = list(legal.rows(TINY))
    assert len({(m.action, m.from_state, m.to_state, m.role) for m in moves}) == len(moves)
    by_action: dict[str, list[legal.LegalMove]] = {}
    for move in moves:
        by_action.setdefault(move.action, []).append(move)
    assert [(m.from_state, m.to_state, m.role) for m in by_action["create"]] == [
        ("", "draft", "unit"),
        ("", "draft", "department"),
    ]
    assert {m.from_state for m in by_action["edit"]} == {"draft", "review"}
    assert all(m.from_state == m.to_state for m in by_action["edit"] + by_action["correct"])
    assert {m.from_state for m in by_action["record_papers"]} == {"draft", "review", "done"}
    assert by_action["finish"] == [
        legal.LegalMove("finish", "review", "done", "department", False, "completed")
    ]
    assert by_action["send_back"][0].needs_reason
    readers = [m for m in moves if m.role in ("auditor", "supervisor", "admin")]
    assert {(m.action, m.needs_reason) for m in readers} == {("note", True)}
    assert all(m.from_state == m.to_state for m in by_action["note"])


def test_built_in_names_are_taken() -> None:
    action = replace(TINY.actions[0], name="edit")
    values = {name: getattr(TINY, name) for name in Lifecycle.__dataclass_fields__}
    with pytest.raises(ValueError, match="edit"):
        list(legal.rows(Lifecycle(**values | {"actions": (action, *TINY.actions[1:])})))
