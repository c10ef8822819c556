"""A real `git` pushes to the real server: a branch becomes a proposal."""

import random
import re
import struct
import subprocess
import zlib
from itertools import pairwise

import pytest
import requests

from tests.files.upload_forms import picture
from tests.git.conftest import PNG, git_environment
from wiki.access.permissions import Viewer
from wiki.accounts.tokens.models import TokenScope
from wiki.community.proposals.deciding.accepting import accept
from wiki.community.proposals.models import Proposal, ProposalPage
from wiki.database import db
from wiki.files.models import File
from wiki.git.mirror.pack_writer import BLOB, COMMIT, TREE, object_id
from wiki.git.receiving import pushed_changes
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import changed_files
from wiki.git.receiving.receive import parse_push
from wiki.git.receiving.unpacking import PushedObjects
from wiki.git.serving.pkt_lines import FLUSH, MalformedRequest, pkt_line
from wiki.pages.writing.revision_store import load_content


def push(clone, branch="HEAD:refs/heads/change", url="origin"):
    """The exit status of a push, and what was said."""
    done = subprocess.run(
        ["/usr/bin/env", "git", "-C", str(clone.root), "push", url, branch],
        capture_output=True,
        text=True,
        check=False,
        env=git_environment(),
    )
    return done.returncode, done.stderr


def clone_of(hub, username, **user):
    hub.follow()
    return hub.clone(token=hub.token(username, **user))


def proposals_of(hub, said):
    """The pages of the proposal whose address was said."""
    number = int(re.search(r"/proposals/(\d+)", said)[1])
    with hub.server.app.app_context():
        title = db.session.get(Proposal, number).title
        query = db.select(ProposalPage).filter_by(proposal_id=number).order_by(ProposalPage.number)
        return title, db.session.scalars(query).all()


def test_a_branch_becomes_one_proposal_and_is_merged_when_accepted(hub):
    hub.page("pushed", "One.\n\nTwo.\n\nThree.\n")
    clone = clone_of(hub, "pia")
    text = (clone.root / "pushed.md").read_text()
    clone.commit("A draft", {"pushed.md": text.replace("Two.", "Too.")})
    more = {
        "pushed.md": text.replace("Two.", "Two and a half."),
        "new/page.md": "# Fresh\n\nNew.\n",
    }
    clone.commit("Say it better", more)
    hub.edit("pushed", "One, edited.\n\nTwo.\n\nThree.\n", 1)
    status, said = push(clone)
    assert status == 0, said
    assert "remote: Your push is now a proposal: http" in said
    title, parts = proposals_of(hub, said)
    assert title == "Say it better"
    assert [(part.base_revision, part.path, part.title) for part in parts] == [
        (None, "new/page", "Fresh"),
        (1, "", "Pushed"),
    ]
    assert parts[1].body == "One.\n\nTwo and a half.\n\nThree.\n"
    mentor = hub.server.make_user("mentor-of-pia", role="mentor")
    with hub.server.app.test_request_context():
        number = parts[1].proposal_id
        accept(number, by=mentor, viewer=Viewer(mentor.id, mentor.role), version=1)
        merged = load_content(db.session(), hub.pages["pushed"], 3)
    assert merged.text == "One, edited.\n\nTwo and a half.\n\nThree.\n"


def test_pictures_are_attached_with_the_proposal(hub):
    hub.page("guides/drawn", "Words.\n")
    clone = clone_of(hub, "pam")
    text = (clone.root / "guides/drawn.md").read_text()
    clone.commit(
        "Draw it",
        {
            "guides/drawn.md": f"{text}\n![How](img/plan.png) ![](../both.png) [a](start.md)\n",
            "guides/fresh.md": "# Fresh\n\n![](../both.png)\n",
            "guides/img/plan.png": picture("PNG", (3, 4)),
            "both.png": picture("PNG", (5, 6)),
        },
    )
    status, said = push(clone)
    assert status == 0, said
    _, parts = proposals_of(hub, said)
    shown = re.fullmatch(
        r"Words\.\n\n!\[How]\((/files/(\d+)/plan\.png)\) !\[]\((/files/(\d+)/both\.png)\) "
        r"\[a]\(start\.md\)\n",
        parts[0].body,
    )
    assert parts[1].body == f"![]({shown[3]})\n"
    with hub.server.app.app_context():
        homes = [db.session.get_one(File, int(shown[n])).page_id for n in (2, 4)]
    assert homes == [hub.pages["guides/drawn"], None]
    found = requests.get(f"{hub.server.url}{shown[1]}", timeout=60)
    assert found.headers["Content-Type"] == "image/png"


