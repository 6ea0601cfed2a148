"""Commands of the morning's letters: digest; who is told: duty; where letters go: people email."""

from __future__ import annotations

from typing import Final

from kcflow.commands import readers
from kcflow.commands.grammar import Commands, Grammar
from kcflow.config import LANGUAGES

DUTIES: Final = ("head", "leader")
"""As `kcflow.services.clock.duties.DUTIES`, without the cost of loading it."""


def email(grammar: Grammar, people: Commands) -> None:
    """Add `email` to the group `people`."""
    command = grammar.command(people, "people email", "duty:email", "AddressView")
    command.argument("login", "LOGIN")
    command.argument("address", "ADDRESS", nargs="?", text="email_address")
    command.flag("--none", text="email_none")


def letters(grammar: Grammar) -> None:
    """digest, duty."""
    digest = grammar.command(
        grammar.commands,
        "digest",
        "digest:digest",
        "{rows: [DigestView], next: null}; DigestView with --show, DigestResult with --send",
    )
    digest.flag("--send", text="digest_send")
    digest.option("--show", metavar="LOGIN", text="digest_show")
    digest.option("--day", metavar="DATE", type=readers.day, text="digest_day")
    digest.option("--letters", choices=LANGUAGES, text="digest_letters")
    digest.flag("--force", text="digest_force")
    children = grammar.children(digest)
    log = grammar.command(children, "digest log", "digest:log", "{rows: [DigestView], next: null}")
    log.option("--on", "log_day", metavar="DATE", type=readers.day, text="digest_log_day")
    log.option("--person", metavar="LOGIN", text="digest_log_person")
    listed = "{rows: [DutyView], next: null}"
    duty = grammar.command(grammar.commands, "duty", "duty:duties", listed)
    duty.flag("--former", text="duty_former")
    children = grammar.children(duty)
    for name in ("give", "end"):
        command = grammar.command(children, f"duty {name}", f"duty:{name}", "DutyView")
        command.argument("login", "LOGIN")
        command.option("--level", choices=DUTIES, required=True, text="duty_level")
        command.option("--office", metavar="OFFICE", required=True, text="role_office")
