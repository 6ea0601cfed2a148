"""Every command and option of kcflow, group by group (their texts: locale/*/cli.toml)."""

from __future__ import annotations

from typing import Final

from kcflow.commands import (
    budget_syntax,
    clock_syntax,
    contract_syntax,
    digest_syntax,
    dwell_syntax,
    readers,
    round_syntax,
    rules_syntax,
    stalled_syntax,
)
from kcflow.commands.grammar import (
    AUTHORITIES,
    CONCLUSIONS,
    DIAGRAMS,
    MONEY_UNITS,
    ORDERS,
    SHELLS,
    SOURCES,
    Command,
    Grammar,
    Section,
)
from kcflow.labels import HOLDER, KIND, OFFICE_KIND
from states.model import ROLES

YEAR: Final = readers.whole(1990, 2100)
CONTENT: Final = readers.whole(1, 9)
COUNT: Final = readers.whole(1, 1_000_000_000)
CLEARED: Final = (
    *("objective", "expected_result", "trade", "priority", "starts_on", "ends_on", "note"),
    *("kinds", "content_codes", "beneficiaries", "coordinating", "partner_provinces"),
)
"""Fields that `edit --clear` may empty."""


def _code(command: Command) -> None:
    command.argument("code", "CODE")


def _request(command: Command, *, version: bool = False) -> None:
    command.option("--request-id", metavar="UUID")
    if version:
        command.option("--expect-version", metavar="N", type=COUNT)


def start(grammar: Grammar) -> None:
    """init, register import."""
    init = grammar.command(grammar.commands, "init", "store:init", "Init")
    init.flag("--sample")
    init.option("--province", metavar="PROVINCE", text="init_province")
    init.flag("--shared-computer", text="init_shared")
    _, children = grammar.group(grammar.commands, "register")
    register = grammar.command(
        children, "register import", "register:import_", "{rows: [ImportResult], next: null}"
    )
    grammar.file(register.argument("files", "FILE", nargs="+", text="register_files"))
    register.flag("--dry-run", text="register_dry_run")
    register.flag("--skip-bad-rows")
    register.option("--province", metavar="PROVINCE", text="register_province")
    register.option("--year", metavar="YYYY", type=YEAR, text="register_year")
    register.option("--source", choices=SOURCES, text="register_source")
    register.option("--unit", choices=MONEY_UNITS, text="register_unit")


def _content(command: Command, *, new: bool) -> None:
    """Options for a proposal's content; in `edit` only those given change anything."""
    absent = {} if new else {"default": None}
    command.option("--title", metavar="TEXT", required=new)
    command.option("--objective", metavar="TEXT")
    command.option("--result", "expected_result", metavar="TEXT")
    command.option("--starts-on", metavar="DATE", type=readers.day)
    command.option("--ends-on", metavar="DATE", type=readers.day)
    for name in ("total", "requested", "counterpart", "other"):
        command.option(f"--{name}", metavar="AMOUNT", type=readers.amount)
    command.many("--kind", "kinds", choices=tuple(KIND), **absent)
    command.many("--content", "content_codes", metavar="N", type=CONTENT, **absent)
    command.many("--beneficiary", "beneficiaries", metavar="NAME", **absent)
    command.many("--coordinating", "coordinating", metavar="NAME", **absent)
    command.many("--partner-province", "partner_provinces", metavar="PROVINCE", **absent)
    command.option("--note", metavar="TEXT")


def drafts(grammar: Grammar) -> None:
    """new, edit."""
    new = grammar.command(grammar.commands, "new", "drafts:new", "Receipt")
    new.option("--source", choices=SOURCES, required=True)
    new.option("--year", "plan_year", metavar="YYYY", type=YEAR, required=True)
    new.option("--unit", "unit_office", metavar="OFFICE", text="unit_office", required=True)
    new.option("--province", metavar="PROVINCE", text="content_province")
    _content(new, new=True)
    new.option("--on", metavar="DATE", type=readers.day)
    _request(new)
    edit = grammar.command(grammar.commands, "edit", "drafts:edit", "Receipt")
    _code(edit)
    _content(edit, new=False)
    edit.option("--trade", metavar="TEXT")
    edit.option("--priority", metavar="TEXT")
    edit.many("--clear", "clear", choices=CLEARED, metavar="FIELD")
    edit.option("--reason", metavar="TEXT")
    _request(edit, version=True)


