"""Why a push is refused."""

from wiki.i18n import Words


class PushRefused(ValueError):
    """`reason` is a sentence for whoever pushes, who reads it in a terminal."""

    def __init__(self, reason: Words | str) -> None:
        super().__init__(reason)
        self.reason = str(reason)
