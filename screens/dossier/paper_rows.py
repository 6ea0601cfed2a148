"""The rows of the papers dialog: what was entered about each paper, and how it is listed; and its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.content import Content

from kcflow.i18n import t
from kcflow.services.views import PaperInput
from screens.commands import Command
from screens.dossier import proposal_parts as parts
from screens.widgets.state_mark import mark
from states.model import Label


class ChooseFiles(Command):
    """Choose files from a folder."""

    key = "ctrl+f"
    priority = True
    order = 15


class RemovePaper(Command):
    """Take the paper under the cursor out of the list."""

    key = "delete"
    order = 25


class PreviousPaper(Command):
    """The paper before this one."""

    key = "pageup"
    show = False
    order = 26
    action = "step(-1)"


class NextPaper(Command):
    """The paper after this one."""

    key = "pagedown"
    show = False
    order = 27
    action = "step(1)"


@dataclass
class PaperRow:
    """One paper of the list: what stands in its fields, and what they came to when they were left."""

    texts: dict[str, str] = field(default_factory=dict)
    paper: PaperInput | None = None
    wrong: bool = False
    """Whether a field can't be taken as it stands."""

    @property
    def blank(self) -> bool:
        """Whether nothing was entered at all."""
        return not any(self.texts.values())

    @property
    def kind(self) -> str:
        """The kind chosen, or ""."""
        return self.texts.get("kind", "")


def row_line(row: PaperRow, kinds: Sequence[tuple[str, Label]], lang: str) -> Content:
    """A mark, the kind, and what was entered so far."""
    texts = row.texts
    label = next((label for kind, label in kinds if kind == row.kind), None)
    ready = label is not None and not row.wrong
    name = texts.get("file", "").rpartition("/")[2]
    said = [
        t("proposal.paper.number", lang, number=number) if (number := texts.get("number", "")) else "",
        texts.get("date", ""),
        texts.get("signer", ""),
        t("proposal.paper.file", lang, name=name) if name else "",
    ]
    return parts.line(
        (f"{mark('done' if ready else 'ahead')} ", parts.GOOD if ready else parts.WARN),
        (label(lang), parts.STRONG) if label is not None else (t("papers.kind_open", lang), parts.WARN),
        (f"  {' · '.join(part for part in said if part)}", parts.DIM),
    )


def said(row: PaperRow) -> list[str]:
    """What was said about the paper besides its kind."""
    return [text for name, text in row.texts.items() if name != "kind" and text.strip()]


def paper_of(row: PaperRow) -> PaperInput:
    """What was taken from the fields when they were left."""
    return row.paper if row.paper is not None else PaperInput(row.kind, file=row.texts.get("file"))


def quoted(path: str) -> str:
    """`path` as it has to be typed."""
    return f"'{path}'" if any(letter in path for letter in " \t\\") and "'" not in path else path
