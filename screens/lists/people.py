"""Người & đơn vị: who works in which office with which role, and working as another person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import OfficeView, Page, PersonView, RoleView
from kcflow.text import fold
from screens.base import DeskModal
from screens.commands import PeopleOffices, WorkAs, bindings
from screens.lists.listpane import DeskRows, Pane
from screens.taking import TakingEntry, TakingTable
from screens.widgets.cells import literal
from screens.widgets.table import Column, RowSource, TablePage, TableRow, VirtualTable


def role_text(person: PersonView, lang: str) -> str:
    """The roles of a person, each with its office, which may say the role already."""
    return " · ".join(one_role(role, lang) for role in person.roles) or "–"


def one_role(role: RoleView, lang: str) -> str:
    """A role and its office; only the office where its name begins with the role."""
    label = role.role_label(lang)
    return role.office_name if role.office_name.startswith(label) else f"{label}, {role.office_name}"


class PeoplePane(Pane):
    """People, or offices."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(WorkAs, PeopleOffices)
    empty_key = "people.empty"
    DEFAULT_CSS = """
    PeoplePane > #which { height: 1; padding: 0 1; }
    PeoplePane > #line { height: 4; padding: 0 1; border-top: solid $border-blurred; }
    """

    def __init__(self) -> None:
        """Start with people."""
        super().__init__()
        self.offices = False

    def compose(self) -> ComposeResult:
        """What is listed, the list, the row in full."""
        yield Static(id="which", markup=False)
        yield VirtualTable(id="list", selectable=False)
        yield Static(id="line", markup=False)

    def columns(self) -> list[Column]:
        """Of people or of offices."""

        def label(name: str) -> str:
            return t(f"app.column.{name}", self.lang)

        if self.offices:
            return [
                Column("code", label("office_code"), 14),
                Column("name", label("office"), 0, weight=2),
                Column("kind", label("office_kind"), 24),
                Column("province", label("province"), 14, min_terminal_width=100),
                Column("valid", label("valid_to"), 12, min_terminal_width=100),
            ]
        return [
            Column("name", label("person"), 22),
            Column("login", label("login"), 12),
            Column("roles", label("roles"), 0),
            Column("os", label("os_login"), 14, min_terminal_width=160),
            Column("valid", label("valid_to"), 12, min_terminal_width=118),
        ]

    def source(self) -> RowSource:
        """All people, or all offices; both are short lists."""
        if self.offices:
            return DeskRows(self.desk, lambda desk, _after, _limit: Page(desk.offices()), self._draw_office)
        return DeskRows(self.desk, lambda desk, _after, _limit: Page(desk.people()), self._draw_person)

    def restart(self) -> None:
        """Another person works: the same people are there, so the cursor stays."""
        source = self.table.source
        if isinstance(source, DeskRows):
            source.desk = self.desk
            self.table.reload()

    def _valid(self, view: PersonView | OfficeView) -> str:
        return date_text(view.valid_to, self.lang) if view.valid_to is not None else ""

    def _draw_person(self, person: PersonView) -> TableRow:
        cells = (
            person.name,
            person.login,
            role_text(person, self.lang),
            person.os_login or "",
            self._valid(person),
        )
        return TableRow(person.login, cells, "dim" if person.valid_to is not None else "", person)

    def _draw_office(self, office: OfficeView) -> TableRow:
        cells = (
            office.code,
            office.name,
            office.kind_label(self.lang),
            office.province_name or "–",
            self._valid(office),
        )
        return TableRow(office.code, cells, "dim" if office.valid_to is not None else "", office)

    def write_texts(self) -> None:
        """What is listed."""
        key = "people.offices" if self.offices else "people.people"
        self.query_one("#which", Static).update(Content.assemble((t(key, self.lang), "$text-muted")))

    def show_detail(self, payload: object | None) -> None:
        """Everything about the person or office under the cursor."""
        line = self.query_one("#line", Static)
        if isinstance(payload, PersonView):
            head = f"{literal(payload.name)} ({literal(payload.login)})"
            if payload.os_login:
                head += f" · {t('people.os_login', self.lang, login=payload.os_login)}"
            lines = [head]
            lines += [
                t(
                    "people.role_since",
                    self.lang,
                    role=one_role(role, self.lang),
                    day=date_text(role.valid_from, self.lang),
                )
                for role in payload.roles
            ]
            line.update(Content("\n".join(lines)))
        elif isinstance(payload, OfficeView):
            since = t("people.since", self.lang, day=date_text(payload.valid_from, self.lang))
            line.update(Content(f"{literal(payload.name)} ({literal(payload.code)})\n{since}"))
        else:
            line.update("")

    def action_people_offices(self) -> None:
        """The other list."""
        self.offices = not self.offices
        self.table.set_source(None)
        self._write_table()
        self.write_texts()
        self.table.set_source(self.source())

    def action_work_as(self) -> None:
        """Work as the person under the cursor; where there is none, choose one."""
        person = self.table.cursor_payload
        if isinstance(person, PersonView):
            self.desk_app.work_as(person.login)
        else:
            self.desk_app.open_people()

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """Enter does nothing that can't be undone: it only says how to work as somebody."""
        message.stop()
        if isinstance(message.payload, PersonView):
            self.say(t("people.how_to_work_as", self.lang, person=message.payload.name))


