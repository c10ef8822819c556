"""A real `git` clones and fetches from the real server."""

import gzip
import hashlib
import subprocess

import pytest
import requests
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from tests.git.conftest import git_environment
from wiki.accounts.tokens.models import TokenScope
from wiki.database import db
from wiki.git.mirror.audiences import PUBLIC
from wiki.git.mirror.mirror_state import open_state
from wiki.git.models import GitImport
from wiki.git.serving import upload_pack
from wiki.git.serving.pkt_lines import DATA, FLUSH, LONGEST, pkt_line, read_pkt_lines
from wiki.git.serving.request_body import body_of
from wiki.git.serving.upload_request import UploadRequest
from wiki.pages.models import Page


def test_a_clone_has_the_history_and_a_fetch_what_is_new(hub):
    hub.follow()
    clone = hub.clone()
    before = len(clone.log())
    assert (clone.root / "redis.md").read_text().endswith("Very fast.\n")
    for number in range(2, 5):
        hub.edit("redis", f"Fast, {number}.\n", number)
    hub.follow()
    clone.git("fetch", "origin")
    assert len(clone.log("HEAD..origin/main")) == 3
    assert len(clone.log("origin/main")) == before + 3
    clone.git("fsck", "--full")
    assert clone.run("pull", "-q", "--ff-only").stderr == ""
    assert hub.clone().git("rev-parse", "HEAD") == clone.git("rev-parse", "HEAD")


def test_a_shallow_clone_can_be_deepened(hub):
    hub.follow()
    whole = len(hub.clone().log())
    shallow = hub.clone("--depth", "1")
    assert len(shallow.log()) == 1
    assert (shallow.root / "guides" / "start.md").exists()
    hub.page(f"new-{whole}")
    hub.follow()
    shallow.git("pull", "-q")
    assert len(shallow.log()) == 2
    shallow.git("fetch", "-q", "--depth", "3")
    assert len(shallow.log()) == 3
    shallow.git("fetch", "-q", "--unshallow")
    assert len(shallow.log()) == whole + 1
    shallow.git("fsck", "--full")


def test_a_body_has_a_limit_compressed_or_not():
    for sent, headers in ((b"12345", {}), (gzip.compress(b"12345"), {"Content-Encoding": "gzip"})):
        request = EnvironBuilder(data=sent, headers=headers, method="POST").get_request()
        with pytest.raises(RequestEntityTooLarge):
            body_of(request, 4)


def test_what_nobody_made_shallow_is_not_walked(hub):
    """Of a client that names a boundary that isn't one, no trees are looked through."""
    hub.follow()
    commits = hub.clone().git("rev-list", "--reverse", "HEAD").split()
    sizes = []
    for shallow in ((), ("0" * 40,), (commits[-2],)):
        lines = [f"want {commits[-1]} thin-pack ofs-delta"]
        lines += [f"shallow {each}" for each in shallow]
        body = b"".join(pkt_line(f"{line}\n".encode()) for line in lines) + FLUSH
        body += pkt_line(f"have {commits[-2]}\n".encode()) + pkt_line(b"done\n")
        answer = requests.post(f"{hub.url()}/git-upload-pack", body, timeout=60)
        assert answer.status_code == 200
        begin = answer.content.index(b"PACK")
        sizes.append(int.from_bytes(answer.content[begin + 8 : begin + 12], "big"))
    assert sizes[0] == sizes[1] < sizes[2]


def test_a_shallow_clone_that_is_far_behind_gets_whole_packs(hub, monkeypatch):
    hub.follow()
    with hub.server.app.app_context(), open_state(PUBLIC.folder) as state:
        commits = state.commits(1)
        request = UploadRequest(
            commits[-1:],
            haves=(commits[-3],),
            shallow=(commits[-3],),
            capabilities=frozenset({b"thin-pack", b"ofs-delta"}),
            is_done=True,
        )

        def objects_sent():
            sent = b"".join(upload_pack.pack_response(PUBLIC.folder, state, request))
            begin = sent.index(b"PACK")
            return int.from_bytes(sent[begin + 8 : begin + 12], "big")

        few, everything = objects_sent(), sum(pack.objects for pack in state.packs())
        monkeypatch.setattr(upload_pack, "CACHED_DEPTHS", (1,))
        assert few < everything == objects_sent()


