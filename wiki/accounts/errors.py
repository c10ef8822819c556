"""What can go wrong with an account, by name."""


class AccountRefused(ValueError):
    """Input that can't be taken: `problems` names each field and the reason, a key of `words`."""

    def __init__(self, **problems: str) -> None:
        super().__init__(", ".join(f"{field}: {reason}" for field, reason in problems.items()))
        self.problems = problems


class RegistrationClosed(Exception):
    """Nobody gets in this way: `closed`, `invite` (one is needed), or why this one isn't valid.

    That is `expired`, `revoked`, `used-up` or `invalid`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LinkRefused(Exception):
    """A link sets no new password: `expired`, `used`, `disabled` (the account) or `invalid`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UserNotFound(LookupError):
    """Nobody has this name."""

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


class LastAdministrator(Exception):
    """The change would leave the wiki without anybody who runs it."""


class SignInNeeded(Exception):
    """A form was sent by somebody who isn't signed in, perhaps no longer."""
