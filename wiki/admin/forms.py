"""The forms of administration."""

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, NumberRange, Optional

from wiki.accounts.invitations import DAYS, LONGEST_DAYS, MOST_USES, NOTE_LIMIT
from wiki.accounts.models import Role
from wiki.forgery import ProtectedForm
from wiki.language import lazy as _l

_ROLES = {
    Role.READER: _l("Reader"),
    Role.LEARNER: _l("Learner"),
    Role.MENTOR: _l("Mentor"),
    Role.ADMIN: _l("Administrator"),
}
_ACCESS = {"on": _l("Switched on"), "off": _l("Switched off")}


class PersonForm(ProtectedForm):
    """What a person may do, and whether they may sign in."""

    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, label) for role, label in _ROLES.items()]
    )
    access = SelectField(
        _l("Account"), choices=[SelectChoice(value, label) for value, label in _ACCESS.items()]
    )


class InvitationForm(ProtectedForm):
    """What an invitation is for, how many may come with it, and for how long."""

    note = StringField(
        _l("What is it for?"),
        [Length(max=NOTE_LIMIT, message=_l("At most %(most)s characters.", most=NOTE_LIMIT))],
        description=_l("A name for the list, such as the class. Who is invited doesn’t see it."),
    )
    people = IntegerField(
        _l("How many may come?"),
        [Optional(), NumberRange(1, MOST_USES, _l("From 1 to %(most)s.", most=MOST_USES))],
        description=_l("Left empty, as many as have the link."),
    )
    days = IntegerField(
        _l("For how many days?"),
        [Optional(), NumberRange(1, LONGEST_DAYS, _l("From 1 to %(most)s.", most=LONGEST_DAYS))],
        default=DAYS,
    )