def test_who_may_not_edit_adds_no_files(hub):
    clone = clone_of(hub, "rea", role="reader")
    clone.commit("Draw", {"redis.md": "![](new.png)\n", "new.png": PNG})
    status, said = push(clone)
    assert status
    assert "new.png can only be added by somebody who may edit its page" in said
    with hub.server.app.app_context():
        assert db.session.scalar(db.select(File.id).filter_by(name="new.png")) is None


def test_a_push_of_four_megabytes(hub):
    clone = clone_of(hub, "max")
    words = random.Random(5)
    pages = {
        f"large/{number}.md": "\n".join(f"{words.getrandbits(400):x}" for _ in range(10_000))
        for number in range(4)
    }
    clone.commit("Much", pages)
    status, said = push(clone)
    assert status == 0, said
    assert len(proposals_of(hub, said)[1]) == 4


def test_main_is_refused_with_a_word_how(hub):
    clone = clone_of(hub, "mia")
    clone.commit("Mine", {"redis.md": "Mine.\n"})
    status, said = push(clone, "HEAD:main")
    assert status
    assert "remote: main is what has been accepted." in said
    assert "git push origin HEAD:my-change" in said


def _link(clone):
    (clone.root / "link.md").symlink_to("/etc/passwd")


def _submodule(clone):
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")


def _picture(clone):
    clone.write({"p.png": b"\x89PNG"})


def _many(clone):
    clone.write({f"many/{number}.md": "x" for number in range(21)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_link, "link.md is a symbolic link"),
        (_submodule, "module is a symbolic link or a submodule"),
        (_picture, "p.png isn’t a page, and no page that you push shows it"),
        (_many, "more than 20 pages"),
        (lambda clone: None, "doesn’t change any page or file"),
    ],
)
def test_what_no_proposal_can_hold_is_refused(hub, change, words):
    clone = clone_of(hub, "eve")
    change(clone)
    if change is _submodule:
        clone.git("commit", "-q", "-m", "Bad")
    else:
        clone.commit("Bad")
    status, said = push(clone)
    assert status
    assert words in said.replace("\nremote: ", " ")


@pytest.mark.parametrize("name", ["..", ".git", ".GIT", "git~1", ".g\u200cit", "a\\b"])
def test_names_that_lead_elsewhere_are_refused(hub, name):
    clone = clone_of(hub, "eve")
    blob = clone.git("hash-object", "-w", str(clone.root / "redis.md")).strip()
    raw = b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob)
    tree = subprocess.run(
        ["/usr/bin/env", "git", "hash-object", "--literally", "-w", "--stdin", "-t", "tree"],
        cwd=clone.root,
        input=raw,
        capture_output=True,
        check=True,
    ).stdout.decode()
    commit = clone.git("commit-tree", "-m", "Bad", "-p", "HEAD", tree.strip()).strip()
    status, said = push(clone, f"{commit}:refs/heads/bad")
    assert status
    assert "isn’t a valid name for a page" in said


def test_only_a_token_that_may_write_pushes(hub):
    hub.follow()
    clone = hub.clone()
    clone.commit("Mine", {"redis.md": "Mine.\n"})
    assert "could not read Username" in push(clone)[1]
    reading = hub.url("wiki", hub.token("rita", TokenScope.READ))
    status, said = push(clone, url=reading)
    assert status
    assert "403" in said
    answer = requests.post(f"{hub.url()}/git-receive-pack", b"0" * 100_000, timeout=60)
    assert answer.status_code == 401


def _pack(*objects):
    return b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(objects) + bytes(20)


def _entry(kind, size, content):
    first, size = (kind << 4) | (size & 15), size >> 4
    header = bytearray()
    while size:
        header.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    return bytes([*header, first]) + content


BOMB = zlib.compress(bytes(50_000_000))
BASE = b"x" * 60_000
GROWING = (
    b"\xe0\xd4\x03" + b"\x80\xc2\xd7\x2f" + (b"\xb0\x60\xea" * 2_000)
)  # copies its base again and again


