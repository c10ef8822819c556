"""Copies of pictures from elsewhere: what is fetched, what is refused, what is saved."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any, ClassVar

import pytest

from tests.files.upload_forms import picture
from tests.person import Person
from wiki.files.uploads import remote_images
from wiki.files.uploads.remote_images import (
    REACH,
    FetchFailed,
    fetch_image,
)
from wiki.outbound.host_patterns import HostPatterns
from wiki.outbound.network import NetworkPolicy
from wiki.pages.attachments.image_copies import with_addresses

LOOPBACK = ip_address("127.0.0.1")


class _Handler(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, dict[str, str], bytes]]] = {}
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"]))
        if self.path == "/slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.rfile.read(1)  # until the other side has had enough
            return
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Host:
    """A host of pictures on this machine, known as `pics.example.org`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base = f"http://pics.example.org:{port}"
        self.hosts = HostPatterns.of(self.base)
        self.names = {"pics.example.org": ["127.0.0.1"], "inner.example.org": ["127.0.0.2"]}
        self.reach = NetworkPolicy(self._look_up, lambda each: each == LOOPBACK)

    def _look_up(self, host: str, port: int) -> list[str]:
        if host not in self.names:
            raise socket.gaierror(host)
        return self.names[host]

    def serve(
        self, path: str, body: bytes = b"", status: int = 200, kind: str = "image/png", **more: str
    ) -> str:
        _Handler.answers[path] = (status, {"Content-Type": kind, **more}, body)
        return self.base + path

    def fetch(self, address: str, size_limit: int = 100_000) -> remote_images.FetchedImage:
        return fetch_image(address, size_limit=size_limit, hosts=self.hosts, reach=self.reach)


@pytest.fixture
def host() -> Iterator[Host]:
    _Handler.answers.clear()
    _Handler.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Host(server.server_port)
    server.shutdown()
    server.server_close()


def reason(host: Host, address: str, **options: Any) -> str:
    with pytest.raises(FetchFailed) as error:
        host.fetch(address, **options).content.close()
    return error.value.reason


def test_a_picture_is_fetched_with_a_fitting_name(host: Host) -> None:
    content = picture()
    fetched = host.fetch(host.serve("/a/cat.php?x=1", content))
    with fetched.content:
        assert fetched.content.read() == content
    assert fetched.name == "cat.png"
    assert _Handler.asked == [("/a/cat.php?x=1", f"pics.example.org:{host.port}")]


def test_redirects_begin_anew(host: Host) -> None:
    host.serve("/cat.png", picture())
    host.fetch(host.serve("/r", status=302, Location="/cat.png")).content.close()
    inner = f"http://inner.example.org:{host.port}/cat.png"
    host.hosts = HostPatterns.of(f"{host.base} http://inner.example.org:{host.port}")
    asked = len(_Handler.asked) + 1
    assert reason(host, host.serve("/in", status=302, Location=inner)) == "not-public"
    assert len(_Handler.asked) == asked
    assert reason(host, host.serve("/file", status=302, Location="file:///etc/hosts")) == "address"
    assert reason(host, host.serve("/loop", status=302, Location="/loop")) == "redirects"


def test_what_is_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(host, host.serve("/html", b"<html>", kind="text/html")) == "no-picture"
    assert reason(host, host.serve("/lie", b"<html>")) == "no-picture"
    assert reason(host, host.serve("/pdf", b"%PDF-1.7")) == "no-picture"
    assert reason(host, host.serve("/big", picture(size=(900, 900))), size_limit=100) == "too-large"
    assert reason(host, host.serve("/gone", status=404)) == "status"
    cut = {"Content-Length": "99999"}
    assert reason(host, host.serve("/cut", picture(), **cut)) == "no-answer"
    assert reason(host, "http://pics.example.org:1/a.png") == "address"
    assert reason(host, "ftp://pics.example.org/a.png") == "address"
    assert reason(host, "http://nobody.example.org/a.png") == "unknown-host"
    monkeypatch.setattr(remote_images, "FETCH_TIME_LIMIT", 0.3)
    assert reason(host, host.base + "/slow") == "too-slow"


