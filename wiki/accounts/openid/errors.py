"""Why the provider’s sign-in was refused."""


class OpenidRefused(Exception):
    """Not signed in; `reason` is one of `wiki.accounts.openid.messages`.

    `said` is the provider’s own explanation.
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason, said)
        self.reason = reason
        self.said = said


class IdentityNotFound(LookupError):
    """The user has no such identity."""
