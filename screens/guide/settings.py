"""Settings: a form made from their schema. What is chosen is felt and written at once."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kcflow import config
from kcflow.i18n import t
from kcflow.settings_schema import RULES, SECTIONS, Rule
from kcflow.text import visible
from screens.base import DeskScreen
from screens.commands import CloseDialog, Command, bindings
from screens.forms.amounts import WholeField
from screens.forms.choices import ChoiceField, FileField, FolderField
from screens.forms.fields import Field, TextField, words
from states.model import Label


class EditKeys(Command):
    """Other keys for commands."""

    key = "f6"
    priority = True
    order = 10


class ResetSetting(Command):
    """The first value of the setting under the cursor."""

    key = "ctrl+r"
    priority = True
    order = 20


class SettingsScreen(DeskScreen[None]):
    """Every setting of the schema, by section; the line below says what the one under the cursor does."""

    CSS = """
    SettingsScreen {
        #settings-form { height: 1fr; padding: 0 1; scrollbar-size: 1 1; }
        .field-label { width: 34; }
        .settings-section { margin: 1 0 0 0; color: $primary; text-style: bold; }
        #settings-title { text-wrap: nowrap; text-overflow: ellipsis; }
        #settings-help { height: 2; padding: 0 1; color: $text; background: $panel; }
        #settings-trouble { height: auto; max-height: 10; padding: 0 1; color: $warning; }
        &.-narrow .field-label { width: 28; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(EditKeys, ResetSetting, CloseDialog)
    help_key = "help.settings"

    def body(self) -> ComposeResult:
        """Title, what is wrong with the file, the fields, and what the present one does."""
        yield Static("", id="settings-title", classes="bar", markup=False)
        yield Static("", id="settings-trouble", markup=False)
        with VerticalScroll(id="settings-form", can_focus=False):
            for section in SECTIONS:
                yield Static("", id=f"section-{section}", classes="settings-section", markup=False)
                for rule in RULES.values():
                    if rule.section == section:
                        yield _field(rule, getattr(self.settings, rule.key))
        yield Static("", id="settings-help", markup=False)

    def on_mount(self) -> None:
        """Write the words, and start with the first field."""
        self._write()
        self.query(Field).first().focus_entry()

    def on_language_changed(self) -> None:
        """Write every word anew."""
        for field in self.query(Field).results(Field):
            field.relabel()
        language = self.query_one("#field-language", ChoiceField)
        if language.value != self.lang and self.settings.language == self.lang:
            language.choose(self.lang)
        self._write()

    def _write(self) -> None:
        lang = self.lang
        title = t("settings.title", lang, file=str(config.settings_path()))
        self.query_one("#settings-title", Static).update(Content(visible(title)))
        for section in SECTIONS:
            self.query_one(f"#section-{section}", Static).update(
                Content(t(f"settings.section.{section}", lang))
            )
        said = self.desk_app.settings_trouble()
        trouble = self.query_one("#settings-trouble", Static)
        trouble.display = bool(said)
        trouble.update(Content("\n".join(f"! {visible(each)}" for each in said)))
        self._write_help()

    @property
    def _present(self) -> Rule | None:
        focused = self.focused
        if focused is None:
            return None
        return next(
            (RULES[node.key] for node in focused.ancestors_with_self if isinstance(node, Field)), None
        )

    def _write_help(self) -> None:
        rule = self._present
        text = ""
        if rule is not None:
            text = t(f"settings.{rule.key}.help", self.lang)
            if rule.at_start:
                text += f" {t('settings.at_start', self.lang)}"
        self.query_one("#settings-help", Static).update(Content(visible(text)))

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Say what the setting under the cursor does."""
        self._write_help()

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        """Follow and write what may be; say beside the field what may not."""
        field, rule = event.field, RULES[event.field.key]
        if not field.check():
            return
        value = _value(rule, field.value)
        if value is None or value == getattr(self.settings, rule.key):
            return
        self._change(rule, value)

    def _change(self, rule: Rule, value: object) -> None:
        said = self.desk_app.change_settings({rule.key: value})
        label = t(f"settings.{rule.key}.label", self.lang)
        if said:
            self.say(said, "warn")
        else:
            self.say(t("settings.saved", self.lang, what=label), "good")
        self._write()

    def why_not(self, action: str) -> str | None:
        """Only a setting under the cursor can be reset."""
        if action == "reset_setting" and self._present is None:
            return t("settings.choose_first", self.lang)
        return None

    def action_reset_setting(self) -> None:
        """The first value of the setting under the cursor."""
        rule = self._present
        if rule is None:
            return
        field = self.query_one(f"#field-{rule.key}", Field)
        self._change(rule, None)
        with self.prevent(Field.Changed):
            field.restore(_text(rule.default))
        field.fault(None)

    def action_edit_keys(self) -> None:
        """Other keys for commands."""
        from screens.guide.keys import KeysScreen

        self.app.push_screen(KeysScreen(), lambda _: self._write())

    def action_close_dialog(self) -> None:
        """Go back; everything is written already."""
        self.dismiss(None)


def _field(rule: Rule, value: object) -> Field[str] | Field[int]:
    """The field that changes a setting."""
    label = words(f"settings.{rule.key}.label")
    if rule.kind == "whole":
        number = value if isinstance(value, int) else 0
        return WholeField(rule.key, label, number, least=rule.least, most=rule.most)
    if rule.kind == "folder":
        return FolderField(rule.key, label, str(value))
    if rule.kind == "file":
        return FileField(rule.key, label, str(value))
    if rule.kind == "text":
        return TextField(rule.key, label, str(value), max_length=255)
    if rule.kind == "switch":
        options = [(each, words(f"settings.{each}")) for each in ("on", "off")]
    else:
        options = [(each, _choice_label(rule, each)) for each in rule.choices]
    return ChoiceField(rule.key, label, options, _text(value))


def _choice_label(rule: Rule, choice: str) -> Label:
    return words(f"app.tab.{choice}" if rule.key == "first_tab" else f"settings.{rule.key}.{choice}")


def _text(value: object) -> str:
    """How a field spells a setting."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _value(rule: Rule, value: object) -> object:
    """What a field's value means as a setting; None when there is none."""
    if rule.kind == "switch":
        return None if value is None else value == "on"
    if rule.kind in ("folder", "file"):
        return "" if value is None else str(Path(str(value)).expanduser())
    if rule.kind == "text":
        return "" if value is None else str(value)
    return value
