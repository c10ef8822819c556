"""Files of the wiki that a push replaces, renames or deletes: accepted as parts of its proposal."""

from io import BytesIO

import pytest
import requests

from tests.files.upload_forms import picture
from tests.git.test_pushed_renames import accepted, raw
from tests.git.test_pushing import clone_of, proposals_of, push
from wiki.community.proposals.errors import FileOvertaken
from wiki.database import db
from wiki.files.models import File, FileVersion
from wiki.files.write import replace_content, upload_file

OLD, NEW = picture("PNG", (3, 4)), picture("PNG", (7, 8))


def page_with_file(hub, path, name, content=OLD):
    """A page that shows a file of its own; the file's id."""
    hub.page(path, "Soon.\n")
    with hub.server.app.app_context():
        page_id = hub.pages[path]
        file_id = upload_file(BytesIO(content), name, page_id=page_id, by=None)
    hub.edit(path, f"![It](/files/{file_id}/{name})\n", 1)
    return file_id


def pushed(hub, clone, message, files):
    """The pages of the proposal that becomes of a commit."""
    clone.commit(message, files)
    status, said = push(clone)
    assert status == 0, said
    return proposals_of(hub, said)[1]


def history(hub, file_id):
    with hub.server.app.app_context():
        query = db.select(FileVersion).filter_by(file_id=file_id).order_by(FileVersion.number)
        return [(version.action, version.name) for version in db.session.scalars(query)]


def served(hub, file_id, name):
    answer = requests.get(f"{hub.server.url}/files/{file_id}/{name}", timeout=60)
    return answer.content if answer.ok else answer.status_code


def tree(repository):
    return repository.git("ls-tree", "-r", "HEAD", "--", "files")


def test_a_replaced_picture_is_a_version_of_the_same_file(hub):
    file_id = page_with_file(hub, "shown", "map.png")
    clone = clone_of(hub, "rex")
    (part,) = pushed(hub, clone, "Draw it anew", {f"files/{file_id}/map.png": NEW})
    assert (part.page_id, part.action) == (hub.pages["shown"], "edit")
    # Until it is accepted, nothing shows it: not the page, not a clone.
    assert served(hub, file_id, "map.png") == OLD
    hub.follow()
    assert tree(hub.clone()) != tree(clone)
    accepted(hub, part.proposal_id, "mentor-of-rex")
    assert served(hub, file_id, "map.png") == NEW
    assert raw(hub, "shown") == f"![It](/files/{file_id}/map.png)\n"
    names = [("upload", "map.png"), ("propose", "map.png"), ("accept", "map.png")]
    assert history(hub, file_id) == names
    hub.follow()
    assert tree(hub.clone()) == tree(clone)


def test_a_renamed_file_keeps_its_history_wherever_it_was_moved(hub):
    file_id = page_with_file(hub, "named", "a.png", picture("PNG", (5, 6)))
    other_id = page_with_file(hub, "moved", "b.png", picture("PNG", (6, 7)))
    clone = clone_of(hub, "nan")
    clone.git("mv", f"files/{file_id}/a.png", f"files/{file_id}/plan.png")
    (clone.root / "img").mkdir()
    clone.git("mv", f"files/{other_id}/b.png", "img/view.png")
    text = (clone.root / "moved.md").read_text()
    changed = text.replace(f"/files/{other_id}/b.png", "img/view.png")
    shown = f"![Small](/files/{file_id}/a.png?width=20)\n"
    named = (clone.root / "named.md").read_text() + f"\n{shown}"
    parts = pushed(hub, clone, "Better names", {"moved.md": changed, "named.md": named})
    assert {part.page_id for part in parts} == {hub.pages["named"], hub.pages["moved"]}
    accepted(hub, parts[0].proposal_id, "mentor-of-nan")
    assert history(hub, file_id)[-1] == ("accept", "plan.png")
    assert raw(hub, "named").endswith(f"a.png)\n\n{shown}")  # as it was pushed
    assert history(hub, other_id)[-1] == ("accept", "view.png")
    assert raw(hub, "moved") == f"![It](/files/{other_id}/view.png)\n"
    assert served(hub, other_id, "b.png") == picture("PNG", (6, 7))  # links keep working


