"""Inserts `<wbr>` where long names may break: after dots, underscores and slashes.

Also before capitals inside a name in code, and in a name that is too long for a line on a phone.
`<wbr>` has no width and is not copied.
"""

import re

_RUN = re.compile(r"\S{15}")  # a quick check whether there may be a long name
_LEFT_ALONE = re.compile(r"(<pre\b.*?</pre>|<math\b.*?</math>)", re.DOTALL)
# Text that may contain a long name. Angle brackets are escaped in attributes.
_TEXT = re.compile(r">[^<>]{16,}(?=<|\Z)")
_NAME = re.compile(r"(?:&\w+;|[^\s&]){16,}")
_SIGN = re.compile(r"(?:(?<=\w[./:=,\\?+@])|(?<=//)|(?<=[^\W_][_-]))(?=[^\W_])")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_LONG = re.compile(r"[A-Za-z0-9]{24,}")
_ENDLESS = re.compile(r"[A-Za-z0-9]{40,}")
_CHUNK = 10  # letters of an endless word between two breaks


def with_breaks(html: str) -> str:
    """Safe `html` with `<wbr>` in names of 16 characters or more.

    Words that consist of letters are left to the browser, which breaks them if they do not fit on a
    line; in code they may break anywhere, since they would widen the columns of a table.
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
