"""The form for the colour theme."""

from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm
from wiki.web.theme import THEMES

_LABELS = {
    "system": _l("Same as the device"),
    "light": _l("Light"),
    "dark": _l("Dark"),
}


class ThemeForm(ProtectedForm):
    theme = RadioField(_l("Theme"), choices=[SelectChoice(name, _LABELS[name]) for name in THEMES])
    next = HiddenField()
