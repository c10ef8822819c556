"""Where a long name may end its line: behind dots, underscores and slashes.

Before a capital inside of it as well, in code, and where it is too long for a line of a telephone.

`<wbr>` says so: it has no width, and isn't there in what a reader copies.
"""

import re

_RUN = re.compile(r"\S{15}")  # without one no name is long, the bracket before it included
_LEFT_ALONE = re.compile(r"(<pre\b.*?</pre>|<math\b.*?</math>)", re.DOTALL)
# Text that may hold a long name. In attributes angle brackets are escaped.
_TEXT = re.compile(r">[^<>]{16,}(?=<|\Z)")
_NAME = re.compile(r"(?:&\w+;|[^\s&]){16,}")
_SIGN = re.compile(r"(?:(?<=\w[./:=,\\?+@])|(?<=//)|(?<=[^\W_][_-]))(?=[^\W_])")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_LONG = re.compile(r"[A-Za-z0-9]{24,}")
_ENDLESS = re.compile(r"[A-Za-z0-9]{40,}")
_CHUNK = 10  # letters of an endless word between two places where it may end


def with_breaks(html: str) -> str:
    """Safe `html` with places to break in all that goes on for 16 characters without a space.

    A word of letters alone is left to the browser, which breaks it where no line can hold it; in
    code it may end anywhere, lest it make a table's column as wide as itself.
    """
    if not _RUN.search(html):
        return html
    pieces = _LEFT_ALONE.split(f">{html}")
    pieces[::2] = (_TEXT.sub(_in_text, piece) for piece in pieces[::2])
    return "".join(pieces)[1:]


def _in_text(text: re.Match[str]) -> str:
    is_code = text.string.endswith("<code>", 0, text.start() + 1)
    words = _NAME.sub(_in_code if is_code else _in_name, text[0])
    return _ENDLESS.sub(_in_chunks, words) if is_code else words


def _in_code(name: re.Match[str]) -> str:
    return _CAPITAL.sub("<wbr>", _SIGN.sub("<wbr>", name[0]))


def _in_name(name: re.Match[str]) -> str:
    capitals = _LONG.sub(lambda long: _CAPITAL.sub("<wbr>", long[0]), name[0])
    return _SIGN.sub("<wbr>", capitals)


def _in_chunks(word: re.Match[str]) -> str:
    letters = word[0]
    return "<wbr>".join(letters[at : at + _CHUNK] for at in range(0, len(letters), _CHUNK))
