"""The forms of groups."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from wiki.access.groups.membership import GroupNameRefused
from wiki.accounts.models import GROUP_NAME_LIMIT, GROUP_NOTE_LIMIT
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm

_REFUSALS = {
    "empty": _l("Give the group a name."),
    "long": _l("At most %(most)s characters.", most=GROUP_NAME_LIMIT),
    "bad": _l("The name contains characters that can’t be shown."),
    "taken": _l("There is already a group with this name."),
}


class GroupForm(ProtectedForm):
    name = StringField(_l("Name"))
    note = StringField(
        _l("What is it for?"),
        [
            Length(
                max=GROUP_NOTE_LIMIT,
                message=_l("At most %(most)s characters.", most=GROUP_NOTE_LIMIT),
            )
        ],
    )

    def reject_name(self, error: GroupNameRefused) -> None:
        self.name.errors = [*self.name.errors, str(_REFUSALS[error.reason])]


class MembersForm(ProtectedForm):
    names = TextAreaField(
        _l("Usernames"), description=_l("Separated by commas, or each on a line of its own.")
    )

    def usernames(self) -> list[str]:
        parts = (self.names.data or "").replace(",", "\n").split("\n")
        return [name for part in parts if (name := part.strip())]
