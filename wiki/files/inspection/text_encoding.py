"""Detects the encoding of texts."""

import codecs
import re
import unicodedata
from collections import Counter

from wiki.files.errors import FileRefused
from wiki.letters import normalize

# Control characters that texts don't contain; ESC is allowed, for coloured terminal logs.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
# Characters that occur in no word; otherwise the encoding is wrong: £ukasz, ¯ó³æ.
_IN_WORD = re.compile(r"(?<=[^\W\d_])[¡-ª¬®-³¶¸-º¼-¿×÷ˆˇ˘-˝](?=[^\W\d_])|[£¥¯](?=[^\W\d_])")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before the 16-bit marks, which are prefixes of these.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_BESIDE_ASCII_TEXT = re.compile(rb"[^\0\t-\r\x1b\x20-\x7e]")
LONG_RUN = 3  # non-ASCII letters; languages in Latin script have few so close together
MIN_SCRIPT_LETTERS = 4  # letters needed to recognize a script
SAMPLE_SIZE = 64 * 1024  # bytes from which an encoding is detected
# Turkish has six letters where Windows-1252 has Icelandic ones.
_TURKISH = frozenset("çÇğĞıİöÖşŞüÜâÂîÎûÛ")
_TURKISH_ALONE = frozenset("ğĞıİşŞ")
# Encodings that spreadsheets and old editors still write, and what is common in them: the ten
# letters that make up two thirds of a text, or the lead bytes of common characters.
_LETTERS = {
    "cp1251": "оеаинтсрвл",
    "koi8_r": "оеаинтсрвл",
    "cp866": "оеаинтсрвл",
    "cp1253": "αοιετσνηυρ",
    "cp1255": "יהולאמרבתש",
    "cp1256": "اليمنوتربه",
    "cp874": "านรอกเงมยล่้ิีั",
}
_ENDS = frozenset("ςםןךףץ")  # only occur at the end of a word
_LEAD_BYTES = {
    "gb18030": range(0xB0, 0xD8),
    "big5": range(0xA4, 0xC7),
    "euc_kr": range(0xB0, 0xC9),
    "euc_jp": (0xA4, 0xA5, *range(0xB0, 0xD0)),
    "shift_jis": (0x82, 0x83, *range(0x88, 0x98)),
}
_LATIN = ("cp1250", "cp1257", "iso8859_2", "iso8859_15")
MIN_COMMON_SHARE = 0.4  # the minimum share of common letters
MIN_LEAD = 0.08  # difference of two shares (0 to 1); closer ones can't be told apart


def decode_text(content: bytes) -> str:
    """The content as text.

    Unicode with or without a byte order mark is certain. Otherwise it is Windows-1252, as in
    browsers (WHATWG, Encoding), if that results in words, or else the encoding in which its letters
    are likeliest. Raises `FileRefused`: `not-text` for other data, `encoding` for a text in an
    unknown encoding.
    """
    text = _unicode(content)
    if text is None:
        if _CONTROLS.search(content.decode("latin-1")):
            raise FileRefused("not-text")
        text = _turkish(content) or _western(content) or _guessed(content)
    if _CONTROLS.search(text):
        raise FileRefused("not-text")
    return text


def _unicode(content: bytes) -> str | None:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, name)
    if b"\0" in content:
        found = (_strictly(content, name) for name in _WIDE)
        return next((text for text in found if text is not None and _is_wide(content, text)), None)
    return _strictly(content, "utf-8")


def _is_wide(content: bytes, text: str) -> bool:
    """Whether the bytes are this text in a two-byte or four-byte encoding.

    Single-byte text with NUL as a separator would decode to nonsense, and numbers to characters of
    many scripts.
    """
    if _CONTROLS.search(text):
        return False
    text = text[:SAMPLE_SIZE]
    beyond = [each for each in text if not each.isascii()]
    if 2 * len(beyond) < len(text):
        return True
    if not _BESIDE_ASCII_TEXT.search(content):
        return False
    scripts = Counter(map(_script, filter(str.isalpha, beyond)))
    (_, most), *_others = scripts.most_common(1) or [("", 0)]
    is_one_script = most >= MIN_SCRIPT_LETTERS and 10 * most >= 9 * scripts.total()
    return is_one_script and all(map(_script, beyond))


