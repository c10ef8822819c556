"""`nexus import` of a repository: each commit is a revision."""

import subprocess

import pytest

from tests.factories import make_user
from tests.git.conftest import PNG
from wiki.access.models import AccessRule
from wiki.access.rulebook import raise_access_version
from wiki.accounts.models import User
from wiki.database import db, utcnow, write_transaction
from wiki.files.models import File
from wiki.git.history import history_importer
from wiki.git.history.commits import CommitLog
from wiki.git.models import GitImportName
from wiki.pages.models import Page, Redirect, Revision
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
from wiki.pages.writing.write import Edit, save_edit


def revisions(path):
    """Author, time and summary of a page's revisions, and what was done, the oldest first."""
    rows = db.session.execute(
        db.select(Revision, User.username)
        .join(Page, Page.id == Revision.page_id)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Page.path == path)
        .order_by(Revision.number)
    )
    return [
        (name or row.author_name, str(int(row.created_at.timestamp())), row.summary, row.action)
        for row, name in rows
    ]


def content_of(path, number=None):
    page = db.session.scalars(db.select(Page).filter_by(path=path)).one()
    return load_content(db.session(), page.id, number or page.revision_count)


def test_a_history_is_that_of_git(any_app, client, repository):
    runner = any_app.test_cli_runner()
    ada = make_user(any_app, "ada", email="ada@example.org", email_key="ada@example.org")
    make_user(any_app, "eve", email="bo@example.org")  # says so, and has not confirmed it
    with any_app.app_context(), write_transaction() as session:
        session.get_one(User, ada.id).email_confirmed_at = utcnow()
    bo = "Bo Ek <bo@example.org>"
    repository.commit("Begin\n\nA longer word.", {"docs/caching.md": "# Caching\n\nKeep it.\n"})
    repository.commit(
        "Show it",
        {
            "docs/caching.md": "# Caching\n\nKeep it.\n\n![How](img/plan.png) [all](README.md)\n",
            "docs/img/plan.png": PNG,
            "docs/README.md": "---\ntitle: Docs\ntags: [start]\n---\n[one](caching.md)\n",
        },
        author=bo,
    )
    repository.git("mv", "docs/caching.md", "docs/cache.md")
    repository.commit("Shorter", author=bo)
    repository.commit("Only a program", {"run.py": "print()"})
    repository.commit("Gone", {"docs/README.md": None})
    told = runner.invoke(_command(), [str(repository.root)])
    assert told.exit_code == 0, told.output
    assert "5 commits" in told.output
    with any_app.app_context():
        found = revisions("docs/cache")
        logged = repository.log("--", "docs/cache.md", "docs/caching.md")
        named = [(who.replace("ada", "Ada"), *rest[:2]) for who, *rest in found]
        assert named == logged
        assert [each[3] for each in found] == ["create", "edit", "rename"]
        assert [each[0] for each in found] == ["ada", "Bo Ek", "Bo Ek"]
        file = db.session.scalars(db.select(File)).one()
        assert content_of("docs/cache", 1).text == "Keep it.\n"
        assert content_of("docs/cache").text == (
            f"Keep it.\n\n![How](/files/{file.id}/plan.png) [all](README.md)\n"
        )
        assert db.session.get(Redirect, "docs/caching") is not None
        gone = db.session.scalars(db.select(Page).filter_by(path="docs")).one()
        assert gone.deleted_at
        assert gone.revision_count == 2
        assert (content_of("docs").title, content_of("docs").tags) == ("Docs", ("start",))


def _command():
    from wiki.git.import_command import import_command

    return import_command


def test_names_of_strangers_are_shown_in_the_history(client, nexus_import, repository):
    repository.commit("Begin", {"a.md": "One.\n"}, author="Grace Hopper <g@example.org>")
    assert nexus_import(repository.root).exit_code == 0
    assert "Grace Hopper" in client.get("/history/a").text
    assert "Grace Hopper" in client.get("/blame/a").text
    assert "Grace Hopper" in client.get("/changes?event=all").text
    assert "<name>Grace Hopper</name>" in client.get("/changes.atom").text
    for address in ("/api/v1/revisions?page=a", "/api/v1/changes"):
        (told,) = client.get(address).json["items"]
        assert (told["author"], told["author_name"]) == (None, "Grace Hopper")
    query = '{ page(path: "a") { revisions { author authorName } } }'
    told = client.post("/graphql", json={"query": query}).json["data"]["page"]["revisions"]
    assert told == [{"author": None, "authorName": "Grace Hopper"}]


