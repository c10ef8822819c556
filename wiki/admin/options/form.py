"""The form for the settings that administrators decide, built from the settings that features
define.
"""

from collections.abc import Mapping
from typing import Any, cast

from wtforms import BooleanField, Field, HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.hub_settings.definitions import HubSetting, SettingSection, SettingType, defined_settings
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm

SECTIONS = {
    SettingSection.REGISTRATION: _l("Registration"),
    SettingSection.NEW_PEOPLE: _l("New people"),
    SettingSection.MAIL: _l("Mail"),
    SettingSection.SEARCH: _l("Search"),
}


class OptionsForm(ProtectedForm):
    """A field for each setting that the host leaves to administrators; see `options_form`."""

    state = HiddenField()

    def written(self) -> dict[str, str]:
        """The submitted values in the format in which settings are stored."""
        values: dict[str, str] = {}
        for setting in defined_settings():
            if setting.name in self:
                data = self[setting.name].data
                is_switch = setting.kind is SettingType.SWITCH
                values[setting.name] = setting.format(data) if is_switch else data or ""
        return values

    def show_problem(self, name: str, words: str) -> None:
        """Show a message at a setting, or above all of them if the host decides that setting."""
        if name in self:
            self.reject(name, words)
        else:
            self.form_errors: list[str] = [*self.form_errors, words]


def options_form(stored: Mapping[str, str], state: str) -> OptionsForm:
    """The form with the stored or the submitted values."""
    fields: dict[str, Field] = {}
    values: dict[str, Any] = {"state": state}
    for setting in defined_settings():
        if setting.host_value() is None:
            fields[setting.name] = _field_of(setting)
            value = setting.stored_in(stored)
            values[setting.name] = (
                value if setting.kind is SettingType.SWITCH else setting.format(value)
            )
    made = type("OptionsForm", (OptionsForm,), fields)
    return cast(OptionsForm, made(data=values))


def sections() -> list[tuple[str, list[HubSetting[Any]]]]:
    """The headings of the page with their settings."""
    found = list(defined_settings())
    listed = {
        section: [each for each in found if each.section == section] for section in SettingSection
    }
    return [(str(SECTIONS[section]), group) for section, group in listed.items() if group]


def _field_of(setting: HubSetting[Any]) -> Field:
    hint = str(setting.hint)
    match setting.kind:
        case SettingType.SWITCH:
            return BooleanField(setting.label, description=hint)
        case SettingType.CHOICE:
            choices = [SelectChoice(value, label) for value, label in setting.choices.items()]
            return RadioField(
                setting.label, choices=choices, validate_choice=False, description=hint
            )
        case _:
            return StringField(setting.label, render_kw={"autocomplete": "off"}, description=hint)
