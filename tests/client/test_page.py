"""`nexus page`: reading, finding, writing; what others change meanwhile; nothing typed is lost."""

import re
import sys
from pathlib import Path

import pytest

from wiki.client.conflict_markers import has_conflict_markers, with_conflict_markers
from wiki.client.page_command import page_group

TEXT = "One.\n\nTwo.\n\nThree.\n"


@pytest.fixture
def editor(monkeypatch, tmp_path):
    """`editor("text = …")` is the editor: Python that changes `text`, once for each opening."""

    def editor(*steps: str) -> None:
        script, count = tmp_path / "editor.py", tmp_path / "count"
        body = f"steps = {list(steps)!r}\n" + (
            "import pathlib, sys\n"
            f"count = pathlib.Path({str(count)!r})\n"
            "at = len(count.read_text()) if count.exists() else 0\n"
            "count.write_text('x' * (at + 1))\n"
            "file = pathlib.Path(sys.argv[1])\n"
            "scope = {'text': file.read_text()}\n"
            "exec(steps[min(at, len(steps) - 1)], scope)\n"
            "file.write_text(scope['text'])\n"
        )
        script.write_text(body)
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")

    return editor


def elsewhere(app, page_id, text, number=1):
    """Code of an editor during which somebody else saves."""
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    with app.app_context():
        save_edit(page_id, Edit(Content("Page", text), number), by=None)


def test_a_page_is_read_found_and_written(*, app, hub, run, sign_in, editor, make_page, index_now):
    make_page("a/page", title="A page", text=TEXT)
    index_now()
    sign_in("selam")
    there = ("--hub", hub)
    assert run(page_group, "get", "a/page", *there).output == TEXT
    assert run(page_group, "search", "page", *there).output == "a/page\tA page\n"
    editor("text = text.replace('Two', '2')")
    done = run(page_group, "edit", "a/page", "--summary", "Shorter", *there)
    assert (done.exit_code, done.output) == (0, f"Saved: {hub}/wiki/a/page\n")
    assert run(page_group, "get", "a/page", *there).output == TEXT.replace("Two", "2")
    newest = run(page_group, "log", "a/page", *there).output.splitlines()[0].split("\t")
    assert (newest[0], newest[2], newest[3]) == ("2", "selam", "Shorter")
    editor("text = 'New.\\n'")
    assert "/wiki/b" in run(page_group, "new", "B", *there).output
    assert run(page_group, "get", "b", *there).output == "New.\n"
    editor("pass")
    assert run(page_group, "edit", "b", *there).output == "Nothing was changed.\n"


def _changed_meanwhile(app, monkeypatch, page_id, text):
    """Somebody else saves while the editor is open."""
    from wiki.client import page_command

    edited, is_first = page_command._edited, [True]

    def meanwhile(file):
        if is_first and is_first.pop():
            elsewhere(app, page_id, text)
        return edited(file)

    monkeypatch.setattr(page_command, "_edited", meanwhile)


def test_changes_that_fit_together_are_saved_together(
    *, app, hub, run, sign_in, editor, make_page, monkeypatch
):
    page_id = make_page("page", title="Page", text=TEXT).page_id
    sign_in("selam")
    editor("text = text.replace('Three', '3')")
    _changed_meanwhile(app, monkeypatch, page_id, TEXT.replace("One", "1"))
    done = run(page_group, "edit", "page", "--hub", hub, stdin="y\n")
    assert done.exit_code == 0, done.output
    assert run(page_group, "get", "page", "--hub", hub).output == "1.\n\nTwo.\n\n3.\n"


def test_a_conflict_is_decided_in_the_editor_and_its_marks_are_never_saved(
    *, app, hub, run, sign_in, editor, make_page, monkeypatch
):
    page_id = make_page("page", title="Page", text=TEXT).page_id
    sign_in("selam")
    editor(
        "text = text.replace('Two', 'Mine')",
        "assert '<<<<<<< theirs\\nTheirs.\\n=======\\nMine.\\n>>>>>>> yours\\n' in text, text",
        "text = 'One.\\n\\nOurs.\\n\\nThree.\\n'",
    )
    _changed_meanwhile(app, monkeypatch, page_id, TEXT.replace("Two", "Theirs"))
    done = run(page_group, "edit", "page", "--hub", hub, stdin="y\n")
    assert done.exit_code == 0, done.output
    assert run(page_group, "get", "page", "--hub", hub).output == TEXT.replace("Two", "Ours")


def test_what_was_typed_is_kept_when_it_cannot_be_saved(hub, run, sign_in, editor, make_page):
    make_page("page", title="Page", text=TEXT)
    sign_in("abel", role="reader")
    editor("text = 'All mine.\\n'")
    done = run(page_group, "edit", "page", "--hub", hub)
    assert done.exit_code == 1
    kept = Path(re.search(r"Your text is in (\S+)", done.output)[1])
    assert kept.read_text() == "All mine.\n"
    kept.unlink()
    kept.parent.rmdir()


def test_a_page_that_is_not_there_is_reported(hub, run):
    done = run(page_group, "get", "nowhere", "--hub", hub)
    assert (done.exit_code, done.output.startswith("nexus: ")) == (1, True)


def test_marks_stand_where_both_changed():
    conflicts = [
        {"line": 2, "theirs": "x\n", "yours": "y\nz"},
        {"line": 1, "theirs": "", "yours": "a\n"},
    ]
    marked = with_conflict_markers("a\ny\nz", conflicts)
    assert marked == (
        "<<<<<<< theirs\n=======\na\n>>>>>>> yours\n"
        "<<<<<<< theirs\nx\n=======\ny\nz\n>>>>>>> yours\n"
    )
    assert has_conflict_markers(marked)
    assert not has_conflict_markers("Title\n=======\n")


def test_lines_are_counted_as_the_hub_counts_them():
    # Of the base "a\fb\n\none\n" both changed the last line.
    conflicts = [{"line": 3, "theirs": "1\x85\n", "yours": "uno\u2028\n"}]
    assert with_conflict_markers("a\fb\n\nuno\u2028\nend\n", conflicts) == (
        "a\fb\n\n<<<<<<< theirs\n1\x85\n=======\nuno\u2028\n>>>>>>> yours\nend\n"
    )