def test_a_second_run_takes_what_is_new_and_merges_what_people_wrote(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "One.\n\nTwo.\n\nThree.\n", "b.md": "B.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        page = db.session.scalars(db.select(Page).filter_by(path="a")).one()
        edited = Content("A", "One, said here.\n\nTwo.\n\nThree.\n")
        save_edit(page.id, Edit(edited, 1), by=None)
        other = db.session.scalars(db.select(Page).filter_by(path="b")).one()
        save_edit(other.id, Edit(Content("B", "Here.\n"), 1), by=None)
    repository.commit("More", {"a.md": "One.\n\nTwo.\n\nThree and four.\n", "b.md": "There.\n"})
    repository.commit("Most", {"a.md": "One.\n\nTwo.\n\nThree to five.\n", "c.md": "C.\n"})
    told = nexus_import(repository.root)
    assert "2 commits" in told.output
    assert "b.md" in told.output
    assert "in the same place" in told.output
    with app.app_context():
        assert content_of("a").text == "One, said here.\n\nTwo.\n\nThree to five.\n"
        assert content_of("b").text == "Here.\n"
        assert content_of("c").text == "C.\n"
        assert [each[2] for each in revisions("a")] == ["Begin", "", "More", "Most"]
    assert "0 commits" in nexus_import(repository.root).output


def test_a_stopped_import_goes_on(app, nexus_import, repository, monkeypatch):
    for number in range(6):
        repository.commit(f"Commit {number}", {"a.md": f"Text {number}.\n"})
    monkeypatch.setattr(history_importer, "REVISIONS_PER_TRANSACTION", 2)
    write, calls = history_importer.write_past_revisions, []

    def fail_later(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the machine went down")
        return write(*args, **kwargs)

    monkeypatch.setattr(history_importer, "write_past_revisions", fail_later)
    assert nexus_import(repository.root).exit_code == 1
    assert "2 commits" in nexus_import(repository.root).output
    with app.app_context():
        assert [each[2] for each in revisions("a")] == [f"Commit {n}" for n in range(6)]


def test_merges_end_where_git_does(app, nexus_import, repository):
    repository.commit("Begin", {"a.md": "One.\n\nTwo.\n\nThree.\n"})
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("Aside", {"a.md": "One.\n\nTwo.\n\nThree, aside.\n"})
    repository.git("checkout", "-q", "main")
    repository.commit("Ahead", {"a.md": "One, ahead.\n\nTwo.\n\nThree.\n"})
    repository.git("merge", "-q", "--no-edit", "side")
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        assert content_of("a").text == (repository.root / "a.md").read_text()
        assert len(revisions("a")) == 4
        assert {each[2] for each in revisions("a")} > {"Begin", "Aside", "Ahead"}


def test_a_page_that_goes_makes_room_for_one_that_comes(any_app, repository):
    old = "# Guide\n\n" + "Once upon a time.\n" * 20
    repository.commit("Begin", {"guide/index.md": old, "a.md": "# A\n\nLong.\n", "b.mdx": old})
    repository.commit("Anew", {"guide/index.md": None, "guide.md": "# Other\n\n1, 2, 3.\n"})
    repository.commit("Else", {"b.mdx": None, "a.md": None, "b.md": "# A\n\nLong.\n"})
    repository.commit("Later", {"guide.md": "# Other\n\n4.\n", "b.md": "# A\n\nLonger.\n"})
    told = any_app.test_cli_runner().invoke(_command(), [str(repository.root)])
    assert told.exit_code == 0, told.output
    with any_app.app_context():
        pages = db.session.scalars(db.select(Page).order_by(Page.id)).all()
        living = {page.path: page for page in pages if page.deleted_at is None}
        assert len(pages) == 4
        assert {path: page.revision_count for path, page in living.items()} == {"guide": 2, "b": 3}
        assert load_content(db.session(), living["guide"].id, 2).text == "4.\n"
        assert load_content(db.session(), living["b"].id, 3).text == "Longer.\n"


def test_a_folder_of_a_branch(app, nexus_import, repository):
    repository.commit("Begin", {"docs/a.md": "A.\n", "b.md": "B.\n"})
    repository.git("branch", "old")
    repository.commit("Later", {"docs/a.md": "Later.\n"})
    told = nexus_import(repository.root, "--branch", "old", "--folder", "docs")
    assert told.exit_code == 0, told.output
    with app.app_context():
        assert content_of("a").text == "A.\n"
        assert db.session.scalars(db.select(Page).filter_by(path="b")).first() is None


def test_a_large_first_commit_is_written_in_parts(app, nexus_import, repository, monkeypatch):
    files = {f"p{number}.md": f"# P{number}\n\nText.\n" for number in range(7)}
    repository.commit("All", {**files, "p3.md": "# P3\n\n![](plan.png)\n", "plan.png": PNG})
    repository.commit("One", {"p1.md": "# P1\n\nMore.\n"})
    write = history_importer.write_past_revisions
    sizes = []

    def write_twice(revisions, *given, **named):
        sizes.append(len(revisions))
        if len(sizes) > 2:
            raise KeyboardInterrupt
        return write(revisions, *given, **named)

    monkeypatch.setattr(history_importer, "REVISIONS_PER_TRANSACTION", 2)
    monkeypatch.setattr(history_importer, "write_past_revisions", write_twice)
    assert nexus_import(repository.root).exit_code
    monkeypatch.setattr(history_importer, "write_past_revisions", write)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Page)) == 4
    told = nexus_import(repository.root)
    assert told.exit_code == 0, told.output
    with app.app_context():
        counts = [len(revisions(f"p{number}")) for number in range(7)]
        assert content_of("p3").text.startswith("![](/files/")
    assert counts == [1, 2, 1, 1, 1, 1, 1]
    assert sizes == [2, 2, 2]


