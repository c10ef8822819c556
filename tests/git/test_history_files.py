"""Files that pages of an imported history show."""

from tests.git.test_history_import import content_of
from wiki.database import db
from wiki.files.models import File, FileVersion
from wiki.git.history import history_importer


def test_a_picture_that_changes_is_a_version_of_its_file(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "![x](p.svg)\n", "p.svg": _svg("1")})
    repository.commit("Redraw", {"p.svg": _svg("2")})
    assert nexus_import(repository.root).exit_code == 0
    repository.commit("Redraw again", {"p.svg": _svg("3")})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        assert len(db.session.scalars(db.select(File)).all()) == 1
        actions = db.session.scalars(db.select(FileVersion.action).order_by(FileVersion.number))
        assert [*actions] == ["upload", "replace", "replace"]


def test_a_stopped_import_changes_no_file(app, nexus_import, repository, monkeypatch):
    repository.commit("Begin", {"a.md": "![x](p.svg)\n", "p.svg": _svg("1")})
    assert nexus_import(repository.root).exit_code == 0
    repository.commit("Redraw", {"p.svg": _svg("2")})
    importer = history_importer.HistoryImporter
    for is_stopped, versions in ((True, 1), (False, 2)):
        with monkeypatch.context() as patch:
            if is_stopped:
                patch.setattr(importer, "_should_stop", lambda self: True)
            nexus_import(repository.root)
        with app.app_context():
            count = db.session.scalar(db.select(db.func.count()).select_from(FileVersion))
            assert count == versions


def test_a_file_is_followed_by_its_name(app, nexus_import, repository):
    both = {"a.md": "![a](a.svg) ![b](b.svg)\n", "a.svg": _svg("1"), "b.svg": _svg("1")}
    repository.commit("Begin", both)
    repository.commit("Redraw one", {"b.svg": _svg("2")})
    assert nexus_import(repository.root).exit_code == 0
    repository.git("mv", "a.svg", "c.svg")
    repository.commit("Move", {"a.md": "![b](b.svg) ![c](c.svg)\n"})
    repository.commit("Redraw the other", {"c.svg": _svg("3"), "b.md": "![](c.svg)\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        one, other = db.session.scalars(db.select(File).order_by(File.id))
        counts = db.select(FileVersion.file_id, db.func.count()).group_by(FileVersion.file_id)
        assert dict(db.session.execute(counts).all()) == {one.id: 2, other.id: 2}
        assert one.content_hash != other.content_hash
        assert (one.page_id, content_of("b").text) == (None, f"![](/files/{one.id}/a.svg)\n")
        written = f"![b](/files/{other.id}/b.svg) ![c](/files/{one.id}/a.svg)\n"
        assert content_of("a").text == written


def _svg(width):
    shape = f'<rect width="{width}" height="2"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{shape}</svg>'
