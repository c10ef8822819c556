"""Why a push is refused."""

from wiki.i18n import Words


class PushRefused(ValueError):
    """`reason` is a sentence for the person who pushes, shown in their terminal.

    `name` is a file’s name, for messages with `%(name)s`; terminal control characters in it are
    escaped.
    """

    def __init__(self, words: Words | str, name: str | None = None) -> None:
        super().__init__(words)
        self.reason = str(words)
        if name is not None:
            self.reason %= {"name": name if name.isprintable() else ascii(name)}
