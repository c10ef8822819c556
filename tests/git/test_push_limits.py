"""What a push may cost: memory, processor, commits."""

import os
import tracemalloc
import zlib

import pytest

from tests.git.test_pushing import Objects, _entry, _pack
from tests.processor_time import bounded
from wiki.access.early_auth import PUSH_LIMIT
from wiki.git.mirror.pack_writer import BLOB, COMMIT, object_id
from wiki.git.receiving import pushed_changes
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.pushed_changes import PushedFile, base_of
from wiki.git.receiving.pushed_renames import detect_renames
from wiki.git.receiving.receive import parse_push
from wiki.git.receiving.unpacking import INFLATED_LIMIT, PushedObjects
from wiki.git.serving.pkt_lines import FLUSH, pkt_line

pytestmark = pytest.mark.quick
LINE = pkt_line(b"%s %s refs/heads/a\0" % (b"0" * 40, b"ab" * 20)) + FLUSH


def peak_of(body):
    """The bytes that it takes to read what was pushed, the body included."""
    tracemalloc.start()
    try:
        push = parse_push(body)
        objects = PushedObjects(push.pack, lambda _id: None)
    except PushRefused:
        objects = None
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak, objects


def test_a_body_as_large_as_may_be_takes_a_few_times_its_size():
    blob = os.urandom(PUSH_LIMIT - 100_000)
    body = LINE + _pack(_entry(BLOB, len(blob), zlib.compress(blob, 0)))
    assert len(body) <= PUSH_LIMIT
    with bounded(3):
        peak, objects = peak_of(body)
    assert objects.read(object_id(BLOB, blob), BLOB) == blob
    assert peak < 3.5 * PUSH_LIMIT


def test_what_unpacks_to_very_much_is_refused_on_the_way():
    part = zlib.compress(bytes(1_000_000))
    body = LINE + _pack(*[_entry(BLOB, 1_000_000, part)] * 2_000)
    with bounded(3):
        peak, objects = peak_of(body)
    assert objects is None
    assert peak < 2 * INFLATED_LIMIT


def test_large_texts_are_compared_for_renames_within_bounds():
    objects = Objects()
    files = []
    for number in range(20):
        text = b"".join(b"%d %d\n" % (number, line) for line in range(50_000))
        old, new = objects.add(BLOB, text), objects.add(BLOB, text + b"One more.\n")
        files += [
            PushedFile(f"a/{number}.md", None, old, f"a/{number}.md"),
            PushedFile(f"b/{number}.md", new, None, f"b/{number}.md"),
        ]
    with bounded(20):
        found = detect_renames(PushedObjects(b"", objects.found.get), files)
    assert [(file.old_name, file.name) for file in found] == [
        (f"a/{number}.md", f"b/{number}.md") for number in range(20)
    ]


class Unknown:
    """A mirror that has none of the commits."""

    def of_commit(self, _commit):
        return None


def test_a_branch_of_very_many_commits_is_refused(monkeypatch):
    monkeypatch.setattr(pushed_changes, "MAX_COMMITS", 10)
    objects = Objects()
    tip = objects.add(COMMIT, b"tree %s\n\nOne" % objects.tree().hex().encode())
    for words, count in (("doesn’t begin with", 9), ("too many commits", 1)):
        for _ in range(count):
            tree = objects.tree().hex().encode()
            tip = objects.add(COMMIT, b"tree %s\nparent %s\n\nOne" % (tree, tip.hex().encode()))
        with pytest.raises(PushRefused, match=words):
            base_of(PushedObjects(b"", objects.found.get), Unknown(), tip)
