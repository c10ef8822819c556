"""The order in which another program shows the pages of a folder is that of the wiki's lists."""

import re

import pytest

from tests.processor_time import bounded
from wiki.hub.trees.site_order import MAX_ENTRIES, files_in_nav


def order_below(client, path):
    listed = client.get(f"/wiki/{path}").text.partition('<ul class="page-list">')[2]
    return re.findall(rf'href="/wiki/{path}/([^"]*)"', listed.partition("</ul>")[0])


MKDOCS = """\
site_name: Tools
theme: {custom: !ENV [A, b]}
plugins:
  - x: !!python/name:os.system ls
nav:
  - Home: index.md
  - Guide:
      - guide/write.md
      - Deep:
          - 'guide/deep/two.md'
          - guide/deep/one.md
      - guide/read.md
      - Elsewhere: https://example.org/
      - guide/missing.md
  - ../outside.md
"""


def test_the_nav_of_mkdocs(client, nexus_import, tree):
    files = {
        "mkdocs.yml": MKDOCS,
        "docs/index.md": "# Home\n",
        "docs/guide/a-last.md": "# A last\n",
        "docs/guide/read.md": "# Read\n",
        "docs/guide/write.md": "# Write\n",
        "docs/guide/own.md": "---\nweight: 3.5\n---\n# Own\n",
        "docs/guide/deep/one.md": "# One\n",
        "docs/guide/deep/two.md": "# Two\n",
    }
    assert nexus_import(tree(files)).exit_code == 0
    assert order_below(client, "docs/guide") == ["write", "deep", "own", "read", "a-last"]
    assert order_below(client, "docs/guide/deep") == ["two", "one"]
    assert "order: '2'" in client.get("/wiki/docs/guide/write.md").text
    changed = MKDOCS.replace("      - guide/write.md\n", "").replace(
        "      - guide/read.md\n", "      - guide/read.md\n      - guide/write.md\n"
    )
    nexus_import(tree({**files, "mkdocs.yml": changed}), "--update")
    assert order_below(client, "docs/guide") == ["deep", "own", "read", "write", "a-last"]


@pytest.mark.parametrize("name", ["SUMMARY.md", "_Sidebar.md"])
def test_lists_of_links(client, nexus_import, tree, name):
    written = (
        "- [B](book/b.md#part)\n  - [[c]]\n- [A](./book/a.md) [again](book/b.md)\n- [D](x.md)\n"
    )
    files = {f"book/{each}.md": f"# {each}\n" for each in ("a", "b", "c", "0")}
    nexus_import(tree({name: written, **files}))
    assert order_below(client, "book") == ["b", "c", "a", "0"]


def test_an_export_is_read_as_it_was(client, nexus_import, tree):
    page = "---\ntitle: A\nkind: page\ntags: []\n---\n\nText.\n"
    nexus_import(tree({"SUMMARY.md": "[A](a.md)", "a.md": page}))
    assert "order" not in client.get("/wiki/a.md").text


@pytest.mark.quick
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nav: ]",
        b"\xff\xfe",
        b"[1]",
        b"nav: 5",
        b"nav: &a [*a]",
        b"nav: " + b"[" * 5_000,
        b"x: &a [b, b, b, b, b, b, b, b, b, b]\n" * 1
        + b"".join(
            b"x%d: &%c [%s]\n" % (n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 10)) for n in range(8)
        )
        + b"nav: *i\n",
        b"x: &a []\n"
        + b"".join(
            b"x%d: &%c [%s]\n" % (n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 9)) for n in range(15)
        )
        + b"nav: *p\n",
        b"nav: [a.md]\n" + b"#" * 500_000,
    ],
)
def test_damage_and_bombs_are_no_order(raw):
    with bounded(3):
        assert len(files_in_nav(raw)) <= MAX_ENTRIES


def test_numbers_in_names_are_an_order_and_no_part_of_addresses(client, nexus_import, tree):
    files = {
        "docs/intro.md": "# Intro\n\n[a](/docs/start/install) [b](use)\n",
        "docs/01-start/02-install.md": "# Install\n\n[Use](./use.md) [Ten](../advanced/ten.html)\n",
        "docs/01-start/03-use.md": "# Begin\n",
        "docs/02-advanced/9-nine.md": "# Nine\n",
        "docs/02-advanced/10-ten.md": "# A ten\n",
        "docs/02-advanced/2024-01-02-news.md": "# News\n",
        "docs/02-advanced/1.2-notes.md": "# Version\n",
    }
    assert nexus_import(tree(files)).exit_code == 0
    assert order_below(client, "docs/01-start") == ["02-install", "03-use"]
    names = ["9-nine", "10-ten", "2024-01-02-news", "1.2-notes"]
    assert order_below(client, "docs/02-advanced") == names
    assert "[a](01-start/02-install.md) [b](use)" in client.get("/raw/docs/intro").text
    text = client.get("/raw/docs/01-start/02-install").text
    assert "[Use](03-use.md) [Ten](../02-advanced/10-ten.md)" in text


def test_categories_of_docusaurus_are_pages_and_an_order(client, nexus_import, tree):
    files = {
        "docs/a/_category_.json": '{"label": "Getting started", "position": 3}',
        "docs/a/one.md": "# One\n",
        "docs/b/_category_.yml": "label: 'Last: of all'\nposition: 2.5\n"
        "link:\n  type: generated-index\n  description: What is **left**.\n",
        "docs/b/two.md": "# Two\n",
        "docs/c/_category_.json": '{"label": "Nobody sees this", "position": 1}',
        "docs/c/index.md": "# See\n",
        "docs/c/three.md": "# Three\n",
        "docs/05-d/_category_.json": '{"label": "Numbered"}',
        "docs/05-d/four.md": "# Four\n",
        "docs/e/_category_.json": '{"label": "Own", "position": 9}',
        "docs/e/index.md": "---\nsidebar_position: 4\n---\n# Own place\n",
    }
    done = nexus_import(tree(files))
    assert done.exit_code == 0
    assert "other files left alone" in done.output
    assert order_below(client, "docs") == ["c", "b", "a", "e", "05-d"]
    assert "<title>Getting started" in client.get("/wiki/docs/a").text
    assert client.get("/raw/docs/b").text == "What is **left**."
    assert "<title>Last: of all" in client.get("/wiki/docs/b").text
    assert "<title>See" in client.get("/wiki/docs/c").text
    again = nexus_import(tree(files), "--update")
    assert "0  new" in again.output
    assert "updated" not in again.output


def test_malformed_categories_are_reported_and_stop_nothing(client, nexus_import, tree):
    texts = {
        "a/_category_.json": "{label: ",
        "b/_category_.json": "[1]",
        "c/_category_.json": '{"label": ["A"]}',
        "d/_category_.yml": "label: [",
        "e/_category_.json": '{"position": "soon"}',
        "f/_category_.json": "[" * 100_000,
        "g/_category_.yml": "label: &a [*a]",
        "h/_category_.json": '{"label": "%s"}' % ("long " * 100),
        "i/_category_.json": '{"position": true}',
    }
    pages = {f"{name[0]}/page.md": "# A page\n" for name in texts}
    done = nexus_import(tree({**texts, **pages}))
    assert done.exit_code == 0
    for name in texts:
        assert f"{name}: can’t be read as a description of its folder" in done.output, name
        assert client.get(f"/wiki/{name[0]}/page").status_code == 200