def reading(grammar: Grammar) -> None:
    """inbox, list, show, explain, stalled, year-end, flow, history."""
    grammar.command(grammar.commands, "inbox", "lists:inbox", "{rows: [DossierRow], next}", paged=True)
    listing = grammar.command(
        grammar.commands, "list", "lists:list_", "{rows: [DossierRow], next}", paged=True
    )
    listing.option("--search", metavar="TEXT")
    listing.many("--state", "states", metavar="STATE")
    listing.many("--phase", "phases", metavar="PHASE")
    listing.many("--province", "provinces", metavar="PROVINCE", text="list_province")
    listing.option("--source", choices=SOURCES, text="list_source")
    listing.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    listing.option("--waits-for", choices=tuple(HOLDER), metavar="HOLDER")
    listing.many("--region", "regions", metavar="REGION", text="list_region")
    listing.many("--office", "offices", metavar="OFFICE", text="list_office")
    listing.many("--content", "contents", metavar="CODE", type=CONTENT, text="list_content")
    listing.option("--due-from", metavar="DATE", type=readers.day, text="list_due_from")
    listing.option("--due-to", metavar="DATE", type=readers.day, text="list_due_to")
    listing.option("--amount-from", metavar="DONG", type=readers.amount, text="list_amount_from")
    listing.option("--amount-to", metavar="DONG", type=readers.amount, text="list_amount_to")
    listing.flag("--open")
    listing.option("--order", choices=ORDERS, default="code")
    show = grammar.command(grammar.commands, "show", "card:show", "DossierCard")
    _code(show)
    explain = grammar.command(grammar.commands, "explain", "card:explain", "{rows: [OptionView], next: null}")
    _code(explain)
    explain.argument("action", "ACTION", nargs="?", text="explain_action")
    explain.option("--on", metavar="DATE", type=readers.day)
    stalled_syntax.standing(grammar)
    flow = grammar.command(grammar.commands, "flow", "flow:flow", "{rows: [FlowPhase], next: null}")
    flow.option("--year", "plan_year", metavar="YYYY", type=YEAR, text="list_year")
    flow.option("--source", choices=SOURCES, text="list_source")
    flow.many("--region", "regions", metavar="REGION", text="list_region")
    flow.many("--province", "provinces", metavar="PROVINCE", text="list_province")
    history = grammar.command(
        grammar.commands, "history", "log:history", "{rows: [HistoryView], next}", paged=True
    )
    history.argument("code", "CODE", nargs="?", text="history_code")
    history.option("--person", metavar="LOGIN")
    history.option("--office", metavar="OFFICE")
    history.option("--action", metavar="ACTION", text="history_action")
    history.option("--from", "on_from", metavar="DATE", type=readers.day)
    history.option("--to", "on_to", metavar="DATE", type=readers.day)
    history.flag("--long")


def moves(grammar: Grammar) -> None:
    """advance, papers, correct."""
    advance = grammar.command(
        grammar.commands,
        "advance",
        "moves:advance",
        "Receipt (one CODE), {rows: [BulkItem], next: null} (several); Preview with --dry-run",
    )
    advance.argument("codes", "CODE", nargs="+", text="advance_codes")
    advance.argument("action", "ACTION")
    advance.flag("--dry-run", text="advance_dry_run")
    advance.option("--on", metavar="DATE", type=readers.day)
    advance.option("--reason", metavar="TEXT")
    advance.option("--document-kind", metavar="KIND")
    advance.option("--document-number", metavar="NUMBER")
    advance.option("--document-date", metavar="DATE", type=readers.day)
    advance.option("--signer", metavar="NAME")
    advance.option("--authority", choices=AUTHORITIES)
    advance.option("--conclusion", choices=CONCLUSIONS)
    grammar.file(advance.option("--attach", metavar="FILE"))
    advance.option("--amount", metavar="AMOUNT", type=readers.amount)
    advance.option("--round", metavar="N", type=COUNT)
    advance.many("--paper", "papers", metavar="KIND=NUMBER@DATE", type=readers.paper)
    _request(advance, version=True)
    papers = grammar.command(grammar.commands, "papers", "papers:list_", "{rows: [PaperView], next: null}")
    _code(papers)
    children = grammar.children(papers)
    add = grammar.command(children, "papers add", "papers:add", "Receipt")
    add.argument("kind", "KIND", text="document_kind")
    add.option("--number", metavar="NUMBER", text="document_number")
    add.option("--date", metavar="DATE", type=readers.day, text="document_date")
    add.option("--signer", metavar="NAME")
    add.option("--conclusion", choices=CONCLUSIONS)
    grammar.file(add.option("--attach", metavar="FILE"))
    add.option("--on", metavar="DATE", type=readers.day)
    _request(add)
    correct = grammar.command(grammar.commands, "correct", "papers:correct", "Receipt")
    _code(correct)
    correct.argument("seq", "SEQ", type=COUNT)
    correct.option("--reason", metavar="TEXT", required=True)
    _request(correct)