@dataclass
class FoundPeople:
    """The people whose name, login or office holds the words."""

    people: tuple[PersonView, ...]
    words: str
    draw: Callable[[PersonView], TableRow]
    lang: str

    def page(self, after: object | None, limit: int) -> TablePage:  # noqa: ARG002
        """All of them."""
        wanted = fold(self.words).split()
        found = [
            person
            for person in self.people
            if all(
                word in fold(f"{person.name} {person.login} {role_text(person, self.lang)}")
                for word in wanted
            )
        ]
        return TablePage(tuple(self.draw(person) for person in found))


class WorkAsDialog(DeskModal[str]):
    """Choose the person to work as; gives the login."""

    title_key = "people.work_as"
    help_key = "help.work_as"
    CSS = """
    WorkAsDialog > .modal { width: 90; height: 20; }
    WorkAsDialog VirtualTable { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self) -> None:
        """Everybody is offered."""
        super().__init__()
        self._people: tuple[PersonView, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Search over list."""
        yield Static(t("people.work_as_note", self.lang), id="note", classes="dim", markup=False)
        yield TakingEntry(placeholder=t("people.search", self.lang))
        yield TakingTable(self._columns(), id="people", selectable=False)

    def _columns(self) -> list[Column]:
        return [
            Column("name", t("app.column.person", self.lang), 0, weight=2),
            Column("roles", t("app.column.roles", self.lang), 0, weight=3),
        ]

    def on_mount(self) -> None:
        """Read the people."""
        self.ask(lambda desk: desk.people(), self._take_people, group="people")

    def _take_people(self, people: tuple[PersonView, ...]) -> None:
        self._people = tuple(person for person in people if person.valid_to is None)
        self._show()

    def _draw(self, person: PersonView) -> TableRow:
        return TableRow(person.login, (person.name, role_text(person, self.lang)), "", person)

    def _show(self) -> None:
        table = self.query_one(VirtualTable)
        table.empty_text = t("people.none_found", self.lang)
        table.set_source(FoundPeople(self._people, self.query_one(Input).value, self._draw, self.lang))

    def on_input_changed(self, message: Input.Changed) -> None:
        """Show who matches."""
        message.stop()
        if self._people:
            self._show()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter takes the person under the cursor."""
        message.stop()
        self.query_one(VirtualTable).action_choose()

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while one types."""
        table = self.query_one(VirtualTable)
        if self.query_one(Input).has_focus and event.key in ("up", "down"):
            event.stop()
            table.action_move(1 if event.key == "down" else -1)

    def on_virtual_table_chosen(self, message: VirtualTable.Chosen) -> None:
        """This one."""
        message.stop()
        self.dismiss(message.key)

    def on_language_changed(self) -> None:
        """Write every word anew."""
        super().on_language_changed()
        self.query_one("#note", Static).update(t("people.work_as_note", self.lang))
        self.query_one(Input).placeholder = t("people.search", self.lang)
        self.query_one(VirtualTable).set_columns(self._columns())
        self._show()
