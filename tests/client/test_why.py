"""`nexus why`: what it reads, what it sends, and what it answers."""

import io
import json
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote_plus

import pytest

from tests.client.secrets_of_others import planted
from tests.fingerprints.errors import ERRORS
from tests.fingerprints.machines import make_machine
from tests.optional_resources import ROOT
from tests.sampling import seeds
from wiki.client.error_report import report_of
from wiki.client.hub import HubClient, HubError
from wiki.client.piped_text import KEPT, read_end
from wiki.client.redaction import Redactor
from wiki.client.tokens import UnsafeTokenFile, token_for
from wiki.client.why_command import NOT_FOUND, why_command
from wiki.fingerprints.fingerprint import fingerprint_of, fingerprints_in, main_error

NO_TABLE = ERRORS[0]
MINE = Redactor(["johanna", "machine-of-jo"], ["swordfish"])


@pytest.mark.parametrize("seed", seeds(4))
def test_of_planted_secrets_nothing_is_in_a_report(seed):
    traces = (
        "Traceback (most recent call last):\n"
        '  File "/home/johanna/secret-project/main.py", line 3, in main\n'
        '    connect("{message}")\n'
        '  File "/home/johanna/lib/python3.12/site-packages/psycopg/a.py", line 9, in go\n'
        "    raise error  # {message}\n"
        "psycopg.OperationalError: {message}\n",
        "/home/johanna/secret-project/x.js:3\n    fetch('{message}')\n\nError: {message}\n"
        "    at go (/home/johanna/secret-project/node_modules/express/lib/view.js:3:5)\n",
        "error: {message}\n",
    )
    for secret, message in planted(seed):
        for trace in traces:
            for with_values in (False, True):
                shown = trace.replace("{message}", message)
                report = report_of(shown, MINE, with_values=with_values)
                told = "" if report is None else f"{report.text}{report.words}".casefold()
                assert secret.casefold() not in told, (secret, shown, told)
                assert "secret-project" not in told


def test_a_report_has_the_fingerprint_that_the_hub_finds():
    for number, show in enumerate(ERRORS):
        output = show(make_machine(number))
        report = report_of(output, Redactor())
        assert report is not None, output
        found = fingerprint_of(main_error(output))
        assert report.fingerprints[0] == found.hash, output
        assert fingerprints_in(report.text)[0].hash == found.hash, report.text


def test_only_the_end_of_an_endless_output_is_kept():
    filler = b"x" * 1023 + b"\n"

    class Endless(io.RawIOBase):
        left = 20_000  # of 1 kB

        def read1(self, _size):
            self.left -= 1
            return filler if self.left > 0 else b"ValueError: the end\n" if self.left == 0 else b""

    text = read_end(Endless())
    assert text.endswith("ValueError: the end\n")
    assert KEPT - 1024 <= len(text) <= KEPT


def test_output_of_windows_is_read():
    assert read_end(io.BytesIO("Größe\r\nx".encode("utf-16"))) == "Größe\nx"
    copy = io.BytesIO()
    assert read_end(io.BytesIO(b"caf\xe9"), copy) == "caf�"
    assert copy.getvalue() == b"caf\xe9"


@pytest.fixture
def known(make_page, index_now):
    make_page(
        "challenges/table",
        kind="challenge",
        title="The first start fails",
        fields={"status": "solved", "error": NO_TABLE(make_machine(1)), "fix": "Run `migrate`."},
    )
    index_now()


def test_the_fix_of_the_same_error_is_shown(known, hub, run, sign_in):
    sign_in("selam")
    output = NO_TABLE(make_machine(20))
    done = run(why_command, "--hub", hub, "--same", stdin=output)
    assert done.exit_code == 0, done.output
    assert "The same error: The first start fails (solved)" in done.output
    assert "    Run `migrate`.\n" in done.output
    assert "/wiki/challenges/table" in done.output
    assert "You are counted. 1 person has this problem." in done.output
    again = run(why_command, "--hub", hub, "--same", stdin=output)
    assert "You were counted. 1 person has this problem." in again.output
    assert "1 person has this problem, too." in again.output


def test_no_answer_reaches_the_terminal_with_controls(make_page, index_now, hub, run):
    fields = {"error": NO_TABLE(make_machine(1)), "fix": "Run\tthis\x1b]52;c;cm0=\x07\x9b2J.\n"}
    make_page("challenges/table", kind="challenge", title="It fails", fields=fields)
    index_now()
    done = run(why_command, "--hub", hub, stdin=NO_TABLE(make_machine(20)))
    assert "Run\tthis\ufffd]52;c;cm0=\ufffd\ufffd2J." in done.output


def test_what_nobody_knows_can_be_asked(hub, run, sign_in, client_of):
    output = ERRORS[6](make_machine(3))
    done = run(why_command, "--hub", hub, stdin=output)
    assert done.exit_code == NOT_FOUND
    address = done.output.strip().splitlines()[-1]
    form = client_of("hanna").get(address.removeprefix(hub))
    assert "psycopg.OperationalError: connection failed" in form.text
    assert "in psycopg.connection, connect" in form.text
    sign_in("selam")
    asked = run(why_command, "--hub", hub, "--ask", stdin=output)
    assert asked.exit_code == 0, asked.output
    found = run(why_command, "--hub", hub, stdin=ERRORS[6](make_machine(4)))
    assert "The same error: psycopg.OperationalError" in found.output
    assert "(open)" in found.output


def test_whoever_may_not_write_pages_proposes_the_question(hub, run, sign_in):
    sign_in("abel", role="reader")
    asked = run(why_command, "--hub", hub, "--ask", stdin=ERRORS[6](make_machine(3)))
    assert asked.exit_code == 0, asked.output
    assert "/proposals/" in asked.output


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(run):
    done = run(
        why_command, "--dry-run", "--hub", "http://127.0.0.1:9", stdin=NO_TABLE(make_machine(2))
    )
    assert done.exit_code == 0
    assert "no such table: auth_user" in done.output
    assert fingerprints_in(NO_TABLE(make_machine(9)))[0].hash in done.output


