"""Which addresses the wiki connects to where somebody else chose the host."""

import socket
import threading
from ipaddress import ip_address

import pytest

from wiki.outbound import network
from wiki.outbound.network import HostRefused, NetworkPolicy, is_own, is_public


def test_addresses_that_nobody_outside_reaches() -> None:
    cases = [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::", "2001:db8::1", "fec0::1"),
        *("64:ff9b:1::a00:1", "2002:808:808::1", "2001:0:1::1", "100::1", "192.88.99.1"),
        *("::ffff:10.0.0.1", "ff0e::1", "0.1.2.3"),
    ]
    for address in cases:
        assert not is_public(ip_address(address)), address


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_addresses_that_everybody_reaches(address: str) -> None:
    assert is_public(ip_address(address))


def test_an_address_of_this_machine_is_reported_even_if_it_is_public() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("93.184.215.14", 9))
        except OSError:
            pytest.skip("this machine has no way out")
        mine = ip_address(probe.getsockname()[0])
    assert is_own(mine)
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("93.184.215.14"))


def test_one_address_inside_is_enough_to_refuse_a_host() -> None:
    for inside in ("10.0.0.1", "::ffff:127.0.0.1", "fe80::1%eth0"):
        policy = NetworkPolicy(lambda *_, each=inside: ["93.184.215.14", each])  # type: ignore[misc]
        with pytest.raises(HostRefused) as refused:
            policy.addresses("both.example.org", 443)
        assert refused.value.reason == "not-public"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "0"]
)
def test_other_names_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(HostRefused):
        NetworkPolicy().addresses(host, 443)


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = [], threading.Event()

    def hang(*_args: object, **_options: object) -> list[object]:
        asked.append(1)
        answered.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(network, "LOOK_UP_TIMEOUT", 0.01)
    with pytest.raises(HostRefused) as refused:
        NetworkPolicy().addresses("slow.example.org", 443)
    answered.set()
    assert (refused.value.reason, asked) == ("unknown-host", [1])
