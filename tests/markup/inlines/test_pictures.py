"""Pictures that are no files of the wiki are marked places that only the wiki can write."""

import pytest

from wiki.markup import render
from wiki.markup.inlines.pictures import is_own
from wiki.markup.slots import PictureSlot, slots_of


def found(text: str) -> list[PictureSlot]:
    return slots_of(render(text).slotted, PictureSlot)


@pytest.mark.parametrize(
    ("address", "kept", "scheme", "name"),
    [
        ("https://e.org/c.png?a=1&b=2", "https://e.org/c.png?a=1&b=2", "https", ""),
        ("HTTP://e.org/c.png", "HTTP://e.org/c.png", "http", ""),
        ("//e.org/c.png", "https://e.org/c.png", "https", ""),
        ("img/my%20c.png", "img/my%20c.png", "", "my c.png"),
        ("../é.png#x", "../%C3%A9.png#x", "", "é.png"),
        ("/img/c.png", "/img/c.png", "", ""),
        ("data:image/svg+xml;base64,AA==", "data:image/svg+xml;base64,AA==", "data", ""),
        ("file:///c.png", "file:///c.png", "file", ""),
        ("ftp://e.org/c.png", "ftp://e.org/c.png", "ftp", ""),
        ("javascript:alert(1)", "javascript:alert(1)", "javascript", ""),
        ("<C:\\Bilder\\c.png>", "C:%5CBilder%5Cc.png", "c", ""),
    ],
)
def test_a_place_keeps_the_address_and_the_words(address, kept, scheme, name):
    (place,) = found(f'![A *"cat"* & <b>]({address})')
    assert place.address == kept
    assert place.alt == 'A "cat" & <b>'
    assert (place.scheme, place.file_name) == (scheme, name)
    assert not place.is_linked


def test_a_long_one_is_cut():
    (place,) = found(f"![a](data:image/png;base64,{'A' * 10_000})")
    assert len(place.address) < 100


def test_html_of_an_author():
    (place,) = found('<img src="https://e.org/c.png" alt="a>b" width="50" class="x" onerror="y">')
    assert place.alt == "a>b"
    assert place.attributes == ' alt="a>b" loading="lazy" width="50"'
    (place,) = found('<img src="data:image/png;base64,AA" alt="a">')
    assert (place.address, place.alt) == ("", "a")


def test_in_a_link():
    assert found("[![a](https://e.org/b.svg)](https://e.org)")[0].is_linked
    assert "<img" not in render("[![a](https://e.org/b.svg)](https://e.org)").html


@pytest.mark.parametrize(
    "text",
    [
        '<span class="embed" data-picture="https://e.org/c.png" alt="x"></span>',
        '<img data-picture="https://e.org/c.png">',
    ],
)
def test_nobody_can_write_one(text):
    assert not any(place.address for place in found(text))


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("/files/1/a.png", True),
        ("/files/12/a%20b.png?v=abc", True),
        ("/files/1/..", False),
        ("/files/1/%2e%2E", False),
        ("/files/1/../../account/logout", False),
        ("/files/upload/a.png", False),
        ("/files/1/a\\b", False),
        ("https://e.org/files/1/a.png", False),
    ],
)
def test_whose_it_is(address, is_one):
    assert is_own(address) is is_one
    assert ('<img src="/files/' in render(f"![a]({address})").html) is is_one or "\\" in address