def test_what_is_sent_is_what_the_dry_run_shows(run):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(65_536).decode())
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + b'{"items":[]}'
                )

        thread = threading.Thread(target=listen)
        thread.start()
        hub = f"http://127.0.0.1:{server.getsockname()[1]}"
        output = 'Traceback (most recent call last):\n  File "/home/x/y.py", line 1, in f\n'
        output += "ValueError: no such user 'hanna' at hanna@example.org\n"
        run(why_command, "--hub", hub, stdin=output)
        shown = run(why_command, "--dry-run", stdin=output).output
        thread.join()
    line = heard[0].splitlines()[0]
    sent = parse_qs(line.split()[1].partition("?")[2])
    assert {f"q: {sent['q'][0]}", *(f"fingerprint: {each}" for each in sent["fingerprint"])} <= set(
        shown.splitlines()
    )
    assert sent.keys() == {"q", "fingerprint"}
    assert "hanna" not in unquote_plus(heard[0])


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "words"),
    [
        (("--hub", "http://127.0.0.1:9"), "ValueError: it went wrong here", 1, "can’t be reached"),
        (("--hub", "ftp://x"), "ValueError: it went wrong here", 1, "not the address of a hub"),
        ((), "ValueError: it went wrong here", 2, "--hub"),
        (("--hub", "http://127.0.0.1:9"), "all is well", NOT_FOUND, "No error was found"),
    ],
)
def test_what_goes_wrong_is_reported(run, arguments, stdin, status, words):
    done = run(why_command, *arguments, stdin=stdin)
    assert (done.exit_code, words in done.output) == (status, True), done.output


def test_a_hub_that_does_not_answer_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as server:
        hub = HubClient(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.1)
        with pytest.raises(HubError, match=r"didn’t answer in 0\.1 seconds"):
            hub.request("GET", "answers")


def _says(answer: bytes) -> str:
    """What a hub that answers this leads to."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=listen)
        thread.start()
        hub = HubClient(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=5)
        with pytest.raises(HubError) as told:
            print(hub.request("GET", "answers").body["items"][0]["path"])
        thread.join()
    return str(told.value)


def test_what_is_no_hub_is_reported_as_that():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: "
    assert "it is no hub" in _says(head + b"12\r\n\r\n<h1>Hi!</h1>")
    assert "no items" in _says(head + b'11\r\n\r\n{"ok": [1]}')
    assert "no path" in _says(head + b'17\r\n\r\n{"items": [{}]}  ')
    assert "can’t be asked" in _says(b"SSH-2.0-OpenSSH_9.6\r\n")
    assert "isn’t whole" in _says(head + b"90\r\n\r\n{")
    chunked = b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    assert "can’t be asked" in _says(b"HTTP/1.1 200 OK" + chunked)
    assert "can’t be asked" in _says(b"HTTP/1.1 404 Not Found" + chunked)
    for address in ("https://hub:abc", "http://local host", "https://[::1", "https://jo:x@hub"):
        with pytest.raises(HubError, match="not the address of a hub"):
            HubClient(address)


def test_a_token_is_refused_in_words(hub, run, monkeypatch):
    monkeypatch.setenv("NEXUS_TOKEN", "nexus_nothing")
    done = run(why_command, "--hub", hub, stdin=NO_TABLE(make_machine(2)))
    assert done.exit_code == 1
    assert "/account/tokens" in done.output


def test_a_token_travels_encrypted_or_not_at_all():
    with pytest.raises(HubError, match="https"):
        HubClient("http://hub.example.org", "nexus_x")


def test_the_file_with_the_token_is_for_its_owner_alone(run, tmp_path, monkeypatch):
    monkeypatch.delenv("NEXUS_TOKEN", raising=False)
    path = tmp_path / "config" / "nexus" / "token"
    path.parent.mkdir(parents=True)
    assert token_for("https://a.example") == ""
    path.write_text("https://a.example nexus_a\nnexus_all\n")
    path.chmod(0o644)
    with pytest.raises(UnsafeTokenFile, match="chmod 600"):
        token_for("https://a.example")
    path.chmod(0o600)
    assert token_for("https://a.example/") == "nexus_a"
    assert token_for("https://b.example") == "nexus_all"
    path.write_text("hub-a.example nexus_a\nhttps://HUB-B.example:443/x nexus_b\n//: nexus_c\n")
    for name, token in (("a", "nexus_a"), ("b", "nexus_b"), ("c", "")):
        for address in ("hub-{}.example", "https://hub-{}.example", "HTTPS://Hub-{}.example:443/"):
            assert token_for(address.format(name)) == token, address


def test_the_keyring_is_asked_for_the_address_of_the_hub(monkeypatch):
    asked = []

    def get_password(service, name):
        asked.append((service, name))
        return "nexus_k"

    monkeypatch.delenv("NEXUS_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))
    assert [token_for(hub) for hub in ("Hub.example", "https://hub.example/")] == ["nexus_k"] * 2
    assert asked == [("nexus", "https://hub.example")] * 2


def test_it_starts_without_the_server():
    """Flask and SQLAlchemy take a second that nobody wants to wait for."""
    code = "import sys\nfrom wiki.__main__ import main\ntry:\n    main(['why', '--help'])\n"
    code += "except SystemExit:\n    pass\nimport json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert not {"flask", "sqlalchemy", "numpy", "pydantic", "wiki.config"} & set(loaded)
    assert "--dry-run" in done.stdout
