"""The forms of administration."""

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, NumberRange, Optional

from wiki.accounts.models import Role
from wiki.accounts.registration.invitations import DEFAULT_DAYS, MAX_DAYS, MAX_USES, NOTE_LIMIT
from wiki.i18n import lazy as _l
from wiki.identity.models import NAME_LIMIT, TAGLINE_LIMIT, WELCOME_LIMIT
from wiki.identity.update import IdentityRefused
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number

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
        [Optional(), NumberRange(1, MAX_USES, _l("From 1 to %(most)s.", most=MAX_USES))],
        description=_l("Left empty, as many as have the link."),
    )
    days = IntegerField(
        _l("For how many days?"),
        [Optional(), NumberRange(1, MAX_DAYS, _l("From 1 to %(most)s.", most=MAX_DAYS))],
        default=DEFAULT_DAYS,
    )


class IdentityForm(ProtectedForm):
    """How the wiki calls and shows itself."""

    name = StringField(_l("Name"), description=_l("In the header, titles, the feed and searches."))
    tagline = StringField(_l("Tagline"), description=_l("One sentence that says what this is."))
    welcome = TextAreaField(
        _l("Welcome"), description=_l("Markdown, at the top of the front page. May stay empty.")
    )
    logo = FileField(_l("Logo"), description=_l("PNG, JPEG, WebP or SVG; wider than high is fine."))
    logo_dark = FileField(
        _l("Logo on dark pages"),
        description=_l("Where it is left out, the other one stands there."),
    )
    remove_logo = BooleanField(_l("Take the logo away"))
    remove_logo_dark = BooleanField(_l("Take the logo on dark pages away"))
    version = HiddenField()

    def seen(self) -> int:
        """The version that the form was opened at; -1, which none has, if it isn't a number."""
        number = parse_number(self.version.data)
        return -1 if number is None else number

    def show(self, refused: IdentityRefused) -> None:
        limits = {"name": NAME_LIMIT, "tagline": TAGLINE_LIMIT, "welcome": WELCOME_LIMIT}
        for name, reason in refused.problems.items():
            words = {
                "too-long": _("Shorten it to %(limit)s characters.", limit=limits[name]),
                "hidden": _("Take out the characters that can’t be seen (controls, marks)."),
            }
            self[name].errors = [*self[name].errors, words[reason]]
