"""The hub's one form."""

from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.forgery import ProtectedForm
from wiki.frame import THEMES
from wiki.language import lazy as _l

_LABELS = {
    "system": _l("As the device has it"),
    "light": _l("Light"),
    "dark": _l("Dark"),
}


class ThemeForm(ProtectedForm):
    theme = RadioField(_l("Theme"), choices=[SelectChoice(name, _LABELS[name]) for name in THEMES])
    next = HiddenField()
