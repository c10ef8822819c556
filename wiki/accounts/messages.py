"""Messages about refused registrations, sign-ins and settings."""

from wiki.accounts.credentials.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from wiki.accounts.credentials.usernames import MAX_USERNAME_LENGTH, MIN_USERNAME_LENGTH
from wiki.accounts.models import CREDENTIAL_NAME_LIMIT, Role
from wiki.i18n import lazy as _

ROLES = {
    Role.READER: _("Reader"),
    Role.LEARNER: _("Learner"),
    Role.MENTOR: _("Mentor"),
    Role.ADMIN: _("Administrator"),
}

_MESSAGES = {
    ("username", "empty"): _("Enter a name."),
    ("username", "too-short"): _(
        "This name is too short. Use at least %(least)s characters.", least=MIN_USERNAME_LENGTH
    ),
    ("username", "too-long"): _(
        "This name is too long. Use at most %(most)s characters.", most=MAX_USERNAME_LENGTH
    ),
    ("username", "address"): _("This is an IP address. Choose another name."),
    ("username", "hidden"): _(
        "This name contains invisible characters. Type it instead of pasting it."
    ),
    ("username", "character"): _(
        "Use only letters of any script, digits, dots, hyphens and underscores."
    ),
    ("username", "edges"): _("A name must begin and end with a letter or a digit."),
    ("username", "marks"): _("A letter of this name has too many accents or marks."),
    ("username", "scripts"): _(
        "This name mixes letters from different scripts and could be mistaken for another one. "
        "Use a single script."
    ),
    ("username", "reserved"): _("This name is reserved. Choose another one."),
    ("username", "taken"): _(
        "This name, or one that looks like it, is already taken. Choose another one."
    ),
    ("username", "wrong"): _("Wrong name or password."),
    ("username", "disabled"): _("This account is disabled. Ask an administrator."),
    ("email", "empty"): _("Enter your e-mail address."),
    ("email", "not-admitted"): _("This address can’t be used to register here."),
    ("email", "not-an-address"): _("Enter an address such as name@example.org, or leave it empty."),
    ("code", "empty"): _("Enter the code that the server printed in its terminal."),
    ("code", "wrong"): _("This is not the code that the server printed in its terminal."),
    ("code", "missing"): _("Enter a code."),
    ("code", "wrong-code"): _("This code is not valid. Check that your phone’s clock is right."),
    ("code", "used"): _("This code has already been used. Wait for the next one."),
    ("code", "on-already"): _("The second factor is already on."),
    ("name", "too-many-keys"): _("You have too many passkeys. Remove one first."),
    ("credential", "invalid"): _("The answer of your device could not be verified. Try again."),
    ("credential", "late"): _("That took too long, or was sent twice. Try again."),
    ("credential", "known"): _("This passkey is already registered."),
    ("credential", "unknown"): _(
        "This passkey isn’t known here. It may have been removed: sign in with your password."
    ),
    ("credential", "disabled"): _("This account is disabled. Ask an administrator."),
    ("is_sure", "empty"): _("Confirm that you want to close it."),
    ("password", "empty"): _("Enter a password."),
    ("password", "too-short"): _(
        "This password is too short. Use at least %(least)s characters.",
        least=MIN_PASSWORD_LENGTH,
    ),
    ("password", "too-long"): _(
        "This password is too long. Use at most %(most)s characters.",
        most=MAX_PASSWORD_LENGTH,
    ),
    ("password", "own-name"): _(
        "This password is little more than your name, your e-mail address or the name of this "
        "wiki. Choose another one."
    ),
    ("password", "common"): _(
        "This password is among the first that anyone would guess. Choose another one, such as "
        "three or four unrelated words."
    ),
    ("password", "unreadable"): _("This password contains invalid characters."),
    ("password_confirm", "different"): _("The passwords don’t match."),
    ("name", "empty"): _("Enter a name, such as what you use it for."),
    ("name", "too-long"): _("Shorten the name to %(most)s characters.", most=CREDENTIAL_NAME_LIMIT),
    ("name", "too-many"): _("You have too many tokens. Revoke one first."),
    ("scope", "admin-only"): _("Only administrators can create tokens for administration."),
    ("date", "past"): _("Choose a day that is still to come."),
    ("date", "too-far"): _("A token is valid for a year at most."),
    ("date", "empty"): _("Choose a day."),
    ("current_password", "empty"): _("Enter your current password."),
    ("current_password", "stale"): _(
        "You have no password, and signed in more than ten minutes ago. Sign in again first."
    ),
    ("current_password", "wrong"): _("This is not your current password."),
}

_TOKENS = {
    "invalid": _("The access token isn’t valid. Check that all of it was copied."),
    "expired": _("The access token has expired. Create a new one in your settings."),
    "revoked": _("The access token has been revoked. Create a new one in your settings."),
    "disabled": _("The account of this access token is disabled. Ask an administrator."),
    "ended": _("The session has ended: there is a new password, or it was signed out everywhere."),
    "write": _("This access token may only read. Changing something needs one that may write."),
    "admin": _("This access token may not administer. That needs one with the scope “admin”."),
    "account": _("Accounts can’t be managed with an access token. Sign in in a browser."),
}

_CLOSED = {
    "closed": _("Registration is closed. Ask an administrator for an account."),
    "invite": _("You need an invitation to register here. Ask an administrator for a link."),
    "expired": _("This invitation has expired. Ask for a new one."),
    "revoked": _("This invitation has been revoked. Ask for a new one."),
    "used-up": _("This invitation has been used up. Ask for a new one."),
    "invalid": _("This invitation link is incomplete. Open the whole link you were given."),
    "domain": _("You can’t register here with this e-mail address. Ask an administrator."),
    "link-expired": _("This link has expired. Have another one mailed to you."),
    "link-invalid": _("This link is incomplete. Open the whole link that was mailed to you."),
    "registered": _(
        "There is already an account with this e-mail address. Sign in, or reset your password."
    ),
}

_NO_LINK = {
    "expired": _("This link has expired."),
    "used": _("This link has already been used, or the password has changed since."),
    "disabled": _("This account is disabled. Ask an administrator."),
    "invalid": _("This link is incomplete. Open the whole link you were given."),
}

_NOT_CONFIRMED = {
    "expired": _("This link has expired. Sign in, then send yourself a new one from the settings."),
    "replaced": _(
        "This link is for an address that no longer belongs to the account. Open the link in the "
        "latest mail, or sign in and send yourself a new one from the settings."
    ),
    "disabled": _("This account is disabled. Ask an administrator."),
    "invalid": _("This link is incomplete. Open the whole link of the mail."),
}


def message(field: str, reason: str) -> str:
    """The message for a problem of `AccountRefused`; lazy, since no language is known at import
    time.
    """
    return _MESSAGES[field, reason]


def registration_closed(reason: str) -> str:
    """The message for a `RegistrationClosed`."""
    return _CLOSED[reason]


def token_refused(reason: str) -> str:
    """The message for a `TokenRefused` or `TokenForbidden`."""
    return _TOKENS[reason]


def confirmation_refused(reason: str) -> str:
    """The message for a `ConfirmationRefused`."""
    return _NOT_CONFIRMED[reason]


def reset_link_refused(reason: str) -> str:
    """The message for a `LinkRefused`."""
    return _NO_LINK[reason]


def signed_out_here_only() -> str:
    """The message that somebody is signed out of this browser only, since nothing can be stored."""
    return _(
        "You are signed out of this browser. The database can’t be written at the moment: sign out "
        "everywhere later, in your settings, if somebody else could have copied your cookies."
    )
