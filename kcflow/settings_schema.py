"""Every setting, said once: its section, its first value, what it may be. The settings screen reads this.

Texts stand in the catalogues under `settings.<key>.label`, `settings.<key>.help` and, for choices,
`settings.<key>.<choice>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from states.records import record

if TYPE_CHECKING:
    from states.model import Label

Kind = Literal["choice", "switch", "whole", "folder", "file", "text"]
_TEXT_MOST = 255


@record(frozen=True, slots=True)
class Rule:
    """What one setting may be.

    key: its name, in the file and in `Settings`. section: the table of the file that it stands in. choices:
    the values of a "choice". least, most: bounds of a "whole". at_start: it takes effect at the next start.
    """

    key: str
    section: str
    kind: Kind
    default: str | bool | int
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    at_start: bool = False

    def accepts(self, value: object) -> bool:
        """Whether `value`, as it stands in the file, may be."""
        if self.kind == "choice":
            return isinstance(value, str) and value in self.choices
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "whole":
            return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most
        if self.kind == "text":
            # These go into commands of a protocol of lines.
            return isinstance(value, str) and len(value) <= _TEXT_MOST and (value.isprintable() or not value)
        return isinstance(value, str) and "\x00" not in value and len(value) <= 4096


def _setting(default: str | bool | int, section: str, kind: Kind, **rest: object) -> Any:  # noqa: ANN401
    """A field of `Settings` with what its `Rule` says."""
    return field(default=default, metadata={"section": section, "kind": kind, **rest})


@record(frozen=True, slots=True)
class Settings:
    """What a person set; `keys` moves commands to other keys, `problems` says what the file has wrong."""

    language: str = _setting("vi", "look", "choice", choices=("vi", "en"))
    theme: str = _setting("dark", "look", "choice", choices=("dark", "light", "contrast", "auto"))
    detail: bool = _setting(True, "look", "switch")
    """Whether lists show the strip with the row under the cursor."""
    animation: bool = _setting(True, "look", "switch")
    first_tab: str = _setting(
        "inbox", "work", "choice", choices=("inbox", "dossiers", "stalled", "history", "people")
    )
    keep_forms: bool = _setting(True, "work", "switch")
    """Whether texts of forms go to disk while they are typed."""
    confirm_quit: bool = _setting(False, "work", "switch")
    documents: str = _setting("", "work", "folder")
    """The folder in which files are looked for first; "" is the folder kcflow was started in."""
    mouse: bool = _setting(True, "terminal", "switch", at_start=True)
    escape_delay: int = _setting(25, "terminal", "whole", least=1, most=1000, at_start=True)
    """Milliseconds to wait after Escape for the rest of a key."""
    smtp_host: str = _setting("", "mail", "text")
    """The server that the morning's letters go to; "" is none."""
    smtp_port: int = _setting(587, "mail", "whole", least=1, most=65535)
    smtp_security: str = _setting("starttls", "mail", "choice", choices=("starttls", "tls", "none"))
    smtp_user: str = _setting("", "mail", "text")
    """"" logs nobody in."""
    smtp_password_file: str = _setting("", "mail", "file")
    """The password itself stands in no setting."""
    smtp_ca_file: str = _setting("", "mail", "file")
    """Certificates to trust; "" are the machine's own."""
    smtp_timeout: int = _setting(30, "mail", "whole", least=1, most=600)
    """Seconds to wait for a connection and for each answer."""
    mail_sender: str = _setting("", "mail", "text")
    mail_language: str = _setting("vi", "mail", "choice", choices=("vi", "en"))
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Keys by the id of their command, several with commas."""
    problems: tuple[Label, ...] = field(default=(), compare=False)


RULES: Mapping[str, Rule] = {
    each.name: Rule(each.name, default=each.default, **each.metadata)  # type: ignore[arg-type]
    for each in fields(Settings)
    if each.metadata
}
SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(rule.section for rule in RULES.values()))
