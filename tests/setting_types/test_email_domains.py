"""Domains whose addresses may register."""

import pytest

from wiki.setting_types.email_domains import EmailDomains, InvalidDomain


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("example.org", "selam@example.org"),
        ("example.org, uni.et", "selam@UNI.et"),
        ("Example.ORG", "selam@example.org"),
        ("bücher.example", "selam@xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "selam@BÜCHER.example"),
        ("bu\u0308cher.example", "selam@bücher.example"),
        ("*.example.org", "selam@mail.example.org"),
        ("*.example.org", "selam@a.b.example.org"),
        ("example.org", '"a@b"@example.org'),
    ],
)
def test_an_address_in_a_domain_is_admitted(written: str, address: str) -> None:
    assert EmailDomains.of(written).admit(address)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("example.org", "selam@mail.example.org"),
        ("*.example.org", "selam@example.org"),
        ("*.example.org", "selam@badexample.org"),
        ("example.org", "selam@example.org.evil.example"),
        ("example.org", "selam@evil.example@"),
        ("example.org", "example.org"),
        ("example.org", "@example.org"),
        ("example.org", ""),
        ("example.org", "selam@exаmple.org"),  # a Cyrillic letter
        ("", "selam@example.org"),
    ],
)
def test_other_addresses_are_not(written: str, address: str) -> None:
    assert not EmailDomains.of(written).admit(address)


@pytest.mark.parametrize("written", ["*", "org", "a b@c.org", "https://a.org", "*.", "a..org"])
def test_what_is_no_domain_is_refused(written: str) -> None:
    with pytest.raises(InvalidDomain):
        EmailDomains.of(written)


def test_they_are_shown_as_people_write_them() -> None:
    domains = EmailDomains.of("BÜCHER.example,*.uni.et")
    assert str(domains) == "bücher.example, *.uni.et"
