"""Random changes of a clone, pushed as one branch and accepted: the mirror has the pushed tree."""

import re
import subprocess

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests.factories import make_user
from tests.files.upload_forms import picture
from tests.git.conftest import Repository, git_environment
from tests.git.test_round_trip import Wiki, carry_out
from wiki.access.permissions import Viewer
from wiki.community.proposals.deciding.accepting import accept
from wiki.git.mirror.audiences import PUBLIC
from wiki.git.mirror.mirror_state import open_state
from wiki.git.mirror.mirror_updater import update_mirrors
from wiki.git.receiving.errors import PushRefused
from wiki.git.receiving.receive import PushRequest, open_proposal
from wiki.hub.markdown_file import file_of_path, write_markdown_page
from wiki.pages.writing.content import Content

PATHS = st.sampled_from(["a", "b", "c", "a/b", "a/c", "d/e/f", "ሰላም", "a-b"])
NUMBERS = st.integers(0, 3)
CHANGES = st.one_of(
    st.tuples(st.just("edit"), NUMBERS, st.sampled_from(["More.", "ለምን", "- item", "# Part"])),
    st.tuples(st.just("add"), NUMBERS, PATHS),
    st.tuples(st.just("move"), NUMBERS, PATHS),
    st.tuples(st.just("delete"), NUMBERS, st.none()),
    st.tuples(st.just("replace file"), NUMBERS, st.integers(4, 8)),
    st.tuples(st.just("rename file"), NUMBERS, st.sampled_from(["new.png", "q.png"])),
    st.tuples(st.just("delete file"), NUMBERS, st.none()),
)
BEGINNING = [
    *(("create", path, path.upper(), "Text of it.\n\nIt goes on.\n") for path in ("a", "b", "a/b")),
    ("file", 0, 1),
    ("file", 1, 2),
    ("file", 2, 3),
]
# Of a run of all tests each example is a second's worth; those of a long one are worth it.
EXAMPLES = max(3, hypothesis.settings.default.max_examples // 20)


def change(root, before, kind, number, value):
    """Do one thing in the work tree; what can't be done is left out.

    A page that takes the place of another from `before` is that one, edited: its own is deleted,
    and the files that belong to it go, although the text that shows them stays.
    """
    pages = sorted(each for each in root.rglob("*.md") if ".git" not in each.parts)
    files = sorted(root.glob("files/*/*"))
    found = files if kind.endswith("file") else pages
    if kind == "add":
        content = Content(f"Page {number}", f"A text of {value}.\n")
        place = root / file_of_path(value)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(write_markdown_page(value, content, file_of_path(value)))
        return
    if not found or (kind == "delete" and len(pages) == 1):  # of no page, there is no history
        return
    chosen = found[number % len(found)]
    if kind == "edit":
        chosen.write_text(f"{chosen.read_text()}\n{value}\n")
    elif kind in ("move", "rename file"):
        place = root / file_of_path(value) if kind == "move" else chosen.with_name(value)
        if not place.exists() and (kind != "move" or place not in before):
            place.parent.mkdir(parents=True, exist_ok=True)
            chosen.rename(place)
    elif kind == "replace file":
        chosen.write_bytes(picture("PNG", (value, 9)))
    else:
        shown = re.findall(r"/files/(\d+)/", chosen.read_text()) if kind == "delete" else ()
        for each in (chosen, *(one for id_ in shown for one in root.glob(f"files/{id_}/*"))):
            each.unlink()


def pushed(clone, base, tip, by):
    """The proposal that becomes of a commit; none if it changes nothing."""
    pack = subprocess.run(
        ["/usr/bin/env", "git", "-C", str(clone.root), "pack-objects", "--revs", "--stdout", "-q"],
        input=f"{tip}\n^{base}\n".encode(),
        capture_output=True,
        check=True,
        env=git_environment(),
    ).stdout
    request = PushRequest("refs/heads/change", bytes.fromhex(tip), has_others=False, pack=pack)
    with open_state(PUBLIC.folder) as state:
        return open_proposal(PUBLIC.folder, state, request, by=by, viewer=Viewer(by.id, by.role))


@pytest.fixture
def wiki(tmp_path, make_app, migrated_sqlite):
    folder = tmp_path / "instance"
    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'nexus.sqlite3'}"
    return Wiki(make_app(instance=folder, database_url=url), folder, migrated_sqlite)


@hypothesis.settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(CHANGES, min_size=1, max_size=5), min_size=1, max_size=2))
def test_what_was_accepted_is_what_was_pushed(wiki, steps):
    wiki.empty()
    by = make_user(wiki.app, "ada", role="mentor")
    with wiki.app.test_request_context():
        carry_out(BEGINNING, None)
        update_mirrors()
        root = wiki.folder.parent / "clone"
        for changes in steps:
            subprocess.run(["/bin/rm", "-rf", root], check=True)
            clone = Repository(root)
            clone.git("clone", "-q", str(PUBLIC.folder), ".")
            base = clone.git("rev-parse", "HEAD").strip()
            there = set(root.rglob("*.md"))
            for each in changes:
                change(root, there, *each)
            tip = clone.commit("Change it")
            before, after = (clone.git("rev-parse", f"{each}^{{tree}}") for each in (base, tip))
            if before == after:
                with pytest.raises(PushRefused):
                    pushed(clone, base, tip, by)
                continue
            number = pushed(clone, base, tip, by)
            accept(number, by=by, viewer=Viewer(by.id, by.role), version=1)
            update_mirrors()
            clone.git("fetch", "-q", "origin", "+main:accepted")
            assert clone.git("diff", "-U0", tip, "accepted").splitlines() == []