def test_every_address_of_a_host_is_checked_and_looked_up_once(host: Host) -> None:
    looked_up: list[str] = []

    def look_up(name: str, port: int) -> list[str]:
        looked_up.append(name)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    host.reach = NetworkPolicy(look_up, host.reach.is_allowed)
    host.fetch(host.serve("/cat.png", picture())).content.close()
    assert looked_up == ["pics.example.org"]
    host.reach = NetworkPolicy(lambda *_: ["127.0.0.1", "10.0.0.1"], host.reach.is_allowed)
    assert reason(host, host.base + "/cat.png") == "not-public"


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f.1", "[::1]"])
def test_names_of_this_machine_lead_nowhere(name: str) -> None:
    with pytest.raises(FetchFailed) as error:
        fetch_image(f"http://{name}/a.png", size_limit=100, hosts=HostPatterns())
    assert error.value.reason in {"not-public", "unknown-host"}


def test_addresses_of_pictures_are_rewritten_and_nothing_else() -> None:
    copies = {"https://e.org/a.png": "/files/1/a.png"}
    before = (
        '![A](https://e.org/a.png "T") [B](https://e.org/a.png) `![A](https://e.org/a.png)`\n\n'
        "[![C](<https://e.org/a.png>)](https://e.org) https://e.org/a.png ![D][d]\n\n"
        "[d]: https://e.org/a.png\n\n"
        '<a href="https://e.org/a.png"><img alt="E" src="https://e.org/a.png"></a>\n'
    )
    assert with_addresses(before, copies) == (
        '![A](/files/1/a.png "T") [B](https://e.org/a.png) `![A](https://e.org/a.png)`\n\n'
        "[![C](</files/1/a.png>)](https://e.org) https://e.org/a.png ![D][d]\n\n"
        "[d]: /files/1/a.png\n\n"
        '<a href="https://e.org/a.png"><img alt="E" src="/files/1/a.png"></a>\n'
    )


@pytest.fixture
def elsewhere(host: Host, app: Any) -> Host:
    """The host, which the wiki may reach."""
    REACH.put(app, host.reach)
    return host


def test_a_copy_is_kept_by_an_ordinary_save(
    elsewhere: Host, selam: Person, make_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_images, "_DEFAULT_PORTS", {elsewhere.port})
    cat = elsewhere.serve("/cat.png", picture())
    gone = elsewhere.serve("/gone.png", status=404)
    make_page("a", text=f"![A cat]({cat})\n\n![Gone]({gone})\n")
    form = selam.open_form("/pictures/a")
    assert "cat.png" in selam.get("/pictures/a").text
    answer = form.submit(address=[cat, gone])
    assert "1 copy kept" in answer.text
    assert "The answer was 404" in answer.text
    page = selam.get("/wiki/a").text.replace("<wbr>", "")
    assert 'src="/files/1/cat.png?v=' in page
    assert "View it on pics.example.org" in page
    assert "Kept copies of external pictures" in selam.get("/history/a").text
    assert selam.get("/raw/a").text.startswith("![A cat](/files/1/cat.png)")
    assert selam.open_form("/pictures/a").submit(address=[gone]).status_code == 422


def test_nothing_is_fetched_that_the_page_does_not_show(
    elsewhere: Host, selam: Person, make_page: Any
) -> None:
    make_page("a", text="![A](https://pics.example.org/other.png)")
    answer = selam.open_form("/pictures/a").submit(address=[elsewhere.serve("/cat.png")])
    assert answer.status_code == 422
    assert _Handler.asked == []


def test_who_may_not_edit_may_not_fetch(client: Person, make_page: Any) -> None:
    make_page("a", text="![A](https://pics.example.org/a.png)")
    assert client.get("/pictures/a").status_code in (302, 303)
    assert client.post("/pictures/a", data={"address": "x"}).status_code in (
        302,
        303,
        400,
        401,
        403,
    )
