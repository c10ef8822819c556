"""The forms of administration."""

from wtforms import SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.accounts.models import Role
from wiki.forgery import ProtectedForm
from wiki.language import lazy as _l

_ROLES = {
    Role.READER: _l("Reader"),
    Role.LEARNER: _l("Learner"),
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
