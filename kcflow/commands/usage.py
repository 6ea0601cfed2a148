"""argparse's complaints as one sentence in both languages, with a near miss where there is one.

argparse words its errors in English only; the patterns below are all that Python 3.11 to 3.14 say for
the arguments used here. An unknown wording still gets a sentence, with argparse's words in it.
"""

from __future__ import annotations

import difflib
import re

from kcflow.commands.words import both, say
from kcflow.services.errors import BadInput
from states.model import Label

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_PATTERNS = (
    (re.compile(r"the following arguments are required: (?P<names>.+)", re.DOTALL), "required"),
    (re.compile(r"unrecognized arguments: (?P<found>.+)", re.DOTALL), "unrecognized"),
    (
        re.compile(
            r"argument (?P<name>\S+): invalid choice: (?P<found>.+) \(choose from (?P<known>.+)\)", re.DOTALL
        ),
        "choice",
    ),
    (re.compile(r"argument (?P<name>\S+): expected .*argument.*"), "needs_value"),
    (re.compile(r"argument (?P<name>\S+): ignored explicit argument (?P<found>.+)", re.DOTALL), "takes_none"),
)
_SHOWN = 200


def usage_error(message: str, command: str) -> BadInput:
    """argparse's `message` about `command` ("kcflow list") as an error for people."""
    for pattern, key in _PATTERNS:
        if match := pattern.fullmatch(message):
            params: dict[str, object] = {
                name: value[:_SHOWN] for name, value in match.groupdict().items() if name != "known"
            }
            if key == "choice":
                return _choice(match, command)
            if key == "unrecognized" and (near := _near_flag(match["found"])):
                return _error("unrecognized_near", command, near=near, **params)
            return _error(key, command, **params)
    return _error("other", command, found=message[:_SHOWN])


def _near_flag(found: str) -> str:
    """The option that an unknown one probably means, or ""."""
    from kcflow.commands.grammar import whole

    grammar = whole()
    actions = [*grammar.common, *(action for command in grammar.all for action in command.actions)]
    flags = {flag for action in actions for flag in action.option_strings}
    asked = found.split()[0].partition("=")[0] if found.split() else ""
    near = difflib.get_close_matches(asked, sorted(flags), n=1, cutoff=0.7)
    return "".join(near) if asked not in flags else ""


def _choice(match: re.Match[str], command: str) -> BadInput:
    found = match["found"].strip("'\"")
    known = _QUOTED.findall(match["known"]) or match["known"].split(", ")
    near = difflib.get_close_matches(found, known, n=1, cutoff=0.6)
    name = match["name"]
    key = "command_unknown" if name == "COMMAND" else "choice"
    return _error(
        f"{key}_near" if near else key,
        command,
        name=name,
        found=found[:_SHOWN],
        near="".join(near),
        known=", ".join(known),
    )


def _error(key: str, command: str, **params: object) -> BadInput:
    label = both(f"usage.{key}", **params)
    vi, en = (say(lang, "usage.see_help", command=command) for lang in ("vi", "en"))
    return BadInput("usage", Label(f"{label.vi} {vi}", f"{label.en} {en}"))
