"""Texts: in which encoding they were written, and the same in UTF-8."""

import codecs
import re
import unicodedata

from wiki.files.examining.report import Unfit

# Controls that no text has; ESC colours the logs of terminals.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
# Signs that stand in no word, so that the letters of one were read wrongly: £ukasz, ¯ó³æ.
_IN_WORD = re.compile(r"(?<=[^\W\d_])[¡-ª¬®-³¶¸-º¼-¿×÷](?=[^\W\d_])|[£¥¯](?=[^\W\d_])")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before those of 16 bits, with which they begin.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
LONG_RUN = 3  # letters beside ASCII; languages written in Latin letters have few so close together
SAMPLE = 64 * 1024  # bytes by which an encoding is told
# Of the world's scripts, the encodings that spreadsheets and old editors still write.
_OTHERS = [
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
]


def decoded(content: bytes) -> str:
    """The content as text.

    Marked and unmarked Unicode is certain. Else it is Windows-1252, as for browsers (WHATWG,
    Encoding), where that makes words; or what its letters are likeliest in. Raises `Unfit`:
    `not-text` for what is none, `encoding` for a text in letters that nobody can tell.
    """
    text = _unicode(content)
    if text is None:
        if _CONTROLS.search(content.decode("latin-1")):
            raise Unfit("not-text")
        text = _western(content) or _guessed(content)
    if _CONTROLS.search(text):
        raise Unfit("not-text")
    return text


def _unicode(content: bytes) -> str | None:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name)
    if b"\0" in content:
        # Of two bytes a letter, with one that is nothing for most. A text of single bytes that
        # parts names by NUL would be read as signs that nobody wrote.
        even, odd = content[::2].count(0), content[1::2].count(0)
        if max(even, odd) * 4 <= len(content):
            return None
        return _strictly(content, "utf-16-le" if odd > even else "utf-16-be")
    return _strictly(content, "utf-8")


def _western(content: bytes) -> str | None:
    """The content in Windows-1252, where that is likely."""
    runs = [len(run) for run in _BEYOND_ASCII.findall(content[:SAMPLE])]
    if 2 * sum(length for length in runs if length >= LONG_RUN) > sum(runs):
        return None
    text = _strictly(content, "cp1252")
    return text if text is not None and not _IN_WORD.search(text[:SAMPLE]) else None


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # few texts need it

    best = from_bytes(content[:SAMPLE], cp_isolation=_OTHERS).best()
    text = _strictly(content, best.encoding) if best else None
    if text is None or any(unicodedata.category(each) == "Co" for each in text[:SAMPLE]):
        raise Unfit("encoding")
    return text


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        return None
