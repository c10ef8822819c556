"""The form with which administrators and mentors of a group create invitations."""

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, NumberRange, Optional

from wiki.accounts.messages import ROLES
from wiki.accounts.models import Role
from wiki.accounts.registration.invitations import (
    DEFAULT_DAYS,
    INVITED_ROLES,
    MAX_DAYS,
    MAX_USES,
    NOTE_LIMIT,
    InvitationTerms,
)
from wiki.i18n import lazy as _
from wiki.web.csrf import ProtectedForm


class InvitationForm(ProtectedForm):
    """The purpose, role and groups of an invitation, how many people may use it, and for how
    long.
    """

    note = StringField(
        _("Label"),
        [Length(max=NOTE_LIMIT, message=_("At most %(most)s characters.", most=NOTE_LIMIT))],
        description=_(
            "For your own list, such as the name of the class. People with the link don’t see it."
        ),
    )
    people = IntegerField(
        _("Number of people"),
        [Optional(), NumberRange(1, MAX_USES, _("From 1 to %(most)s.", most=MAX_USES))],
        description=_("Leave empty for no limit."),
    )
    days = IntegerField(
        _("Valid for how many days?"),
        [Optional(), NumberRange(1, MAX_DAYS, _("From 1 to %(most)s.", most=MAX_DAYS))],
        default=DEFAULT_DAYS,
    )
    role = SelectField(
        _("Role"), description=_("What those who register may do."), default=Role.LEARNER.value
    )
    groups = SelectMultipleField(
        _("Groups"), coerce=int, description=_("Those who register join them.")
    )

    def __init__(
        self,
        *args: Any,
        roles: Sequence[Role] = INVITED_ROLES,
        groups: Sequence[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        """Offer these roles and groups, given as `(id, name)`; any number can be chosen."""
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(role.value, ROLES[role]) for role in roles]
        self.groups.choices = [SelectChoice(number, name) for number, name in groups]
        if not groups:
            del self.groups

    def terms(self, into: int | None = None) -> InvitationTerms:
        """The entered terms; `into` is a group to join besides those chosen."""
        chosen = self.groups.data or [] if "groups" in self else []
        return InvitationTerms(
            self.note.data or "",
            self.people.data,
            self.days.data or DEFAULT_DAYS,
            Role(self.role.data),
            frozenset(chosen) | ({into} if into is not None else frozenset()),
        )
