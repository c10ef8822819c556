"""The form that erases a revision, or a phrase wherever it occurs."""

from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm
from wiki.web.hidden_number import HiddenNumberField


class EraseForm(ConfirmForm):
    """What to erase, and why."""

    revision = HiddenNumberField()
    containing = TextAreaField(
        _l("Also erase everything on this page that contains"),
        description=_l(
            "The secret itself. Texts, titles, summaries, tags, drafts and the page’s files are "
            "searched for it. Leave empty to erase only this revision’s text"
        ),
    )
    everywhere = BooleanField(_l("Search every page, file and note of the wiki"))
    capitals = BooleanField(_l("Ignore upper and lower case"), default=True)
    files = BooleanField(_l("Erase file versions whose content contains it"), default=True)
    # From the preview: the contents of files to erase, and the search that found them.
    contents = SelectMultipleField(validate_choice=False)
    looked_for = HiddenField()
