"""The strip under a list: the dossier under the cursor, its stage, what can be done now, what can not."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import DossierCard, DossierRow, OptionView, StalledRow
from screens.widgets.cells import literal
from screens.widgets.stage_bar import StageBar, StagePhase


def stage_phases(card: DossierCard, lang: str) -> tuple[StagePhase, ...]:
    """The phases of a dossier for the stage bar."""
    return tuple(
        StagePhase(
            phase.label(lang),
            phase.status,
            date_text(phase.since, lang) if phase.since is not None else "",
        )
        for phase in card.phases
    )


def _named(name: str, text: str) -> Content:
    return Content.assemble((f"{name}  ", "$text-muted"), text)


def doable_text(options: Iterable[OptionView], lang: str) -> Content:
    """The acts that can be done now."""
    names = [literal(option.label(lang)) for option in options if option.possible]
    return _named(t("app.doable", lang), " · ".join(names) if names else t("app.nothing_doable", lang))


def blocked_text(options: Iterable[OptionView], lang: str) -> Content:
    """The acts that can't be done yet, each with its first reason."""
    parts = [
        f"{literal(option.label(lang))} — {literal(option.reasons[0].text(lang))}"
        for option in options
        if not option.possible and option.reasons
    ]
    return _named(t("app.blocked", lang), " · ".join(parts) if parts else "–")


class DetailStrip(Vertical):
    """Title line, stage bar and two lines of words. It keeps its height, so that the list never jumps."""

    DEFAULT_CSS = """
    DetailStrip {
        height: 5;
        padding: 0 1;
        border-top: solid $border-blurred;
        background: $background;

        & Static { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & #detail-title { text-style: bold; color: $foreground; }
        & StageBar { height: 1; }
        &.-empty StageBar { display: none; }
    }
    """

    def compose(self) -> ComposeResult:
        """Title, stages, two lines."""
        yield Static(id="detail-title", markup=False)
        yield StageBar(id="detail-stages")
        yield Static(id="detail-first", markup=False)
        yield Static(id="detail-second", markup=False)

    def _write(self, title: str | Content, first: str | Content, second: str | Content) -> None:
        self.query_one("#detail-title", Static).update(title)
        self.query_one("#detail-first", Static).update(first)
        self.query_one("#detail-second", Static).update(second)

    def clear(self) -> None:
        """Show nothing."""
        self.add_class("-empty")
        self._write("", "", "")

    def start(self, row: DossierRow, lang: str) -> None:
        """Show what the list knows already, until the rest is read."""
        self.add_class("-empty")
        self._write(self._title(row), _named(t("app.doable", lang), "…"), "")

    @staticmethod
    def _title(row: DossierRow) -> str:
        return f"{row.code} {literal(row.title)} · {literal(row.province_name)} · {literal(row.unit_name)}"

    def show(self, card: DossierCard, lang: str) -> None:
        """Show a dossier with its acts."""
        self.remove_class("-empty")
        self.query_one(StageBar).update(stage_phases(card, lang))
        self._write(self._title(card.row), doable_text(card.options, lang), blocked_text(card.options, lang))

    def show_stalled(self, stalled: StalledRow, card: DossierCard | None, lang: str) -> None:
        """Show why a dossier is in the stalled list: the deadline's basis and how it was counted."""
        row = stalled.row
        self.set_class(card is None, "-empty")
        if card is not None:
            self.query_one(StageBar).update(stage_phases(card, lang))
        due = card.due if card is not None else None
        basis = due.basis if due is not None else row.due_basis or ""
        head = f"{stalled.kind_label(lang)}"
        if basis:
            head += f" · {literal(basis)}"
        lines = " ".join(literal(line(lang)) for line in due.derivation) if due is not None else ""
        self._write(
            self._title(row),
            _named(t("stalled.basis", lang), head),
            _named(t("stalled.derivation", lang), lines or "–"),
        )