@pytest.mark.settings(upload_limit=1)
def test_what_is_too_large_is_never_read(app, nexus_import, repository, monkeypatch):
    sizes = []
    read = CommitLog.content
    monkeypatch.setattr(
        CommitLog,
        "content",
        lambda self, blob: sizes.append(len(found := read(self, blob))) or found,
    )
    large = "x" * 3_000_000
    repository.commit("Begin", {"a.md": "![](b.png) ![](c.png)\n", "b.png": PNG, "c.png": large})
    repository.commit("Large", {"large.md": large, "b.png": large})
    repository.git("gc", "-q")
    told = nexus_import(repository.root)
    assert "large.md (" in told.output
    assert "is longer than the limit for a page" in told.output
    for name in ("b.png", "c.png"):
        assert f"{name}: is larger than a file may be" in told.output
    assert max(sizes) < 1_000
    with app.app_context():
        assert content_of("a").text.endswith("![](c.png)\n")


def test_pages_are_in_the_order_of_the_newest_nav(app, nexus_import, repository):
    def order():
        with app.app_context():
            rows = db.session.execute(db.select(Page.position, Page.path)).all()
            return [row.path for row in sorted(row for row in rows if row.position is not None)]

    def count(path):
        with app.app_context():
            return len(revisions(path))

    nav = "docs_dir: docs\nnav: [%s]\n"
    files = {f"docs/{name}.md": f"# {name}\n" for name in "abc"}
    repository.commit("Begin", {"mkdocs.yml": nav % "c.md, a.md", **files})
    repository.commit("More", {"docs/a.md": "# a\n\nMore.\n"})
    nexus_import(repository.root, "--folder", "docs")
    assert order() == ["c", "a"]
    assert (count("a"), count("b"), count("c")) == (2, 1, 1)
    repository.commit("In order", {"mkdocs.yml": nav % "a.md, b.md, c.md", "docs/d.md": "# d\n"})
    nexus_import(repository.root, "--folder", "docs")
    assert order() == ["a", "b", "c"]
    assert (count("a"), count("b"), count("c")) == (3, 2, 2)
    with app.app_context():
        assert revisions("c")[-1][2] == "In order"
        assert content_of("c").text == ""


