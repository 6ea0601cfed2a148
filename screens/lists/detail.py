"""The strip under a list: the dossier under the cursor, its stage, what can be done now, what can not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kcflow.formats import date_text
from kcflow.i18n import t
from kcflow.services.views import DossierCard, DossierRow, OptionView
from screens.lists.rows import row_tone, state_text
from screens.widgets.cells import literal
from screens.widgets.stage_bar import StageBar, StagePhase

STYLES = {"": "", "dim": "$text-muted", "good": "$success", "warn": "$warning", "bad": "$error"}
"""The colours of the tones of a row."""


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


Line = list[tuple[str, str]]
"""Pieces of one line, each with its style."""
MOST = 3
"""Lines of reasons, or of a derivation, at most."""


def doable_line(options: Iterable[OptionView], lang: str) -> Line:
    """The acts that can be done now."""
    names = [literal(option.label(lang)) for option in options if option.possible]
    head = (f"{t('app.doable', lang)}  ", "bold")
    if not names:
        return [head, (t("app.nothing_doable", lang), "$text-muted")]
    return [head, (" · ".join(names), "bold $success")]


def blocked_lines(options: Iterable[OptionView], lang: str) -> list[Line]:
    """The acts that can't be done yet, each with its first reason and how many more there are."""
    found: list[Line] = []
    for option in options:
        if not option.possible and option.reasons:
            more = f" +{len(option.reasons) - 1}" if len(option.reasons) > 1 else ""
            reason = literal(option.reasons[0].text(lang))
            found.append([(literal(option.label(lang)), ""), (f" — {reason}{more}", "$text-muted")])
    return found


def under(head: str, lines: Sequence[Line], most: int) -> list[Line]:
    """At most `most` lines, the first behind `head`, the others in line with it; "+n" tells of more."""
    width = cell_len(head)
    if not lines:
        return [[(f"{head}  ", "bold"), ("–", "$text-muted")]]
    heads: Line = [(f"{head}  ", "bold"), *[(" " * (width + 2), "")] * (most - 1)]
    if len(lines) > most:
        more = f"+{len(lines) - most}"
        heads[-1] = (f"{more:>{width}}  ", "$accent") if most > 1 else (f"{head} {more}  ", "bold")
    return [[own, *line] for own, line in zip(heads, lines, strict=False)]


class DetailStrip(Vertical):
    """What the row under the cursor is about: title, state, stages, and why. It keeps its height.

    A low terminal has four lines of it, a high one says where it is and for whom it waits, and three reasons.
    """

    DEFAULT_CSS = """
    DetailStrip {
        height: 5;
        padding: 0 1;
        border-top: solid $border-blurred;
        background: $background;

        & Static { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & #detail-where { display: none; color: $text-muted; }
        & #detail-why { height: 2; }
        & StageBar { height: 1; }
        &.-empty StageBar { visibility: hidden; }
    }
    """

    def __init__(self, classes: str = "") -> None:
        """Show nothing."""
        super().__init__(classes=classes)
        self._row: DossierRow | None = None
        self._card: DossierCard | None = None
        self._lines: Sequence[Line] | None = None
        self._lang = "vi"

    def compose(self) -> ComposeResult:
        """Title, whereabouts, stages, reasons."""
        yield Static(id="detail-title", markup=False)
        yield Static(id="detail-where", markup=False)
        yield StageBar(id="detail-stages")
        yield Static(id="detail-why", markup=False)

    def on_resize(self) -> None:
        """More or less room for reasons."""
        self._write()

    @property
    def card(self) -> DossierCard | None:
        """Everything about the dossier it shows; None until that is read."""
        return self._card

    def clear(self) -> None:
        """Show nothing."""
        self._show(None, None, None, self._lang)

    def start(self, row: DossierRow, lang: str) -> None:
        """Show what the list knows already, until the rest is read."""
        self._show(row, None, None, lang)

    def show(self, card: DossierCard, lang: str) -> None:
        """Show a dossier with its acts."""
        self._show(card.row, card, None, lang)

    def show_stalled(
        self, row: DossierRow, lines: Sequence[Line], card: DossierCard | None, lang: str
    ) -> None:
        """Show a dossier that stands still: why, and what comes next; as many of `lines` as fit."""
        self._show(row, card, lines, lang)

    def show_other(self, row: DossierRow, lang: str) -> None:
        """Show a plan, a round, a contract or an adjustment: its stages stand on its board."""
        doable = " · ".join(literal(label(lang)) for label in row.doable) or "–"
        head = (f"{t('app.doable', lang)}  ", "bold")
        self._show(row, None, [[head, (doable, "bold $success")]], lang)

    def show_lines(self, title: str, lines: Sequence[Line], lang: str) -> None:
        """Show a title and some lines that are about no dossier."""
        self._show(None, None, lines, lang)
        self.query_one("#detail-title", Static).update(Content.assemble((literal(title), "bold")))

    def _show(
        self,
        row: DossierRow | None,
        card: DossierCard | None,
        lines: Sequence[Line] | None,
        lang: str,
    ) -> None:
        self._row, self._card, self._lines, self._lang = row, card, lines, lang
        self.set_class(card is None, "-empty")
        if card is not None:
            self.query_one(StageBar).update(stage_phases(card, lang))
        self._write()

    def _write(self) -> None:
        row, lang = self._row, self._lang
        tall = self.screen.has_class("-tall")
        title: Line = []
        where: Line = []
        why: list[Line] = []
        if row is not None:
            state = (state_text(row, lang), f"bold {STYLES[row_tone(row)]}".strip())
            name = (literal(row.title), "bold")
            title = [(f"{row.code}  ", "bold $accent"), *([name] if tall else [state, ("  ", ""), name])]
            where = [state, (f"  {self._whereabouts(row)}", "")]
        if row is not None or self._lines is not None:
            why = self._why(MOST if tall else 1)
        for at, lines in (("title", [title]), ("where", [where]), ("why", why)):
            self.query_one(f"#detail-{at}", Static).update(
                Content("\n").join(Content.assemble(*line) for line in lines)
            )

    def _whereabouts(self, row: DossierRow) -> str:
        lang = self._lang
        parts = [row.province_name, row.unit_name]
        if row.waits_for != "nobody":
            parts.insert(0, t("lists.chip_waits", lang, who=row.waits_for_label(lang)))
        if row.due_on is not None:
            parts.insert(1, t("lists.chip_due", lang, span=date_text(row.due_on, lang)))
        return "· " + " · ".join(literal(part) for part in parts)

    def _why(self, most: int) -> list[Line]:
        lang, card = self._lang, self._card
        if self._lines is not None:
            return [*self._lines[: most + 1]]
        if card is None:
            return [[(f"{t('app.doable', lang)}  ", "bold"), ("…", "$text-muted")]]
        blocked = under(t("app.blocked", lang), blocked_lines(card.options, lang), most)
        return [doable_line(card.options, lang), *blocked]
