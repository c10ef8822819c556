"""The form that erases a revision, or a phrase wherever it stands."""

from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField

from wiki.i18n import lazy as _l
from wiki.pages.forms import ConfirmForm, HiddenNumberField


class EraseForm(ConfirmForm):
    revision = HiddenNumberField()
    containing = TextAreaField(
        _l("Also everything of this page that contains"),
        description=_l(
            "The secret itself. Texts, titles, summaries, tags, drafts and the page’s files "
            "are searched for it. Leave it empty to erase this revision’s text alone"
        ),
    )
    everywhere = BooleanField(_l("Look for it in every page, file and note of the wiki"))
    capitals = BooleanField(_l("Also in other upper and lower case"), default=True)
    files = BooleanField(_l("Erase versions of files whose content holds it"), default=True)
    # Of what a look found: the contents to erase, and what was looked for.
    contents = SelectMultipleField(validate_choice=False)
    looked_for = HiddenField()