def test_a_fetch_says_of_a_delta_what_the_client_has(hub):
    """What is behind a commit is copied as it is: deltas name bases that aren't sent."""
    hub.page("growing", "A line that stays.\n" * 200)
    hub.follow()
    clone = hub.clone()
    for number in range(1, 6):
        hub.edit("growing", "A line that stays.\n" * 200 + f"And {number}.\n", number)
    hub.follow()
    clone.git("fetch", "-q", "origin", "main")
    clone.git("fsck", "--strict", "--full")
    assert clone.git("rev-list", "--count", "HEAD..FETCH_HEAD").strip() == "5"
    assert clone.git("show", "FETCH_HEAD:growing.md").endswith("And 5.\n")


def test_a_fetch_is_sent_in_full_packet_lines(hub):
    """Each of them costs the server a piece of the answer, and the client a call of the system."""
    hub.follow()
    with hub.server.app.app_context(), open_state(PUBLIC.folder) as state:
        commits = state.commits(1)
        request = UploadRequest(
            commits[-1:],
            haves=commits[:1],
            capabilities=frozenset({b"thin-pack", b"ofs-delta", b"side-band-64k"}),
            is_done=True,
        )
        sent = b"".join(upload_pack.pack_response(PUBLIC.folder, state, request))
    lines = [line for line, _ in read_pkt_lines(sent) if line and line.startswith(DATA)]
    size = sum(len(line) - 1 for line in lines)
    assert int.from_bytes(lines[0][9:13], "big") > 3  # objects
    assert len(lines) == -(-size // LONGEST)


def test_the_lines_of_a_long_pack_are_full(monkeypatch):
    monkeypatch.setattr(upload_pack, "LONGEST", 10)
    chunks = [b"a" * 7, b"b" * 27, b"", b"c" * 6, b"d" * 3]
    made = list(upload_pack._hashed(iter(chunks)))
    whole = b"".join(chunks)
    assert b"".join(made) == whole + hashlib.sha1(whole, usedforsecurity=False).digest()
    assert [len(each) for each in made] == [30, 10, 23]


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_every_version_of_the_protocol(hub, version):
    hub.follow()
    clone = hub.clone("-c", f"protocol.version={version}")
    assert (clone.root / "redis.md").exists()


def test_another_wiki_imports_it_by_its_address(hub, app, nexus_import):
    hub.follow()
    token = hub.token("ivo", TokenScope.READ)
    told = nexus_import(hub.url("members", token))
    assert told.exit_code == 0, told.output
    clone = hub.clone()
    with app.app_context():
        page = db.session.scalars(db.select(Page).filter_by(path="redis")).one()
        assert page.revision_count == len(clone.log("--", "redis.md"))
        assert token not in db.session.scalars(db.select(GitImport.source)).one()
    again = nexus_import(hub.url("members", token))
    assert again.exit_code == 0
    assert "0 commits" in again.output
    refused = nexus_import(hub.url("members"))
    assert refused.exit_code == 1
    assert "asks for a password" in refused.output


def test_members_clone_with_a_token(hub):
    hub.follow()
    reading = hub.token("selam", TokenScope.READ)
    assert (hub.clone(name="members", token=reading).root / "redis.md").exists()
    for name, token, words in (
        ("members", "", "could not read Username"),
        ("members", "wrong", "Authentication failed"),
        (
            "members",
            reading[:-1] + ("y" if reading.endswith("x") else "x"),
            "Authentication failed",
        ),
    ):
        done = subprocess.run(
            ["/usr/bin/env", "git", "ls-remote", hub.url(name, token)],
            capture_output=True,
            text=True,
            check=False,
            env=git_environment(),
        )
        assert done.returncode
        assert words in done.stderr


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"zzzz", 400),
        (b"0032want " + b"1" * 40 + b"\n0000", 503),
        (b"0012want \xff\xff\xff\xff\xff\n0000", 400),
        (b"000cdeepen 00000", 400),
        (b"0009hello0000", 400),
    ],
)
def test_a_malformed_request_is_refused(hub, body, status):
    hub.follow()
    answer = requests.post(f"{hub.url()}/git-upload-pack", body, timeout=60)
    assert answer.status_code == status
