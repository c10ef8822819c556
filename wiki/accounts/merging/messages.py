"""Messages about refused merges."""

from wiki.accounts.errors import LastAdministrator
from wiki.accounts.merging.merge import MergeRefused
from wiki.i18n import Words
from wiki.i18n import lazy as _

_REFUSALS: dict[str, Words] = {
    "unknown": _("There is nobody with that name here."),
    "same": _("This is the same account."),
    "self": _("This is your own account. Another administrator can merge it."),
    "blocked": _(
        "The account that would be merged is blocked, and an administrator can’t be. Lift the "
        "block first."
    ),
}


def merge_message(refused: MergeRefused | LastAdministrator) -> str:
    """The message for a refused merge."""
    if isinstance(refused, LastAdministrator):
        return str(_("This is the last administrator. Appoint another one first."))
    return str(_REFUSALS[refused.reason])
