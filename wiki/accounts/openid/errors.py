"""Why somebody was not signed in by the provider."""


class OpenidRefused(Exception):
    """Not signed in: `reason` is one of `wiki.accounts.openid.messages`.

    `said` is what the provider told people about it.
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason, said)
        self.reason = reason
        self.said = said


class IdentityNotFound(LookupError):
    """This user has no such identity."""
