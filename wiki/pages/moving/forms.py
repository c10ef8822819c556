"""The form that renames a page."""

from wtforms import BooleanField, StringField

from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm


class RenameForm(ConfirmForm):
    title = StringField(_l("Title"))
    path = StringField(_l("Path"), description=_l("The old address leads to the new one"))
    subtree = BooleanField(_l("Take the pages below it along"))
    links = BooleanField(_l("Rewrite the links in pages that lead here"))