def raw_commit(repository, headers, message=b"Odd"):
    """A commit with these headers after those of the tree and the parent; makes it the newest."""
    tree, parent = repository.git("rev-parse", "HEAD^{tree}", "HEAD").split()
    raw = b"tree %s\nparent %s\n" % (tree.encode(), parent.encode())
    made = subprocess.run(
        ["/usr/bin/env", "git", "hash-object", "--literally", "-w", "--stdin", "-t", "commit"],
        cwd=repository.root,
        input=raw + headers + b"\n" + message,
        capture_output=True,
        check=True,
    )
    repository.git("reset", "-q", "--hard", made.stdout.decode().strip())


@pytest.mark.parametrize("encoding", [b"no-such", b"hex", b"utf\x008", b"punycode", b"\xff"])
def test_odd_encodings_and_times_are_imported(app, nexus_import, repository, encoding):
    who = b"A\xff <a@\xffexample.org> %d +0000\n"
    repository.commit("One", {"a.md": "One.\n"})
    (repository.root / "a.md").write_text("Two.\n")
    repository.commit("Two")
    late = who % 99_999_999_999
    headers = (b"author " + late, b"committer " + late, b"encoding " + encoding + b"\n")
    raw_commit(repository, b"".join(headers))
    repository.commit("Three", {"a.md": "Three.\n"})
    told = nexus_import(repository.root)
    assert told.exit_code == 0, told.output
    with app.app_context():
        assert [each[2] for each in revisions("a")] == ["One", "Two", "Three"]


def test_a_time_in_the_future_is_now(app, nexus_import, repository):
    repository.write({"a.md": "One.\n"})
    repository.git("add", "-A")
    at = "2090-01-01T00:00:00Z"
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    repository.git("commit", "-qm", "Soon", **dates)
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        assert int(revisions("a")[0][1]) <= utcnow().timestamp()


def test_a_shallow_repository_is_imported(app, nexus_import, repository, tmp_path):
    for words in ("One", "Two", "Three"):
        repository.commit(words, {"a.md": f"{words}.\n"})
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.root}", str(shallow))
    told = nexus_import(shallow)
    assert told.exit_code == 0, told.output
    with app.app_context():
        assert [each[2] for each in revisions("a")] == ["Two", "Three"]


def test_a_malformed_commit_is_named(nexus_import, repository):
    repository.commit("One", {"a.md": "One.\n"})
    raw_commit(repository, b"author A <a@b> soon +0000\ncommitter A <a@b> soon +0000\n")
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    assert "A commit can’t be read" in told.output


def test_a_name_too_long_to_be_remembered_is_refused(app, nexus_import, repository):
    long = "/".join(["a" * 200] * 6) + ".md"
    repository.commit("One", {"a.md": "One.\n", long: "Long.\n"})
    told = nexus_import(repository.root)
    assert told.exit_code == 1
    with app.app_context():
        assert db.session.scalars(db.select(Page.path)).all() == ["a"]
        names = db.session.scalars(db.select(GitImportName.name)).all()
        assert names == ["a.md"]


def test_a_page_that_comes_back_elsewhere_follows_the_rule_there(app, nexus_import, repository):
    repository.commit("One", {"a.md": "One.\n"})
    repository.commit("Two", {"a.md": None})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context(), write_transaction() as session:
        raise_access_version(session)
        closed = {"key": "closed", "path": "closed", "covers": "tree", "note": ""}
        rule = AccessRule(**closed, read_rank=2, edit_rank=2)
        session.add(rule)
        session.flush()
        number = rule.id
    repository.commit("Three", {"a.md": "---\npath: closed/a\n---\nThree.\n"})
    assert nexus_import(repository.root).exit_code == 0
    with app.app_context():
        page = db.session.scalars(db.select(Page)).one()
        assert (page.path, page.deleted_at, page.rule_id) == ("closed/a", None, number)