def _script(letter: str) -> str:
    """The name of a letter’s script, East Asian ones as one; empty for other characters."""
    word = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if word in ("HIRAGANA", "KATAKANA", "HANGUL") else word


def _western(content: bytes) -> str | None:
    """The content decoded as Windows-1252; `None` if that is unlikely."""
    runs = [len(run) for run in _BEYOND_ASCII.findall(content[:SAMPLE_SIZE])]
    if 2 * sum(length for length in runs if length >= LONG_RUN) > sum(runs):
        return None
    text = _strictly(content, "cp1252")
    if text is None or _IN_WORD.search(text[:SAMPLE_SIZE]):
        return None
    return text


def _turkish(content: bytes) -> str | None:
    text = _strictly(content, "cp1254") or ""
    letters = {each for each in text[:SAMPLE_SIZE] if each.isalpha() and not each.isascii()}
    return text if letters & _TURKISH_ALONE and letters <= _TURKISH else None


def _guessed(content: bytes) -> str:
    """The content in the likeliest of the other encodings. Raises `FileRefused`."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  # few texts need it

    found = from_bytes(content[:SAMPLE_SIZE], cp_isolation=[*_LETTERS, *_LEAD_BYTES, *_LATIN])
    likely: dict[str, float] = {}
    for each in found:
        text = _strictly(content, each.encoding)
        chaos, coherence = each.chaos - found[0].chaos, each.coherence - found[0].coherence
        if text is not None and chaos <= 0.05 and coherence >= -0.02:
            likely[text] = _commonness(text[:SAMPLE_SIZE], each.encoding)
    ranked = sorted(likely.items(), key=lambda item: -item[1])
    (text, share), (_, next_share) = [*ranked, ("", 0.0), ("", 0.0)][:2]
    is_sure = share > MIN_COMMON_SHARE and share - next_share >= MIN_LEAD
    if not is_sure or any(unicodedata.category(each) == "Co" for each in text[:SAMPLE_SIZE]):
        raise FileRefused("encoding")
    return text


def _commonness(text: str, encoding: str) -> float:
    """The share of non-ASCII characters that are common in texts of the encoding: 0 to 1."""
    beyond = [each for each in text if not each.isascii()]
    if encoding in _LETTERS:
        small = normalize("NFD", "".join(beyond).lower())
        common = sum(each in _LETTERS[encoding] for each in small)
        return (common - _misplaced(text)) / len(beyond)
    if encoding in _LEAD_BYTES:
        signs = [each.encode(encoding) for each in beyond if each.isalpha()]
        leads = [each[0] in _LEAD_BYTES[encoding] if len(each) > 1 else 0.5 for each in signs]
        # All lead bytes of Korean syllables are also common in Chinese; only Japanese has kana.
        kana = sum("\u3041" <= each <= "\u30fe" for each in beyond)
        is_sure = encoding == "euc_kr" or 5 * kana > len(beyond)
        return (0.8 if is_sure else 0.7) * sum(leads) / max(1, len(signs))
    return 0.0 if _IN_WORD.search(text) else 0.5 - _misplaced(text) / max(1, len(beyond))


def _misplaced(text: str) -> int:
    """The number of letters in places where no word has them, minus those in their proper place."""
    count = 0
    for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if letter in _ENDS:
            count += 1 if after.isalpha() else -1
        elif unicodedata.combining(letter):
            count += not (before.isalpha() or unicodedata.combining(before))
        elif not letter.isascii():
            count += letter.isupper() and before.islower()
    return count


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        return None
