"""Forms whose text outlives a crash: kept on the disk while it is typed, offered when the form opens again.

A form takes `KeepsForm` as its first base, names itself with `keep_as`, adds `KEEP` to its BINDINGS and calls
`start_keeping()` when its fields stand filled. That it was sent or thrown away is said by `form_done()`;
`finish()` does so by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import ClassVar, cast

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from kcflow.formats import date_text, local, now
from kcflow.i18n import t
from kcflow.keep import FormKey, Found, Keeper, Kept, reason
from kcflow.text import visible
from screens.base import StatusLine
from screens.commands import Command, key_name
from screens.forms.fields import Field
from screens.forms.sending import SendsOnce
from screens.offers import offers

SECONDS = 0.5
"""How long typed text may wait for the disk."""


class TakeKept(Command):
    """Put the unsent text of the last time back."""

    key = "ctrl+y"
    priority = True
    order = 12


class DropKept(Command):
    """Throw the unsent text of the last time away."""

    key = "f7"
    priority = True
    order = 13


KEEP = (TakeKept, DropKept)
"""The commands that a keeping form must bind."""


class KeptOffer(Widget):
    """The line that offers what was kept."""

    DEFAULT_CSS = """
    KeptOffer { height: auto; padding: 0 1; color: $warning; background: $panel; text-style: bold; }
    """

    text = ""

    def show(self, text: str) -> None:
        """Offer in these words."""
        self.text = visible(text)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the words literally."""
        return Content(self.text)


