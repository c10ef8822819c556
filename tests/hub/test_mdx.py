"""Pages of Docusaurus that are half a program."""

import pytest

from wiki.hub.trees.mdx import without_program


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("import Tabs from '@theme/Tabs';\n\nA text.\n", "A text.\n"),
        ("import {\n  A,\n} from './a';\n\n# B\n", "# B\n"),
        ("A text.\n\nexport const x = 1;\n\nMore.\n", "A text.\n\nMore.\n"),
        ("A {/* note */}text.\n", "A text.\n"),
        ("{/*\nlong\n\nnote\n*/}\nA text.\n", "A text.\n"),
        ("```js\nimport a from 'a';\n\n{/* kept */}\n```\n", None),
        ("To import files, open the menu.\n", None),
        ("important things\n\nexported ones\n", None),
        ("<Tabs>x</Tabs>\n", None),
    ],
)
def test_what_only_a_program_needs_goes(written, kept):
    assert without_program(written) == (written if kept is None else kept)


def test_a_page_in_mdx_comes_in_and_is_linked(client, nexus_import, tree):
    nexus_import(
        tree(
            {
                "a.md": "# A\n\n[b](guide/b.mdx) [g](guide/)\n",
                "guide/b.mdx": "---\ntitle: B\n---\nimport X from 'x';\n\n## One\n\n[a](../a.md)\n",
                "guide/index.mdx": "# Guide\n\nText.\n",
            }
        )
    )
    page = client.get("/wiki/a").text
    assert 'href="/wiki/guide/b"' in page
    assert 'href="/wiki/guide"' in page
    assert client.get("/raw/guide/b").text == "## One\n\n[a](../a.md)\n"
    assert 'href="/wiki/a"' in client.get("/wiki/guide/b").text
