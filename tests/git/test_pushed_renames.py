"""Renamed and deleted pages in a push: one proposal that does the same to the pages."""

from io import BytesIO

import requests

from tests.files.upload_forms import picture
from tests.git.test_pushing import clone_of, proposals_of, push
from wiki.access.permissions import Viewer
from wiki.community.proposals.deciding.accepting import accept
from wiki.database import db
from wiki.files.write import upload_file
from wiki.pages.models import Page

LONG = "It keeps its data in memory.\n\nIt can write them to a disk, too.\n"


def accepted(hub, number, mentor):
    by = hub.server.make_user(mentor, role="mentor")
    with hub.server.app.test_request_context():
        accept(number, by=by, viewer=Viewer(by.id, by.role), version=1)


def page_of(hub, path):
    with hub.server.app.app_context():
        page = db.session.get_one(Page, hub.pages[path])
        return page.path, page.deleted_at is not None


def raw(hub, path):
    return requests.get(f"{hub.server.url}/raw/{path}", timeout=60).text


def test_a_branch_that_renames_and_deletes_becomes_one_proposal(hub):
    hub.page("moving/old", f"{LONG}[Start](../guides/start.md) [Other](gone.md)\n")
    hub.page("moving/gone", "Nobody reads this any more.\n")
    hub.page("pointing", "See [it](/wiki/moving/old).\n")
    clone = clone_of(hub, "ria")
    clone.git("mv", "moving/old.md", "new.md")
    clone.git("rm", "-q", "moving/gone.md")
    moved = (clone.root / "new.md").read_text().replace("a disk", "disk")
    clone.commit("Tidy up", {"new.md": f"{moved}\nSee [Redis](redis.md).\n"})
    status, said = push(clone)
    assert status == 0, said
    title, parts = proposals_of(hub, said)
    assert title == "Tidy up"
    assert [(part.action, part.page_id, part.path) for part in parts] == [
        ("delete", hub.pages["moving/gone"], ""),
        ("rename", hub.pages["moving/old"], "new"),
    ]
    accepted(hub, parts[0].proposal_id, "mentor-of-ria")
    assert page_of(hub, "moving/old") == ("new", False)
    assert page_of(hub, "moving/gone") == ("moving/gone", True)
    # What stood there leads where it led, what is new is read from the new place.
    text = raw(hub, "new")
    assert "write them to disk" in text
    assert "[Start](/wiki/guides/start) [Other](/wiki/moving/gone)" in text
    assert "See [Redis](/wiki/redis)." in text
    assert "See [it](/wiki/new)." in raw(hub, "pointing")
    assert requests.get(f"{hub.server.url}/wiki/moving/old", timeout=60).url.endswith("/wiki/new")


def test_a_renamed_folder_is_one_proposal_of_all_its_pages(hub):
    names = [f"page-{number:02}" for number in range(20)]
    for name in names:
        hub.page(f"rooms/{name}", f"{LONG}This is {name}.\n")
    clone = clone_of(hub, "flo")
    clone.git("mv", "rooms", "halls")
    clone.commit("Call them halls")
    status, said = push(clone)
    assert status == 0, said
    _, parts = proposals_of(hub, said)
    assert [(part.action, part.page_id, part.path) for part in parts] == [
        ("rename", hub.pages[f"rooms/{name}"], f"halls/{name}") for name in names
    ]


def test_files_of_a_deleted_page_go_with_it(hub):
    hub.page("drawn", "A picture.\n")
    with hub.server.app.app_context():
        page_id = hub.pages["drawn"]
        upload_file(BytesIO(picture("PNG", (5, 4))), "drawn.png", page_id=page_id, by=None)
    clone = clone_of(hub, "dan")
    (held,) = clone.root.glob("files/*/drawn.png")
    clone.git("rm", "-q", "drawn.md", str(held.relative_to(clone.root)))
    clone.commit("Nobody needs this")
    status, said = push(clone)
    assert status == 0, said
    _, (part,) = proposals_of(hub, said)
    assert part.action == "delete"


def test_two_files_that_would_be_one_page_are_refused(hub):
    clone = clone_of(hub, "tia")
    clone.commit("Write", {"twice/README.md": "One.\n", "twice/index.md": "Two.\n"})
    status, said = push(clone)
    assert status == 1
    assert "Two files of the branch would be the page twice." in said


def test_a_shallow_clone_is_pushed_from(hub):
    hub.page("shoal", "One.\n")
    hub.edit("shoal", "Two.\n", 1)
    hub.follow()
    clone = hub.clone("--depth", "1", token=hub.token("sho"))
    clone.commit("Better", {"shoal.md": (clone.root / "shoal.md").read_text() + "More.\n"})
    status, said = push(clone)
    assert status == 0, said
    _, (part,) = proposals_of(hub, said)
    assert (part.base_revision, part.body) == (2, "Two.\nMore.\n")


def test_fields_too_long_for_a_file_stay(hub):
    fields = {"sources": [f"{number} {'x' * 300}" for number in range(60)]}
    hub.page("wide", "Hello.\n", fields=fields)
    clone = clone_of(hub, "fei")
    text = (clone.root / "wide.md").read_text()
    assert "sources" not in text
    clone.commit(
        "Greet", {"wide.md": text.replace("Hello", "Hallo").replace("tags:", "a: b\ntags:")}
    )
    status, said = push(clone)
    assert status == 0, said
    _, (part,) = proposals_of(hub, said)
    assert (part.body, part.fields) == ("Hallo.\n", {**fields, "a": "b"})
