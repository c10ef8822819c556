"""One form for letters that readers take for the same: case, accents, width, spelling variants."""

import unicodedata
from functools import lru_cache

# Marks that spell an accent, a vowel point or a tone, not a letter of their own. Indic vowel
# signs and the Japanese voicing marks are letters to their readers: they stay.
_DROPPED = (
    *range(0x0300, 0x0370),
    *range(0x0591, 0x05C8),  # Hebrew points
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),  # Arabic vowels and the hamza above alef
    0x0640,  # Arabic tatweel, which only stretches
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x135D, 0x1360),  # Ethiopic gemination
    0x00AD,
    *range(0x200B, 0x2010),  # soft hyphen, zero width, directions
    0x2060,
    0xFEFF,
)
_FOLDS: dict[int, str | None] = dict.fromkeys(_DROPPED)
_FOLDS |= {
    ord("ى"): "ي",
    ord("ٱ"): "ا",
    ord("ک"): "ك",
    ord("ی"): "ي",
    ord("ø"): "o",
    ord("ł"): "l",
    ord("đ"): "d",
    ord("ı"): "i",
    ord("’"): "'",
    ord("ʼ"): "'",
    ord("‐"): "-",
    ord("‑"): "-",
}
# Ethiopic rows that Amharic readers hear, and so spell, as one: ሐ ኀ as ሀ, ሠ as ሰ, ዐ as አ, ፀ as ጸ.
for _from, _to in (
    (0x1210, 0x1200),
    (0x1280, 0x1200),
    (0x1220, 0x1230),
    (0x12D0, 0x12A0),
    (0x1340, 0x1338),
):
    _FOLDS |= {_from + order: chr(_to + order) for order in range(7)}


def fold(text: str) -> str:
    """`text` as it is compared: compatibility forms and case gone, accents too."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDS)).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDS))


_ASCII = bytes(range(128))
_FEW = 64  # different characters that are quicker replaced one by one


@lru_cache(maxsize=10_000)
def _folded_character(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character


def fold_in_place(text: str) -> str:
    """`text` folded as far as each character stays one character; for finding, then cutting."""
    if text.isascii():
        return text.lower()
    folds = {each: _folded_character(each) for each in _beyond_ascii(text)}
    changed = {each: to for each, to in folds.items() if each != to}
    if len(changed) > _FEW:
        text = text.translate({ord(each): to for each, to in changed.items()})
    else:
        for each, to in changed.items():
            text = text.replace(each, to)
    # What is beside ASCII now has no lower case, or one of its own length.
    return text.lower()


def _beyond_ascii(text: str) -> set[str]:
    """The different characters beside ASCII: by bytes, a third of an expression's time."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return set(rest.decode("utf-8", "surrogatepass"))
