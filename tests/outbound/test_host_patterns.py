"""Which hosts pictures may be fetched from."""

import pytest

from wiki.config import read_settings
from wiki.outbound.host_patterns import HostPatterns, InvalidHostPattern, origin_of
from wiki.setting_types.values import InvalidSetting


@pytest.mark.parametrize(
    ("hosts", "address", "is_allowed"),
    [
        ("", "https://e.org/a.png", False),
        ("e.org", "https://e.org/a.png", True),
        ("e.org", "HTTPS://E.ORG/a.png", True),
        ("e.org", "https://e.org./a.png", True),
        ("e.org", "https://e.org:443/a.png", True),
        ("e.org", "http://e.org/a.png", False),
        ("e.org", "https://e.org:8443/a.png", False),
        ("e.org", "https://www.e.org/a.png", False),
        ("e.org", "https://e.org.evil.net/a.png", False),
        ("e.org", "https://evil.net/e.org/a.png", False),
        ("e.org", "https://e.org@evil.net/a.png", False),
        ("e.org", "https://evil.net#@e.org/a.png", False),
        ("e.org", "https://evil.net\\@e.org/a.png", False),
        ("e.org", "https://e.orgevil.net/a.png", False),
        ("*.e.org", "https://www.e.org/a.png", True),
        ("*.e.org", "https://a.b.e.org/a.png", True),
        ("*.e.org", "https://e.org/a.png", False),
        ("*.e.org", "https://ae.org/a.png", False),
        ("e.org:8443", "https://e.org:8443/a.png", True),
        ("e.org:8443", "https://e.org/a.png", False),
        ("http://e.org", "http://e.org/a.png", True),
        ("http://e.org", "https://e.org/a.png", True),
        ("a.org, *.e.org\nb.org", "https://b.org/a.png", True),
        ("https://e.org/", "https://e.org/a.png", True),
        ("münchen.de", "https://xn--mnchen-3ya.de/a.png", True),
        ("[2001:db8::1]", "https://[2001:db8::1]/a.png", True),
        ("*", "https://e.org/a.png", True),
        ("*", "http://e.org/a.png", False),
        ("*", "data:image/png;base64,AA", False),
    ],
)
def test_what_is_allowed(hosts, address, is_allowed):
    assert HostPatterns.of(hosts).allow(address) is is_allowed


def test_the_policy_says_the_same():
    hosts = HostPatterns.of("E.org *.img.org:8443 http://pics.lan")
    assert hosts.sources() == ("https://e.org", "https://*.img.org:8443", "http://pics.lan")
    assert HostPatterns.of("*").sources() == ("https:",)


@pytest.mark.parametrize(
    "hosts", ["e.org/pictures", "ftp://e.org", "*.", "a.*.org", "u@e.org", "'self'", "a;b"]
)
def test_what_is_no_host(hosts, tmp_path):
    with pytest.raises(InvalidHostPattern):
        HostPatterns.of(hosts)
    with pytest.raises(InvalidSetting, match="NEXUS_PICTURE_HOSTS"):
        read_settings({"NEXUS_INSTANCE": str(tmp_path), "NEXUS_PICTURE_HOSTS": hosts})


@pytest.mark.parametrize(
    "address", ["/a.png", "https:", "https:///a", "https://a b/", "mailto:a@b"]
)
def test_what_has_no_origin(address):
    assert origin_of(address) is None