def test_a_deleted_file_is_deleted_with_the_proposal(hub):
    file_id = page_with_file(hub, "emptied", "gone.png", picture("PNG", (8, 9)))
    clone = clone_of(hub, "del")
    clone.git("rm", "-q", f"files/{file_id}/gone.png")
    (part,) = pushed(hub, clone, "Nobody needs it", {})
    assert served(hub, file_id, "gone.png") == picture("PNG", (8, 9))
    accepted(hub, part.proposal_id, "mentor-of-del")
    assert served(hub, file_id, "gone.png") == 404
    with hub.server.app.app_context():
        file = db.session.get_one(File, file_id)
        assert file.deleted_at is not None
        assert file.content_hash  # it can be brought back


def test_a_file_that_was_changed_meanwhile_is_told_and_kept(hub):
    file_id = page_with_file(hub, "busy", "busy.png", picture("PNG", (9, 4)))
    clone = clone_of(hub, "bea")
    (part,) = pushed(hub, clone, "Draw", {f"files/{file_id}/busy.png": picture("PNG", (9, 5))})
    other = picture("PNG", (9, 6))
    with hub.server.app.app_context():
        replace_content(file_id, BytesIO(other), "busy.png", by=None)
    with pytest.raises(FileOvertaken):
        accepted(hub, part.proposal_id, "mentor-of-bea")
    assert served(hub, file_id, "busy.png") == other


def test_who_may_not_edit_changes_no_files(hub):
    file_id = page_with_file(hub, "closed", "closed.png", picture("PNG", (4, 9)))
    clone = clone_of(hub, "fry", role="reader")
    clone.commit("Draw", {f"files/{file_id}/closed.png": picture("PNG", (4, 8))})
    status, said = push(clone)
    assert status
    assert "closed.png can only be changed by somebody who may edit its page" in said
    clone.commit("Delete", {f"files/{file_id}/closed.png": None})
    assert push(clone)[0]
    assert history(hub, file_id) == [("upload", "closed.png")]


def test_a_file_of_the_library_needs_a_page_that_shows_it(hub):
    with hub.server.app.app_context():
        content = picture("PNG", (11, 3))
        file_id = upload_file(BytesIO(content), "alone.png", page_id=None, by=None)
    clone = clone_of(hub, "lib")
    clone.commit("Draw", {f"files/{file_id}/alone.png": picture("PNG", (11, 4))})
    status, said = push(clone)
    assert status
    assert "alone.png doesn’t belong to a page, and no page shows it" in said.replace(
        "\nremote: ", " "
    )
    hub.page("showing-it", f"![](/files/{file_id}/alone.png)\n")
    hub.follow()
    clone.git("fetch", "-q")
    clone.git("rebase", "-q", "origin/main")
    status, said = push(clone)
    assert status == 0, said
    _, (part,) = proposals_of(hub, said)
    assert part.page_id == hub.pages["showing-it"]


def test_the_file_of_a_deleted_page_isnt_taken_for_a_renamed_one(hub):
    content = picture("PNG", (12, 3))
    file_id = page_with_file(hub, "leaving", "kept.png", content)
    hub.page("staying", "Words.\n")
    clone = clone_of(hub, "kim")
    clone.git("rm", "-q", "leaving.md", f"files/{file_id}/kept.png")
    text = (clone.root / "staying.md").read_text()
    files = {"staying.md": f"{text}\n![](kept.png)\n", "kept.png": content}
    parts = pushed(hub, clone, "Only the picture", files)
    accepted(hub, parts[0].proposal_id, "mentor-of-kim")
    shown = raw(hub, "staying").partition("](")[2].rstrip(")\n")
    assert not shown.startswith(f"/files/{file_id}/")
    assert requests.get(f"{hub.server.url}{shown}", timeout=60).content == content
