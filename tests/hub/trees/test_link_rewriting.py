"""Links of folders that were written for other programs."""

import pytest

from tests.files.upload_forms import picture
from tests.hub.link_targets import links_of

DOCS = {
    "index.md": "# Welcome\n\n[Guide](guide/README.md) [again](guide/) [a](guide/install.md)\n",
    "install.md": "# Another one\n\nAt the root.\n",
    "guide/README.md": (
        "# Guide\n\n[x](install.md) [up](../index.md) [s](install.md#first-steps) [me](#parts)\n"
        "[r]\n\n## Parts\n\n[r]: install.md\n"
    ),
    "guide/install.md": (
        "# Install\n\n[up](README.md) [there](./) [home](../index.md) [l](#what-s-new)\n\n"
        "## First steps\n\n## What's new\n\n[t](install.md#install)\n"
    ),
    "hugo/_index.md": "+++\ntitle = 'Hugo'\ntags = ['a', 'b']\ndraft = false\n+++\n\n[p](page/)\n",
    "hugo/page/index.md": "---\ntitle: A page\ntags: one two\n---\n\n[up](../) ![p](pic.png)\n",
    "hugo/page/pic.png": picture(),
}


@pytest.mark.parametrize("is_zip", [False, True])
def test_links_of_a_readme_lead_where_they_lead_on_github(client, nexus_import, tree, is_zip):
    answer = nexus_import(tree(DOCS, is_zip=is_zip))
    assert answer.exit_code == 0, answer.output
    install = "/wiki/guide/install"
    assert links_of(client, "guide") == (
        [install, "/wiki/index", f"{install}#first-steps", install],
        0,
    )
    assert links_of(client, "index") == (["/wiki/guide", "/wiki/guide", install], 0)
    assert links_of(client, "guide/install") == (
        ["/wiki/guide", "/wiki/guide", "/wiki/index", install],
        0,
    )
    assert links_of(client, "hugo") == (["/wiki/hugo/page"], 0)
    assert links_of(client, "hugo/page") == (["/wiki/hugo"], 0)


def test_an_index_of_another_name_is_the_folders_page(client, nexus_import, tree):
    files = {
        "docs/README.md": "# Docs\n\n[me](index.md) [part](part/index.md) [p](part/_index.md)\n",
        "docs/part.md": "# Part\n\nBeside its folder, as an export has it.\n",
        "docs/part/a.md": "[part](README.md) [docs](../index.md) [all](..) [root](../..)\n",
    }
    nexus_import(tree(files))
    assert links_of(client, "docs") == (["/wiki/docs", "/wiki/docs/part", "/wiki/docs/part"], 0)
    assert links_of(client, "docs/part/a") == (["/wiki/docs/part", "/wiki/docs", "/wiki/docs"], 0)


def test_a_page_is_not_taken_for_another_of_its_name_elsewhere(client, nexus_import, tree):
    files = {
        "intro.md": "[gone](./guide/intro.md) [gone](guide/README.md)\n",
        "other/README.md": "# Other\n",
        "vault/deep/note.md": "text\n",
        "vault/start.md": "[a](note.md) [b](deep/note.md) [gone](../deep/note.md)\n",
    }
    nexus_import(tree(files))
    assert links_of(client, "intro") == ([], 2)
    note = "/wiki/vault/deep/note"
    assert links_of(client, "vault/start") == ([note, note], 1)


def test_pictures_and_links_in_tags_without_quotation_marks(client, nexus_import, tree):
    text = "<img src=img/a.png width=40>\n\n<a href=b%3Dc.html#d>b</a>\n"
    nexus_import(tree({"a.md": text, "img/a.png": picture(), "b=c.md": "# B\n\n## D\n"}))
    written = "<img src=/files/1/a.png width=40>\n\n<a href=b%3Dc.md#d>b</a>\n"
    assert client.get("/raw/a").text == written
    page = client.get("/wiki/a").text
    assert 'src="/files/1/a.png' in page
    assert links_of(client, "a") == (["/wiki/b%3Dc#d"], 0)
