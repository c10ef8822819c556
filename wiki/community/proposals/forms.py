"""The forms of proposals: the editor's, a decision, and the filter of the queue."""

from typing import Any

from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from wiki.accounts.people.person_field import PersonField
from wiki.community.proposals.models import REASON_LIMIT, UNDECIDED, ProposalState
from wiki.community.proposals.queue import ProposalFilter
from wiki.i18n import lazy as _l
from wiki.kinds.current import all_kinds
from wiki.pages.editor import EditForm, NewPageForm
from wiki.pages.writing.content import MAX_SUMMARY_LENGTH
from wiki.pages.writing.text_store import storable
from wiki.web.csrf import ProtectedForm
from wiki.web.hidden_number import HiddenNumberField

STATE_LABELS: dict[str, Any] = {
    ProposalState.OPEN: _l("Open"),
    ProposalState.ASKED: _l("Changes requested"),
    ProposalState.ACCEPTED: _l("Accepted"),
    ProposalState.DECLINED: _l("Declined"),
    ProposalState.WITHDRAWN: _l("Withdrawn"),
}
_STATES: dict[str, Any] = {"": _l("Waiting"), **STATE_LABELS, "all": _l("All")}
_WHOSE: dict[str, Any] = {"": _l("Everybody’s"), "me": _l("Waiting for me"), "mine": _l("Mine")}


class ProposalForm(EditForm):
    """The editor's form for proposing a change, or improving a proposed one."""

    summary = StringField(_l("What does it change, and why?"))
    # The id of the proposal, if there is one, and its version when the form was opened.
    proposal = HiddenNumberField()
    version = HiddenNumberField()


class NewProposalForm(ProposalForm, NewPageForm):
    """`ProposalForm` for a new page."""

    replaces = HiddenNumberField()  # the number of the part that it replaces


class MoveProposalForm(NewProposalForm):
    """`ProposalForm` for a page that is to be renamed."""

    path = StringField(_l("Path"), description=_l("The old address will redirect to the new one"))


class DeletionForm(ProtectedForm):
    """The reason to delete a page, and the revision that the person saw."""

    summary = StringField(
        _l("Why should it be deleted?"),
        [Length(max=MAX_SUMMARY_LENGTH, message=_l("Too long: at most 300 characters."))],
    )
    base_revision = HiddenNumberField()


class SeenVersionForm(ProtectedForm):
    """A button on a proposal, with the version that the person saw."""

    version = HiddenNumberField()


class AnswerForm(SeenVersionForm):
    """A request for changes, or a refusal, with its reason."""

    reason = TextAreaField(
        _l("Answer to the author"),
        filters=[lambda typed: storable(typed or "")],  # browsers count a line end as one character
        validators=[
            Length(max=REASON_LIMIT, message=_l("At most %(most)s characters.", most=REASON_LIMIT))
        ],
    )


class QueueForm(Form):
    """The filter of the queue, from the query string."""

    state = SelectField(_l("State"))
    show = SelectField(_l("Whose"))
    person = PersonField(_l("Author"))
    place = StringField(_l("Page or folder"))
    kind = SelectField(_l("Kind"))

    def __init__(self, *args: Any, is_member: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {"": _l("All"), **{kind.name: kind.label for kind in all_kinds().values()}}
        whose = _WHOSE if is_member else {"": _WHOSE[""]}
        for field, offered in ((self.state, _STATES), (self.show, whose), (self.kind, kinds)):
            field.choices = [SelectChoice(str(value), label) for value, label in offered.items()]
            field.data = field.data or ""

    @property
    def is_empty(self) -> bool:
        """Whether no filter is set."""
        return not any(field.data for field in self)

    def proposal_filter(self) -> ProposalFilter:
        """The filter, once the form is validated."""
        chosen = self.state.data
        states = UNDECIDED if not chosen else () if chosen == "all" else (ProposalState(chosen),)
        return ProposalFilter(
            states=states,
            whose=self.show.data,
            author_id=self.person.user_id,
            place=self.place.data or "",
            kind=self.kind.data,
        )
