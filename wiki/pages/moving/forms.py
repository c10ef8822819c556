"""The form that renames a page."""

from wtforms import BooleanField, StringField

from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm


class RenameForm(ConfirmForm):
    title = StringField(_l("Title"))
    path = StringField(_l("Path"), description=_l("The old address redirects to the new one"))
    subtree = BooleanField(_l("Move the pages below it, too"))
    links = BooleanField(_l("Update links to this page"))
