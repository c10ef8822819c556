"""Usernames: which ones are valid, and the key by which they are compared."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address

from wiki.accounts.credentials.confusables import SKELETON_LIMIT, skeleton
from wiki.accounts.errors import AccountRefused
from wiki.letters import is_mark, normalize
from wiki.naming import is_hidden

MIN_USERNAME_LENGTH = 2  # characters
MAX_USERNAME_LENGTH = 40  # characters; the key then fits its column
_MAX_WRITTEN = 4 * MAX_USERNAME_LENGTH  # characters as typed; a letter and its marks may become one
MAX_MARKS_IN_A_ROW = 3  # a pointed Hebrew letter has three; more would cover other lines

# Names that seem official. Only the first user and `nexus user` may use them.
_RESERVED_WORDS = """
    admin administrator anonymous deleted everyone guest moderator nexus nobody owner root staff
    support system unknown
"""
RESERVED = frozenset(_RESERVED_WORDS.split())

_PUNCTUATION = frozenset("._-")
_KINDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})
# Invisible letters and marks: fillers and variation selectors (Default_Ignorable).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)

# The first word of a character's Unicode name is its script, except for these.
_SCRIPTS = {
    "CJK": "HAN",
    "IDEOGRAPHIC": "HAN",
    "HIRAGANA": "KANA",
    "KATAKANA": "KANA",
    "KATAKANA-HIRAGANA": "KANA",
    "ARABIC-INDIC": "ARABIC",
    "EXTENDED": "ARABIC",
    "COMBINING": "",
    "MODIFIER": "",
}
# Scripts that one name may mix (UTS 39, 5.2 "Highly Restrictive").
_MIXTURES = (
    frozenset({"LATIN", "HAN", "KANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)

# Variants of Latin letters that look like the usual ones.
_LATIN_VARIANTS = str.maketrans({"ɑ": "a", "ı": "i", "ɡ": "g"})
# Letters of other scripts that look Latin: a word made only of them reads as Latin.
_LATIN_LOOKALIKES = dict(
    zip(
        "асеорхуіѕјһԁԛԝӏ" + "αονριυ",
        "aceopxyisjhdqwl" + "aovpiu",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Username:
    """A name as it is shown (NFC), the key by which it is unique, and its skeleton."""

    shown: str
    key: str
    looks: str


def username_key(name: str) -> str:
    """The form by which names are compared: NFKC, casefolded, with look-alikes folded.

    Takes any string, even an invalid username. Folding follows UAX 15 and UTS 39; look-alikes
    are folded only if all letters of the name are look-alikes, which covers realistic attempts.
    """
    folded = normalize("NFKC", normalize("NFKC", name).casefold())
    folded = folded.strip().translate(_LATIN_VARIANTS)
    folded = folded.replace("i\u0307", "i")  # a casefolded Turkish capital İ
    letters = {c for c in folded if c.isalpha()}
    if letters and letters <= _LATIN_LOOKALIKES.keys():
        folded = "".join(_LATIN_LOOKALIKES.get(c, c) for c in folded)
    return folded


def looks_reserved(name: Username) -> bool:
    """Whether `name` looks like a reserved one."""
    return name.looks in {skeleton(word) for word in RESERVED}


def clean_username(name: str) -> Username:
    """`name` as a username, without surrounding white space.

    Raises `AccountRefused` with the reason `empty`, `too-short`, `too-long`, `hidden` (controls,
    direction marks, invisible characters), `character`, `edges`, `marks`, `scripts` or
    `address`. Registration checks whether the name is taken or reserved.
    """
    written = name.strip()
    if len(written) > _MAX_WRITTEN:
        raise AccountRefused(username="too-long")
    shown = normalize("NFC", written)
    read_as = normalize("NFKC", shown)
    reason = _length_problem(shown, read_as) or _character_problem(shown + read_as)
    reason = reason or _shape_problem(read_as) or _address_problem(read_as)
    if reason:
        raise AccountRefused(username=reason)
    return Username(shown, username_key(shown), skeleton(shown)[:SKELETON_LIMIT])


def _length_problem(shown: str, read_as: str) -> str | None:
    if not shown:
        return "empty"
    if len(shown) < MIN_USERNAME_LENGTH:
        return "too-short"
    # NFKC may expand one character to eighteen (U+FDFA), so both forms are measured.
    if max(len(shown), len(read_as)) > MAX_USERNAME_LENGTH:
        return "too-long"
    return None


def _character_problem(name: str) -> str | None:
    if _INVISIBLE.search(name) or any(map(is_hidden, name)):
        return "hidden"
    kinds = {unicodedata.category(c) for c in name if c not in _PUNCTUATION}
    return None if kinds <= _KINDS else "character"


def _shape_problem(name: str) -> str | None:
    if name[0] in _PUNCTUATION or name[-1] in _PUNCTUATION or is_mark(name[0]):
        return "edges"
    row = 0
    for character in name:
        row = row + 1 if is_mark(character) else 0
        if row > MAX_MARKS_IN_A_ROW:
            return "marks"
    scripts = {script for script in map(_script, name) if script}
    if len(scripts) > 1 and not any(scripts <= mixture for mixture in _MIXTURES):
        return "scripts"
    return None


def _address_problem(name: str) -> str | None:
    """Where a name or an IP address may be entered, as for a block, it would be taken for an
    address.
    """
    try:
        ip_address(name)
    except ValueError:
        return None
    return "address"


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    word = unicodedata.name(character, "").partition(" ")[0]
    return _SCRIPTS.get(word, word)
