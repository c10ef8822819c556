"""Why a push is refused."""

from wiki.i18n import Words


class PushRefused(ValueError):
    """`reason` is a sentence for whoever pushes, who reads it in a terminal.

    `name` is that of a file, for words with `%(name)s`; what a terminal would obey is escaped.
    """

    def __init__(self, words: Words | str, name: str | None = None) -> None:
        super().__init__(words)
        self.reason = str(words)
        if name is not None:
            self.reason %= {"name": name if name.isprintable() else ascii(name)}