def directory(grammar: Grammar) -> None:
    """people, offices."""
    listed = "{rows: [PersonView], next: null}"
    _, people = grammar.group(grammar.commands, "people", "directory:people", listed)
    grammar.command(people, "people list", "directory:people", listed)
    add = grammar.command(people, "people add", "directory:add_person", "PersonView")
    add.argument("login", "LOGIN")
    add.option("--name", metavar="NAME", text="person_name", required=True)
    add.option("--os-login", metavar="ACCOUNT")
    close = grammar.command(people, "people close", "directory:close_person", "PersonView")
    close.argument("login", "LOGIN")
    assign = grammar.command(people, "people assign", "directory:assign", "PersonView")
    assign.argument("login", "LOGIN")
    end = grammar.command(people, "people end", "directory:end", "PersonView")
    end.argument("login", "LOGIN")
    for command in (add, assign, end):
        command.option("--role", choices=ROLES, required=True)
        command.option("--office", metavar="OFFICE", text="role_office", required=True)
    digest_syntax.email(grammar, people)
    listed = "{rows: [OfficeView], next: null}"
    parent, offices = grammar.group(grammar.commands, "offices", "directory:offices", listed)
    parent.parser.set_defaults(kind=None, province=None)
    office_list = grammar.command(offices, "offices list", "directory:offices", listed)
    office_list.option("--kind", choices=tuple(OFFICE_KIND), text="office_kind")
    office_list.option("--province", metavar="PROVINCE", text="office_province")
    new = grammar.command(offices, "offices add", "directory:add_office", "OfficeView")
    new.argument("code", "OFFICE", text="office_code")
    new.option("--name", metavar="NAME", text="office_name", required=True)
    new.option("--kind", choices=tuple(OFFICE_KIND), text="office_kind", required=True)
    new.option("--province", metavar="PROVINCE", text="office_province")


def upkeep(grammar: Grammar) -> None:
    """doctor, lifecycle, completion."""
    doctor = grammar.command(grammar.commands, "doctor", "store:doctor", "{rows: [CheckView], next: null}")
    doctor.flag("--full")
    _, children = grammar.group(grammar.commands, "lifecycle")
    grammar.command(children, "lifecycle list", "lifecycles:list_", "{rows: [LifecycleRow], next: null}")
    show = grammar.command(children, "lifecycle show", "lifecycles:show", "Lifecycle")
    show.argument("lifecycle", "KEY")
    check = grammar.command(children, "lifecycle check", "lifecycles:check", "LifecycleRow")
    grammar.file(check.argument("file", "FILE", text="lifecycle_file"))
    diagram = grammar.command(children, "lifecycle diagram", "lifecycles:diagram", "Diagram")
    grammar.file(diagram.argument("lifecycle", "KEY|FILE", text="lifecycle_or_file"))
    diagram.option("--format", choices=DIAGRAMS, default="mermaid")
    install = grammar.command(children, "lifecycle install", "lifecycles:install", "LifecycleRow")
    grammar.file(install.argument("file", "FILE", text="lifecycle_file"))
    install.option("--province", metavar="PROVINCE", text="install_province")
    for command in (check, diagram, install):
        command.many("--set", "parameters", metavar="NAME=VALUE", type=readers.pair)
    completion = grammar.command(grammar.commands, "completion", "completion:completion", "")
    completion.argument("shell", "SHELL", choices=SHELLS)


SECTIONS: Final[tuple[Section, ...]] = (
    *(start, drafts, reading, moves),
    clock_syntax.acts,
    rules_syntax.own,
    dwell_syntax.dwell,
    digest_syntax.letters,
    budget_syntax.budget,
    *round_syntax.SECTIONS,
    *contract_syntax.SECTIONS,
    *(directory, upkeep),
)
