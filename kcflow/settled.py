"""The half of the application that follows the settings: looks, keys, and the file behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kcflow import settings as settings_file
from kcflow.i18n import set_language, t
from kcflow.settings_schema import Settings
from screens import theme
from screens.base import DeskTop
from screens.commands import follow

if TYPE_CHECKING:
    from textual.app import App

    from screens.shell import ShellScreen

    _App = App[int]
else:
    _App = object


class Settled(_App):
    """Holds `settings`, and makes a change felt at once."""

    settings: Settings
    lang: str

    if TYPE_CHECKING:
        _shell: ShellScreen

        def language_changed(self) -> None:
            """Let every open screen write its texts anew."""

    def use_settings(self, settings: Settings) -> None:
        """Look and listen as `settings` say; what takes effect at the start only is left alone."""
        self.settings = settings
        self.theme = theme.named(settings.theme)
        self.animation_level = "full" if settings.animation else "none"
        self._shell.set_class(not settings.detail, "-no-detail")

    def use_keys(self) -> None:
        """Listen to the keys of the settings. It reads every screen's module: the first paint comes first."""
        before, keymap = dict(self._keymap), {}
        if self.settings.keys:
            from screens.keymap import judged

            keymap = judged(self.settings.keys, type(self)).keymap
        follow(keymap)
        if keymap != before:
            self.set_keymap(keymap)
            self.language_changed()

    def on_unmount(self) -> None:
        """Leave no moved key behind in the texts of whatever runs next in this process."""
        follow({})

    def change_settings(self, changes: Mapping[str, object]) -> str:
        """Write `changes` to the file and follow them; return what is to be said about it ("" for nothing).

        Settings by key, None for the default; "keys" is a mapping that replaces all. What can't be written
        is followed all the same, until the end of this run.
        """
        said = ""
        try:
            backup = settings_file.save(changes)
        except OSError as error:
            said = t("settings.unwritten", self.lang, error=error.strerror or type(error).__name__)
        else:
            if backup is not None:
                said = t("settings.backed_up", self.lang, place=str(backup))
        values = {name: getattr(self.settings, name) for name in (*settings_file.RULES, "keys")}
        for key, value in changes.items():
            values[key] = settings_file.RULES[key].default if value is None else value
        self.use_settings(Settings(**values))
        if "keys" in changes:
            self.use_keys()
        if "language" in changes and self.settings.language != self.lang:
            self.lang = self.settings.language
            set_language(self.lang)
            self.language_changed()
        return said

    def settings_trouble(self) -> list[str]:
        """What is wrong with the settings file, a sentence each; keys are judged only where some are set."""
        said = [problem(self.lang) for problem in self.settings.problems]
        if self.settings.keys:
            from screens.keymap import judged

            said += [problem(self.lang) for problem in judged(self.settings.keys, type(self)).problems]
        return said

    def say_settings_trouble(self) -> None:
        """Say in the status line what is wrong with the settings file, the first of it and how much more."""
        said = self.settings_trouble()
        if said and isinstance(self.screen, DeskTop):
            more = f" {t('settings.more_trouble', self.lang, n=len(said) - 1)}" if len(said) > 1 else ""
            self.screen.say(said[0] + more, "warn")

    def action_open_settings(self) -> None:
        """Show the settings."""
        self.open_settings()  # type: ignore[attr-defined]

    def action_next_theme(self) -> None:
        """Show the next look, and keep it."""
        names = ("dark", "light", "contrast")
        present = names.index(theme.setting_of(self.theme))
        said = self.change_settings({"theme": names[(present + 1) % len(names)]})
        if said and isinstance(self.screen, DeskTop):
            self.screen.say(said, "warn")