class KeepsForm(SendsOnce):
    """The half of a form that keeps its texts. Fields are found by themselves; hooks cover the rest."""

    keep_as: ClassVar[str] = ""
    """The form's name in the kept files; never shown."""

    _keeper: Keeper | None = None
    _first_texts: Mapping[str, str] | None = None
    _offered: tuple[Kept, ...] = ()
    _keep_waits = False
    _keep_failed = False

    # Hooks

    def keep_code(self) -> str:
        """The dossier that the form is about; "" for none."""
        return ""

    def kept_texts(self) -> dict[str, str]:
        """Every text of the form by the key of its field."""
        return {field.key: field.kept() for field in self.query(Field).results(Field)}

    async def make_room(self, keys: Collection[str]) -> None:
        """Add the fields `keys` that aren't there yet (more papers, questions), before texts come back."""

    def put_back(self, texts: Mapping[str, str]) -> int:
        """Put kept texts into their fields; return how many found no field."""
        fields = {field.key: field for field in self.query(Field).results(Field)}
        for key, field in fields.items():
            if key in texts and field.kept() != texts[key]:
                field.restore(texts[key])
        return sum(1 for key, text in texts.items() if text and key not in fields)

    # What a form calls

    def start_keeping(self) -> None:
        """Keep from here on: how the form looks at this moment is what it looks like untouched."""
        config = getattr(self.app, "config", None)
        key = FormKey(
            store=str(getattr(config, "database", "")),
            person=self.desk.me.login,
            form=self.keep_as,
            code=self.keep_code(),
        )
        self._keeper = keeper = Keeper(key)
        self._first_texts = self.kept_texts()
        self.ask(lambda _: keeper.found(), self._take_found, group="keep-found", quiet=True)

    def stop_keeping(self) -> None:
        """Other fields come in place of these: their texts are offered when they are opened again."""
        self.note_texts()
        self._leave_texts()
        self._offered = ()
        self._say_offer()

    def filled(self, *keys: str) -> None:
        """The program filled these fields: that is how they look untouched."""
        if self._first_texts is not None:
            texts = self.kept_texts()
            self._first_texts = {**self._first_texts, **{key: texts[key] for key in keys if key in texts}}

    def form_done(self) -> None:
        """The form was sent or thrown away: nothing of it is kept."""
        if self._keeper is not None:
            self._keeper.discard()
            self._keeper = None
            self._say_offer()

    def finish(self, result: object) -> None:
        """Close, with what was done; the texts have served."""
        self.form_done()
        super().finish(result)

    @property
    def touched(self) -> bool:
        """Whether the form looks other than untouched."""
        return self._first_texts is not None and self.kept_texts() != self._first_texts

    # Keeping

    def note_texts(self) -> None:
        """Note what stands there now, without waiting for the message that it changed."""
        if self._keeper is not None and self.settings.keep_forms:
            texts = self.kept_texts()
            self._keeper.note(None if texts == self._first_texts else texts)

    def on_field_changed(self) -> None:
        """Note what stands there now; it goes to the disk soon."""
        self.note_texts()
        if self._keeper is not None and self.settings.keep_forms and not self._keep_waits:
            self._keep_waits = True
            self.set_timer(SECONDS, self.keep_now)

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Leaving a field brings its text to the disk at once."""
        if self._keep_waits:
            self.keep_now()

    def keep_now(self) -> None:
        """Bring the noted texts to the disk, in a thread."""
        keeper, self._keep_waits = self._keeper, False
        if keeper is None:
            return

        def write() -> OSError | None:
            try:
                keeper.write()
            except OSError as error:
                return error
            return None

        self.ask(lambda _: write(), self._kept, group="keep", quiet=True)

    def _kept(self, error: OSError | None) -> None:
        """Say once that the disk refuses; work goes on."""
        if error is None:
            self._keep_failed = False
        elif not self._keep_failed:
            self._keep_failed = True
            self.say(t("keep.unwritten", self.lang, error=reason(error)), "warn")

    def on_unmount(self) -> None:
        """Leave the texts to the next opening, unless they have served."""
        self._leave_texts()

    def _leave_texts(self) -> None:
        if self._keeper is not None:
            with suppress(OSError):  # it was said while the person could still act on it
                self._keeper.release()
            self._keeper = None

    # Offering

    def _take_found(self, found: Found) -> None:
        self._offered = found.kept
        self._say_offer()
        if found.damaged:
            self.say(t("keep.corrupt", self.lang, place=str(found.damaged[0])), "warn")

    def _say_offer(self) -> None:
        """Show, change or take away the line that offers."""
        screen = cast("Screen[object]", self)
        lines = list(screen.query(KeptOffer))
        if not self._offered or self._keeper is None:
            for line in lines:
                line.remove()
        else:
            if not lines:
                lines = [KeptOffer()]
                status = screen.query(StatusLine).first()
                status.parent.mount(lines[0], before=status)  # type: ignore[union-attr]
            lines[0].show(self._offer_text())
        screen.refresh_bindings()

    def _offer_text(self) -> str:
        """The sentence, with the keys that do it."""
        said = [t("keep.offer", self.lang, when=_when(self._offered[0], self.lang))]
        keys = {offer.command: key_name(offer.key) for offer in offers(cast("Screen[object]", self))}
        said.append(", ".join(f"{keys.get(each, key_name(each.key))} {each.label()}" for each in KEEP))
        if len(self._offered) > 1:
            said.append(t("keep.more", self.lang, n=len(self._offered) - 1))
        return " ".join(said)

    def on_language_changed(self) -> None:
        """Write the offer anew too."""
        super().on_language_changed()
        self._say_offer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The two keys are there only while something is offered."""
        if action in ("take_kept", "drop_kept"):
            return bool(self._offered) and self._keeper is not None and not self.sending
        return super().check_action(action, parameters)

    async def action_take_kept(self) -> None:
        """Put the kept texts back."""
        kept, keeper = self._next_offered(), self._keeper
        if kept is None or keeper is None:
            return
        try:
            mine = keeper.take(kept)
        except OSError as error:
            self.say(t("keep.unwritten", self.lang, error=reason(error)), "warn")
            mine = True  # the texts are at hand all the same
        if not mine:
            self.say(t("keep.gone", self.lang), "warn")
            return
        await self.make_room(kept.texts.keys())
        lost = self.put_back(kept.texts)
        when = _when(kept, self.lang)
        if lost:
            self.say(t("keep.taken_less", self.lang, when=when, n=lost), "warn")
        else:
            self.say(t("keep.taken", self.lang, when=when), "good")

    def action_drop_kept(self) -> None:
        """Throw the kept texts away."""
        kept, keeper = self._next_offered(), self._keeper
        if kept is None or keeper is None:
            return
        try:
            keeper.drop(kept)
        except OSError as error:
            self.say(t("keep.unwritten", self.lang, error=reason(error)), "warn")
            return
        self.say(t("keep.dropped", self.lang, when=_when(kept, self.lang)))

    def _next_offered(self) -> Kept | None:
        """The offer at hand; the next one takes its place."""
        if not self._offered:
            return None
        kept, *rest = self._offered
        self._offered = tuple(rest)
        self._say_offer()
        return kept


def _when(kept: Kept, lang: str) -> str:
    """The hour, with the day where it is not today."""
    here = local(kept.at)
    day = "" if here.date() == local(now()).date() else f" {date_text(here.date(), lang)}"
    return f"{here:%H:%M}{day}"
