"""What people read when something of an account is refused."""

from wiki.accounts.credentials.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from wiki.accounts.credentials.usernames import MAX_USERNAME_LENGTH, MIN_USERNAME_LENGTH
from wiki.i18n import lazy as _

_MESSAGES = {
    ("username", "empty"): _("Type a name."),
    ("username", "too-short"): _(
        "This name is too short: %(least)s characters or more.", least=MIN_USERNAME_LENGTH
    ),
    ("username", "too-long"): _(
        "This name is too long: at most %(most)s characters.", most=MAX_USERNAME_LENGTH
    ),
    ("username", "hidden"): _(
        "This name contains characters that can’t be seen. Type it anew instead of pasting it."
    ),
    ("username", "character"): _(
        "Use only letters of any script, digits, dots, hyphens and underscores."
    ),
    ("username", "edges"): _("A name begins and ends with a letter or a digit."),
    ("username", "marks"): _("This name has too many marks on one letter."),
    ("username", "scripts"): _(
        "This name mixes letters of different scripts, which may look like another name. "
        "Use one script."
    ),
    ("username", "reserved"): _("This name is kept for the wiki itself. Choose another one."),
    ("username", "taken"): _("This name is taken, or reads like one that is. Choose another one."),
    ("username", "wrong"): _("This name and this password don’t belong together."),
    ("username", "disabled"): _("This account is switched off. Ask who runs this wiki."),
    ("email", "not-an-address"): _("Write the address as in name@example.org, or leave it empty."),
    ("code", "empty"): _("Type the code that the server printed in its terminal."),
    ("code", "wrong"): _("This is not the code that the server printed in its terminal."),
    ("password", "empty"): _("Type a password."),
    ("password", "too-short"): _(
        "This password is too short: %(least)s characters or more.",
        least=MIN_PASSWORD_LENGTH,
    ),
    ("password", "too-long"): _(
        "This password is too long: at most %(most)s characters.",
        most=MAX_PASSWORD_LENGTH,
    ),
    ("password", "own-name"): _("This password is your own name or address. Choose another one."),
    ("password", "common"): _(
        "This password is one of those that are guessed first. "
        "Choose another one, such as three or four words that don’t belong together."
    ),
    ("password", "unreadable"): _("This password can’t be read as text."),
    ("password_confirm", "different"): _("The two passwords are not the same."),
    ("current_password", "empty"): _("Type your present password."),
    ("current_password", "wrong"): _("This is not your present password."),
}

_CLOSED = {
    "closed": _("Nobody can register here at present. Ask who runs this wiki for an account."),
    "invite": _(
        "An invitation is needed to register here. Ask somebody who runs this wiki for a link."
    ),
    "expired": _("This invitation has expired. Ask for a new one."),
    "revoked": _("This invitation was taken back. Ask for a new one."),
    "used-up": _(
        "As many people have registered with this invitation as it was made for. Ask for a new one."
    ),
    "invalid": _("This invitation isn’t complete. Open the whole link that you were given."),
}

_NO_LINK = {
    "expired": _("This link has expired. Ask who runs this wiki for a new one."),
    "used": _(
        "This link was used, or the password was changed since in another way. "
        "Ask who runs this wiki for a new one."
    ),
    "disabled": _("This account is switched off. Ask who runs this wiki."),
    "invalid": _("This link isn’t complete. Open the whole link that you were given."),
}


def message(field: str, reason: str) -> str:
    """The sentence for a problem of `Refused`; lazy, so it can be made before the language is."""
    return _MESSAGES[field, reason]


def closed(reason: str) -> str:
    """The sentence for a `RegistrationClosed`."""
    return _CLOSED[reason]


def no_link(reason: str) -> str:
    """The sentence for a `LinkRefused`."""
    return _NO_LINK[reason]
