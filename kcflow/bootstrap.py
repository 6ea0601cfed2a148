"""From settings to a desk: opens the store, fills a new one, and wires the parts together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from db import directory
from db.errors import IntegrityRefused, StoreBusy, StoreReadOnly
from db.rows import (
    ActivityContentRow,
    CeilingRow,
    DocumentKindRow,
    OrganisationRow,
    PersonRow,
    ProvinceRow,
)
from db.store import Admin, Store, open_store
from kcflow import reference
from kcflow.ceilings import Ceiling, all_ceilings, ceiling_key
from kcflow.config import Config, data_dir, default_database, os_account
from kcflow.labels import OFFICE_ROLE
from kcflow.services.context import FOUR_EYES, VIET_NAM, Shared, utc_now
from kcflow.services.desk import Desk, errors_as_sentences
from kcflow.services.errors import BadInput
from kcflow.services.texts import error_label
from states import loader
from states.loader import builtin
from states.model import Label

Progress = Callable[[str, int, int], None]
"""progress(what, done, total): called between steps; `what` is one of STEPS."""

STEPS = {
    "reference": Label("dữ liệu gốc, cơ quan, người", "reference data, offices, people"),
    "registers": Label("nhập biểu tổng hợp", "importing registers"),
    "work": Label("soạn thảo, thẩm định", "drafting and appraisal"),
    "money": Label("phê duyệt, phân bổ, thực hiện", "approval, allocation, work"),
    "done": Label("xong", "done"),
}
"""Names of the steps of `init_store`."""

SAMPLE_DAY = "sample_day"
"""Key of `meta` that marks a sample store and holds the day on which it stands still."""


BUILT_IN = "built_in"
"""Key of `meta`: the digest of the built-in lifecycles that the store was last given (`built_in`)."""


def open_desk(config: Config, create: bool = False) -> Desk:
    """Open the store and the desk of the person who works.

    Raises `StoreProblem` ("store_missing" when there is none yet and `create` is false),
    `NoPermission`, `NotFound`.
    """
    shared = open_shared(config, create=create)
    try:
        return Desk.for_account(shared, os_account(), config.as_person)
    except BaseException:
        shared.store.close()
        raise


def open_shared(config: Config, *, create: bool = False, now: Callable[[], datetime] | None = None) -> Shared:
    """Open the store. `now` replaces the clock (tests, the sample's play)."""
    with errors_as_sentences():
        store = open_store(config.database, create=create, progress=config.upgrading)
        try:
            with store.read() as reader:
                known = reader.meta()
            if known.get(BUILT_IN) != built_in():
                install_missing_lifecycles(store)
        except BaseException:
            store.close()
            raise
    marked = known.get(SAMPLE_DAY)
    sample_day = date.fromisoformat(marked) if marked else None
    clock = now or (_standing_still(sample_day) if sample_day else utc_now)
    return Shared(store, clock, sample_day)


@cache
def built_in() -> str:
    """SHA-256 hex of the files of the built-in lifecycles: known without reading what they say."""
    total = sha256()
    for file in sorted((Path(loader.__file__).parent / "lifecycles").glob("*.toml")):
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def install_missing_lifecycles(store: Store) -> bool:
    """Give a store the built-in lifecycles and reference data that are newer than it; say whether it got any.

    What it has stays: its dossiers pin their versions. A store that nobody has set up yet gets nothing here,
    and one that can't be written to, or that somebody else gives them to right now, works on as it is.
    """
    with store.read() as reader:
        there = {row.key for row in reader.lifecycles()}
    if not there:
        return False
    try:
        with store.administer() as admin:
            put_reference(admin, but=there)
    except (StoreReadOnly, StoreBusy, IntegrityRefused):
        return False
    return True


def _standing_still(day: date) -> Callable[[], datetime]:
    """A clock that stays on the sample's day and keeps the real time of day.

    A sample of 2024 opened today would show everything as years late; on its own day it shows
    a true half year of work. The header says so.
    """

    def now() -> datetime:
        local = utc_now().astimezone(VIET_NAM)
        return datetime.combine(day, local.time(), VIET_NAM).astimezone(UTC)

    return now


# -- a new store -----------------------------------------------------------------------------


def init_store(
    config: Config,
    province: str | None = None,
    sample: bool = False,
    progress: Progress | None = None,
    *,
    by_names: bool = False,
) -> None:
    """Create the store with reference data, lifecycles, offices and the OS account's person.

    `province` is a name, code or key in force today; with `sample` the sample data is played in
    and `province` is not needed. by_names: a computer that several people share, so that two names
    are two people where two must sign. Raises `BadInput`, `StoreProblem`.
    """
    tell = progress or (lambda *_: None)
    if not sample and province is None:
        raise BadInput("province_required", error_label("province_required"))
    chosen = None
    if province is not None:
        today = utc_now().astimezone(VIET_NAM).date()
        known = {each.key: each for each in reference.provinces()}
        chosen = known.get(province) or reference.province_in_force(province, today)
        if chosen is None:
            raise _no_province(province)
    if config.database == default_database():
        data_dir().mkdir(parents=True, exist_ok=True)
    with errors_as_sentences():
        store = open_store(config.database, create=True)
    try:
        with errors_as_sentences():
            with store.read() as reader:
                if directory.people(reader):
                    raise BadInput("store_exists", error_label("store_exists", where=store.location))
            tell("reference", 0, 4)
            if sample:
                from kcflow.sample import play

                play(store, os_account(), tell)
            else:
                found(store, [chosen] if chosen else [], since=date(2012, 7, 5))
                if by_names:
                    with store.administer() as admin:
                        directory.put_meta(admin, FOUR_EYES, "names")
    finally:
        store.close()
    tell("done", 4, 4)


def _no_province(wanted: str) -> BadInput:
    """Unknown, or merged into another since: then the new name is given."""
    for former in reference.provinces_named(wanted):
        if former.successor is not None:
            new = reference.province(former.successor).name
            label = error_label("province_merged", province=former.name, new=new, key=former.key)
            return BadInput("province_merged", label)
    return BadInput("province_unknown", error_label("province_unknown", province=wanted))


def put_reference(admin: Admin, but: Collection[str] = ()) -> None:
    """Provinces, contents, ceilings, kinds of papers and the built-in lifecycles, but for keys in `but`."""
    directory.put_provinces(
        admin,
        [
            ProvinceRow(
                each.list,
                each.code,
                each.name,
                each.region,
                each.sub_region,
                each.valid_from,
                each.valid_to,
                each.successor.partition(":")[2] if each.successor else None,
            )
            for each in reference.provinces()
        ],
    )
    directory.put_activity_contents(
        admin,
        [
            ActivityContentRow(each.code, each.label.vi, each.label.en, date(2012, 7, 5))
            for each in reference.contents()
        ],
    )
    directory.put_ceilings(admin, [_ceiling(each) for each in all_ceilings()])
    directory.put_document_kinds(
        admin,
        [
            DocumentKindRow(each.code, each.label.vi, each.label.en, each.form, each.basis)
            for each in reference.document_kinds()
        ],
    )
    for lifecycle in builtin():
        if lifecycle.key not in but:
            directory.install_lifecycle(admin, lifecycle)
    directory.put_meta(admin, BUILT_IN, built_in())


def _ceiling(each: Ceiling) -> CeilingRow:
    return CeilingRow(
        ceiling_key(each.item, each.province),
        each.content,
        each.permille,
        each.cap_dong,
        each.per,
        None,
        each.basis,
        each.valid_from,
        each.valid_to,
        each.certainty,
    )


NATIONAL_OFFICES = (
    ("BCT", "Bộ Công Thương", "ministry"),
    ("CUC", "Cục Đổi mới sáng tạo, Chuyển đổi xanh và Khuyến công", "agency"),
)


CITIES = frozenset({"Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"})
"""Centrally-run cities (Đồng Nai became one on 30/4/2026: an office's name can be changed by opening
its successor)."""


def provincial_offices(province: reference.Province, since: date) -> Iterable[OrganisationRow]:
    """The four offices of a province that take part in a proposal's life."""
    tail = province.key.replace(":", "-")
    for stem, name, kind in (
        ("SCT", "Sở Công Thương", "department"),
        ("TTKC", "Trung tâm Khuyến công và Tư vấn phát triển công nghiệp", "provincial_centre"),
        ("STC", "Sở Tài chính", "finance_department"),
        ("UBND", f"UBND {'thành phố' if province.name in CITIES else 'tỉnh'}", "provincial_committee"),
    ):
        yield OrganisationRow(
            f"{stem}-{tail}", f"{name} {province.name}", None, kind, province.key, None, since
        )


def found(store: Store, provinces: Iterable[reference.Province], since: date) -> None:
    """Fill an empty store for the office of `provinces`.

    The OS account becomes a clerk of the first Sở and the administrator. Every other office gets
    one person under whom papers received from that office are entered; whoever enters them
    works *as* that person, and the history names both.
    """
    login, name = os_account()
    offices = [
        OrganisationRow(code, full, None, kind, None, None, since) for code, full, kind in NATIONAL_OFFICES
    ]
    for province in provinces:
        offices += provincial_offices(province, since)
    with store.administer() as admin:
        put_reference(admin)
        for office in offices:
            directory.add_organisation(admin, office)
        directory.add_person(admin, PersonRow(login, name, None, login, since))
        own = next(office for office in offices if office.kind == "department")
        directory.assign(admin, login, "department", own.code, since)
        directory.assign(admin, login, "admin", own.code, since)
        for office in offices:
            clerk = office.code.lower()
            directory.add_person(admin, PersonRow(clerk, f"Văn thư {office.name}", None, None, since))
            directory.assign(admin, clerk, OFFICE_ROLE[office.kind], office.code, since)


__all__ = ["Config", "Desk", "found", "init_store", "open_desk", "open_shared", "put_reference"]
