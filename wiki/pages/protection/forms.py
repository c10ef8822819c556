"""The form for access rules."""

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from wiki.access.models import NOTE_LIMIT, Rank
from wiki.access.rulebook import Rule
from wiki.i18n import lazy as _l
from wiki.pages.forms import PageForm
from wiki.pages.protection.rule_changes import RuleRefused, RuleTerms

_READ_RANKS = [
    SelectChoice(Rank.ANYBODY.value, _l("Everybody")),
    SelectChoice(Rank.SIGNED_IN.value, _l("Everybody who is signed in")),
    SelectChoice(Rank.LEARNER.value, _l("Learners and mentors")),
    SelectChoice(Rank.MENTOR.value, _l("Mentors")),
    SelectChoice(Rank.ADMIN.value, _l("Only administrators, and the groups chosen below")),
]
_REFUSALS = {
    "root-page": _l("The rule for the whole wiki covers all pages."),
    "edits-unread": _l("Whoever edits a page also reads it. Let fewer people edit, or more read."),
    "group-gone": _l("A group you chose has been deleted meanwhile. Check the groups again."),
}


class RuleForm(PageForm):
    """Who may read and edit at a path, or below it."""

    covers = RadioField(
        _l("Covers"),
        choices=[
            SelectChoice("tree", _l("This page and all pages below it")),
            SelectChoice("page", _l("Only this page")),
        ],
        default="tree",
    )
    read_rank = RadioField(_l("Who may read"), choices=_READ_RANKS, coerce=int)
    readers = SelectMultipleField(_l("Groups that may also read"), coerce=int)
    edit_rank = RadioField(_l("Who may edit"), choices=_READ_RANKS[1:], coerce=int)
    editors = SelectMultipleField(_l("Groups that may also edit"), coerce=int)
    note = StringField(
        _l("Why?"),
        [Length(max=NOTE_LIMIT)],
        description=_l("Shown to everybody who asks who may read and edit here"),
    )
    confirmed = HiddenField()  # the digest of the effect that the person was shown

    def offer_groups(self, groups: list[tuple[int, str]]) -> None:
        """Offer these groups, as `(id, name)`."""
        self.readers.choices = [SelectChoice(id_, name) for id_, name in groups]
        self.editors.choices = self.readers.choices
        # The rule refuses groups that were deleted meanwhile, with a better message.
        self.readers.validate_choice = self.editors.validate_choice = False

    def show(self, rule: Rule, note: str, *, covers: str) -> None:
        """Fill the form with the rule in force."""
        self.covers.data = covers
        self.read_rank.data, self.edit_rank.data = rule.read_rank, rule.edit_rank
        self.readers.data, self.editors.data = sorted(rule.readers), sorted(rule.editors)
        self.note.data = note

    def terms(self) -> RuleTerms:
        """The rule that was entered; the form must have been validated."""
        return RuleTerms(
            self.covers.data or "tree",
            self.read_rank.data,
            self.edit_rank.data,
            frozenset(self.readers.data or ()),
            frozenset(self.editors.data or ()),
            (self.note.data or "").strip(),
        )

    def reject_rule(self, error: RuleRefused) -> None:
        """Add the message for a refused rule to its field."""
        self.reject(error.field, str(_REFUSALS[error.reason]))