@pytest.mark.quick
@pytest.mark.parametrize(
    "pack",
    [
        b"PACK",
        b"JUNK" + bytes(40),
        _pack(_entry(3, 10, BOMB)),
        _pack(*[_entry(3, 50_000_000, BOMB)] * 3),
        _pack(_entry(3, 2**40, b"")),
        _pack(_entry(3, len(BASE), zlib.compress(BASE)), _entry(7, 9, b"\1" * 20 + BOMB)),
        _pack(
            _entry(3, len(BASE), zlib.compress(BASE)),
            _entry(7, len(GROWING), object_id(3, BASE) + zlib.compress(GROWING)),
        ),
        _pack(_entry(6, 1, b"\xff\xff\xff\x7f" + zlib.compress(b"a"))),
        _pack(_entry(5, 1, zlib.compress(b"a"))),
        b"PACK" + struct.pack(">II", 2, 2**31),
    ],
)
def test_bombs_and_damage_are_refused_within_the_limits(pack):
    with pytest.raises(PushRefused):
        PushedObjects(pack, lambda _id: None)


def _ref_delta(base, size_before, size_after, operations):
    assert size_before < 128
    assert size_after < 128
    delta = bytes([size_before, size_after]) + operations
    return _entry(7, len(delta), object_id(3, base) + zlib.compress(delta))


@pytest.mark.quick
def test_deltas_come_before_their_bases():
    texts = [b"a" * number for number in range(1, 60)]
    entries = [
        _ref_delta(base, len(base), len(new), bytes([0x90, len(base)]) + b"\1a")
        for base, new in pairwise(texts)
    ]
    pack = _pack(*reversed(entries), _entry(3, 1, zlib.compress(b"a")))
    assert PushedObjects(pack, lambda _id: None).read(object_id(3, texts[-1]), 3) == texts[-1]


@pytest.mark.quick
def test_large_bases_of_the_wiki_are_read_within_the_limit():
    bases = {object_id(3, each): (3, each) for each in (bytes([n]) * 5_000_000 for n in range(20))}
    size = b"\xc0\x96\xb1\x02"  # 5,000,000
    entries = [_entry(7, 7, id_ + zlib.compress(size + b"\1\1" + b"x")) for id_ in bases]
    found = []

    def find(id_):
        found.append(id_)
        return bases.get(id_)

    with pytest.raises(PushRefused, match="too large"):
        PushedObjects(_pack(*entries), find)
    assert len(found) <= 13


class Objects:
    """Objects in memory: `tree({name: id})`, `commit(tree)`."""

    def __init__(self):
        self.found = {}

    def add(self, kind, raw):
        id_ = object_id(kind, raw)
        self.found[id_] = kind, raw
        return id_

    def tree(self, folders=(), files=()):
        entries = [(b"40000", *each) for each in folders] + [(b"100644", *each) for each in files]
        return self.add(TREE, b"".join(b"%s %s\0%s" % entry for entry in entries))

    def changes(self, tree):
        commits = [
            self.add(COMMIT, b"tree %s\n\nOne" % each.hex().encode())
            for each in (self.tree(), tree)
        ]
        return changed_files(PushedObjects(b"", self.found.get), *commits)


@pytest.mark.quick
def test_nested_empty_folders_are_refused_at_once():
    objects = Objects()
    tree = objects.tree()
    for _ in range(20):
        tree = objects.tree([(b"a", tree), (b"b", tree)])
    with pytest.raises(PushRefused, match="an empty folder"):
        objects.changes(tree)


@pytest.mark.quick
def test_how_many_folders_are_read_is_limited(monkeypatch):
    monkeypatch.setattr(pushed_changes, "MAX_TREES", 10)
    objects = Objects()
    blob = objects.add(BLOB, b"A text.")
    tree = objects.tree(files=[(b"a.md", blob)])
    for _ in range(6):
        tree = objects.tree([(b"a", tree), (b"b", tree)])
    with pytest.raises(PushRefused, match="too many folders"):
        objects.changes(tree)


@pytest.mark.quick
def test_names_that_a_terminal_would_obey_are_escaped():
    assert PushRefused("%(name)s is no page", "a\x1b[2J.md").reason == r"'a\x1b[2J.md' is no page"


@pytest.mark.quick
@pytest.mark.parametrize("header", [b"tree abcd\n", b"", b"tree\n"])
def test_a_commit_without_a_whole_tree_is_refused(header):
    objects = Objects()
    bad = objects.add(COMMIT, header + b"\nOne")
    with pytest.raises(PushRefused):
        changed_files(PushedObjects(b"", objects.found.get), bad, bad)


@pytest.mark.quick
def test_the_id_of_a_pushed_commit_has_twenty_bytes():
    line = b"%s %s refs/heads/a\0" % (b"0" * 40, b"ab" * 5)
    with pytest.raises(MalformedRequest):
        parse_push(pkt_line(line) + FLUSH)
