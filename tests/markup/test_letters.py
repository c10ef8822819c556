"""What a word is, in every script: for addresses, ids, terms and formulas."""

import re
import unicodedata

import pytest

from tests.processor_time import bounded
from wiki.letters import WORD, normalize, truncate
from wiki.markup import render
from wiki.naming import clean_path, path_key, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("बाल", "बाल"),
        ("बोल", "बोल"),
        ("हिन्दी विकिपीडिया", "हिन्दी-विकिपीडिया"),
        ("தமிழ் எழுத்து", "தமிழ்-எழுத்து"),
        ("ภาษาไทย ที่นี่", "ภาษาไทย-ที่นี่"),
        ("ភាសាខ្មែរ", "ភាសាខ្មែរ"),
        ("မြန်မာ", "မြန်မာ"),
        ("བོད་ སྐད", "བོད-སྐད"),
        ("ދިވެހި", "ދިވެހި"),
        ("𞤀𞤣𞤤𞤢𞤥𞥆", "𞤢𞤣𞤤𞤢𞤥𞥆"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("العَرَبِيَّة", "العَرَبِيَّة"),
        ("نمی‌خواهم", "نمی‌خواهم"),
        ("ശ‍ാസ്‌ത്രം", "ശ‍ാസ്‌ത്രം"),
        ("ශ්‍රී ලංකා", "ශ්‍රී-ලංකා"),
        ("İzmir", "izmir"),
        ("I\u0307zmir", "izmir"),
        ("Işık", "işık"),
        ("Straße & GROẞ", "straße-groß"),
        ("Cafe\u0301 x\u0302", "café-x\u0302"),
        ("а\u0488б", "а\u0488б"),
        ("C# and F#", "c-sharp-and-f-sharp"),
        ("C++ 1.2", "c++-1.2"),
        ("1️⃣ First", "1-first"),
        ("❤️ Love", "love"),
        ("👩‍💻 at work", "at-work"),
        ("👩‍💻", "👩‍💻"),
        ("🎉!", "🎉"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen-zerowidth"),
        ("a\u200d-\u200cb", "a-b"),
        ("\u0301x", "x"),
        ("!?…", ""),
        ("...", ""),
    ],
)
def test_a_path_is_made_of_whole_words(title, slug):
    assert slug_of(title) == slug
    assert slug_of(slug) == slug
    assert not slug or clean_path(slug) == slug


def test_a_path_is_never_cut_between_a_letter_and_its_mark():
    slug = slug_of("x" + "कि" * 60)
    assert slug == "x" + "कि" * 49


def test_words_that_differ_in_their_vowels_have_keys_that_differ():
    assert path_key(slug_of("बाल")) != path_key(slug_of("बोल"))


@pytest.mark.parametrize(
    "word", ["हिन्दी", "நான்", "ክፍል", "שָׁלוֹם", "نمی‌خواهم", "x\u0302y", "snake_case"]
)
def test_a_word_is_one(word):
    assert re.findall(WORD, f"«{word}» {word}, {word}") == [word] * 3


def test_an_id_of_the_author_keeps_its_vowel_signs():
    assert 'id="user-हिन्दी"' in render('<p id="हिन्दी">x</p>').html


def test_an_abbreviation_is_no_part_of_a_longer_word():
    html = render("*[कम]: few\n\nकमी, कम और ॐकम\n").html
    assert html.count("<abbr") == 1


def test_a_dollar_behind_a_vowel_sign_opens_no_formula():
    assert "<math" not in render("रुपये$x$ और $y$ये").html


@pytest.mark.parametrize(
    ("text", "length", "begun"),
    [
        ("हिन्दी", 5, "हिन्"),
        ("हिन्दी", 6, "हिन्दी"),
        ("नाम", 9, "नाम"),
        ("ab cd", 3, "ab"),
        ("", 3, ""),
    ],
)
def test_a_cut_takes_no_letter_its_marks(text, length, begun):
    assert truncate(text, length) == begun


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_marks_in_a_row_are_normalized_in_linear_time(form):
    for row in ("\u0300\u0316", "\uff9e\u3099\u0300"):
        with bounded(0.2):
            normalize(form, "a" + row * 30_000)


def test_everything_that_sorts_like_a_mark_interrupts_a_row():
    sorted_ones = [
        chr(code)
        for code in range(0x110000)
        if unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0])
    ]
    # With a mark of another class between them, each alone would make a long row.
    row = "".join(f"{each}\u0316" for each in sorted_ones)
    rows = normalize("NFKD", f"a{row}").split("\u034f")
    assert max(map(len, rows)) < 100


def test_words_with_many_marks_are_normalized_as_ever():
    text = "שָׁלוֹם الْعَرَبِيَّة हिन्दी e\u0301\u0323 " * 100
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert normalize(form, text) == unicodedata.normalize(form, text)
