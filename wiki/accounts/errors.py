"""Errors about accounts."""

from collections.abc import Iterator
from contextlib import contextmanager


class AccountRefused(ValueError):
    """Invalid input: `problems` maps each field to a reason, as in `wiki.accounts.messages`."""

    def __init__(self, **problems: str) -> None:
        super().__init__(", ".join(f"{field}: {reason}" for field, reason in problems.items()))
        self.problems = problems


@contextmanager
def problems_into(found: dict[str, str]) -> Iterator[None]:
    """Collect the problems of an `AccountRefused` in `found`, to report all of them at once."""
    try:
        yield
    except AccountRefused as refused:
        found |= refused.problems


class _Refused(Exception):
    """Refused for a `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RegistrationClosed(_Refused):
    """Registration is refused.

    `reason` is `closed`, `invite` (an invitation is required), `domain` (an address in certain
    domains is), a problem of the invitation (`expired`, `revoked`, `used-up`, `invalid`), or a
    problem of the link that proves an address (`link-expired`, `link-invalid`, `registered` if
    it has an account).
    """


class LinkRefused(_Refused):
    """A password reset link is refused: `expired`, `used`, `disabled` (the account), `invalid`."""


class LastSignInMethod(Exception):
    """Without this identity or passkey, its owner could no longer sign in."""


class ConfirmationRefused(Exception):
    """An e-mail confirmation link is refused: `expired`, `replaced` (the account has another
    address now), `disabled` (the account) or `invalid`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenError(Exception):
    """A request with an access token is refused for `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TokenRefused(TokenError):
    """The token doesn’t authenticate anybody: `invalid`, `expired`, `revoked`, `disabled` (its
    user), or `ended` (the session of a short-lived token).
    """


class TokenForbidden(TokenError):
    """The token lacks the scope `write` or `admin`, or was used to manage the `account`."""


class UserNotFound(LookupError):
    """Nobody has this name."""

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


class LastAdministrator(Exception):
    """The change would leave the wiki without an administrator."""


class SignInNeeded(Exception):
    """A form was sent without a valid session, which may have ended in the meantime."""
