"""What the address of a webhook may be."""

import pytest

from wiki.community.webhooks.address import (
    AddressRefused,
    clean_address,
    masked,
    resolve_address,
    target_of,
)
from wiki.community.webhooks.models import Format
from wiki.outbound.host_patterns import HostPatterns
from wiki.outbound.network import HostRefused

DISCORD = "https://discord.com/api/webhooks/112233/aBc-d_e0123456789"


def refusal(address, format_=Format.JSON):
    with pytest.raises(AddressRefused) as refused:
        clean_address(address, format_)
    return refused.value.reason


STORED = (
    ("https://example.org/hook?a=b", "https://example.org/hook?a=b"),
    ("  HTTPS://Example.ORG./hook ", "https://example.org/hook"),
    ("https://example.org:8443", "https://example.org:8443/"),
    ("https://bücher.example/ሰላም", "https://xn--bcher-kva.example/%E1%88%B0%E1%88%8B%E1%88%9D"),
    ("https://example.org/a#fragment", "https://example.org/a"),
    ("https://[2606:2800:220:1::1]/", "https://[2606:2800:220:1::1]/"),
)


def test_how_an_address_is_stored(context):
    told = {written: clean_address(written, Format.JSON) for written, _stored in STORED}
    assert told == dict(STORED)


NO_ADDRESSES = (
    ("", "empty"),
    ("   ", "empty"),
    ("https://example.org/" + "a" * 1000, "long"),
    ("https://example.org/" + "ሰ" * 300, "bad"),  # too long once it is encoded
    ("example.org/hook", "bad"),
    ("https:///hook", "bad"),
    ("https://", "bad"),
    ("//example.org/", "bad"),
    ("ftp://example.org/", "scheme"),
    ("file:///etc/passwd", "bad"),
    ("gopher://example.org:70/", "scheme"),
    ("http://example.org/hook", "scheme"),
    ("https://user:password@example.org/", "user"),
    ("https://discord.com@10.0.0.1/", "user"),
    ("https://discord.com\\@10.0.0.1/", "user"),
    ("https://discord.com\\.evil.example/", "bad"),
    ("https://example.org:25/", "port"),
    ("https://example.org:80/", "port"),
    ("https://example.org:0/", "port"),
    ("https://example.org:99999/", "bad"),
    ("https://2130706433/", "bad"),
    ("https://0x7f.1/", "bad"),
    ("https://0x7f000001/", "bad"),
    ("https://0177.0.0.1/", "bad"),
    ("https://127.1/", "bad"),
    ("https://[::1/", "bad"),
    ("https://[fe80::1%25eth0]/", "bad"),
    ("https://exa mple.org/", "bad"),
    ("https://example.org/\r\nX-Header: 1", "bad"),
    ("https://exam\x00ple.org/", "bad"),
    ("https://example.org/\u202e", "bad"),
    ("javascript:alert(1)", "bad"),
)


def test_what_is_no_address(context):
    told = {address: refusal(address) for address, _reason in NO_ADDRESSES}
    assert told == dict(NO_ADDRESSES)


def test_addresses_of_discord(context):
    for address in (
        DISCORD,
        "https://discordapp.com/api/webhooks/112233/aBc-d_e0123456789",
        "https://canary.discord.com/api/v10/webhooks/112233/aBc?thread_id=9",
    ):
        assert "discordapp" not in clean_address(address, Format.DISCORD)
        assert refusal(address) == "discord"


def test_other_addresses_are_none_of_discord(context):
    for address in (
        "https://discord.com/channels/1/2",
        f"{DISCORD}/slack",
        f"{DISCORD}/github",
        "https://discord.com/api/webhooks/abc/def",
        "https://example.org/hook",
    ):
        assert refusal(address, Format.DISCORD) == "not-discord"


def test_discord_is_asked_to_wait_for_the_message():
    path = "/api/webhooks/112233/aBc-d_e0123456789"
    assert target_of(DISCORD, Format.DISCORD) == f"{path}?wait=true"
    assert target_of(f"{DISCORD}?thread_id=9", Format.DISCORD) == f"{path}?thread_id=9&wait=true"
    assert target_of("https://e.org/a?b=c", Format.JSON) == "/a?b=c"


HOSTS_INSIDE = (
    *("127.0.0.1", "[::1]", "10.0.0.1", "192.168.0.1", "172.16.5.5", "100.64.0.1", "0.0.0.0"),  # noqa: S104
    *("169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "[fc00::1]", "224.0.0.1", "[ff02::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::]"),
    *("localhost", "localhost."),
)


def test_nothing_is_sent_into_the_own_network(context):
    for host in HOSTS_INSIDE:
        address = clean_address(f"https://{host}/", Format.JSON)
        with pytest.raises(HostRefused) as refused:
            resolve_address(address)
        assert refused.value.reason == "not-public", host


@pytest.mark.settings(webhook_hosts=HostPatterns.of("http://chat.lan:8065 127.0.0.1"))
def test_hosts_that_settings_allow(context):
    assert clean_address("http://chat.lan:8065/hooks/1", Format.JSON)
    assert str(resolve_address("https://127.0.0.1/hook")[1]) == "127.0.0.1"
    assert refusal("http://chat.lan/hooks/1") == "scheme"
    with pytest.raises(HostRefused):
        resolve_address("https://127.0.0.2/hook")


def test_what_is_no_longer_allowed_is_not_sent(context):
    with pytest.raises(AddressRefused):
        resolve_address("http://example.org/hook")


def test_little_is_shown_of_an_address():
    assert masked(DISCORD) == "discord.com/…6789"
    assert masked("https://e.org/short") == "e.org/…"
    assert masked("https://e.org:8443/a?token=0123456789abc") == "e.org:8443/…9abc"
