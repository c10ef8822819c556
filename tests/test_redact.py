"""Finding a phrase however it is written, and taking it out."""

import unicodedata

import pytest

from wiki.redact import REDACTION, ErasedPhrase


@pytest.mark.parametrize(
    ("phrase", "text", "redacted"),
    [
        ("hunter2", "my hunter2, hunter2!", "my ████, ████!"),
        ("Straße", "STRASSE, strasse und Straßen", "████, ████ und ████n"),
        ("istanbul", "İSTANBUL Istanbul ıstanbul", "████ ████ ████"),
        ("ΟΔΟΣ", "η οδός, η οδοσ, ΟΔΟΣ", "η οδός, η ████, ████"),
        ("École", unicodedata.normalize("NFD", "l'ÉCOLE et l'école"), "l'████ et l'████"),
        ("cafe", "café cafe", "café ████"),
        ("my secret", "/files/1/My%20Secret.png", "/files/1/████.png"),
        ("Zoë & co", "/files/1/zo%C3%AB%20&%20co.txt", "/files/1/████.txt"),
        ("ssss", "ßß and more", "██ and more"),
    ],
)
def test_in_any_case(phrase: str, text: str, redacted: str) -> None:
    sought = ErasedPhrase(phrase, in_any_case=True)
    assert sought.is_in(text)
    assert sought.redacted(text) == redacted
    assert not sought.is_in(redacted.replace("é", ""))


def test_as_it_is_written_but_for_the_form_of_its_letters() -> None:
    sought = ErasedPhrase("École")
    assert sought.redacted("École école E\u0301cole") == "████ école ████"
    assert not sought.is_in("ECOLE")


def test_bytes_for_bytes_even_where_a_mark_follows() -> None:
    assert ErasedPhrase("cafe").redacted("cafe\u0301") == "████\u0301"


def test_what_is_nested() -> None:
    sought = ErasedPhrase("4711", in_any_case=True)
    value = {"pin": 4711, "is": True, "4711": ["no. 4711", (1.5,)], "rate": 0.5}
    assert sought.is_in(value)
    expected = {"pin": REDACTION, "is": True, REDACTION: [f"no. {REDACTION}", (1.5,)], "rate": 0.5}
    assert sought.redacted(value) == expected


def test_a_text_without_it_is_left_as_it_is() -> None:
    text = "Ünïcödé " * 100
    assert ErasedPhrase("hunter2", in_any_case=True).redacted(text) is text
