"""The form that renames a page."""

from wtforms import BooleanField, HiddenField, StringField

from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm


class RenameForm(ConfirmForm):
    """The new title and path of a page, and what moves or is relinked with it."""

    title = StringField(_l("Title"))
    path = StringField(_l("Path"), description=_l("The old address redirects to the new one"))
    subtree = BooleanField(_l("Move the pages below it, too"))
    links = BooleanField(_l("Update links to this page"))
    confirmed = HiddenField()  # the digest of the effect on readers that the person was shown
