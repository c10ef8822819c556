"""Pages of Docusaurus that are partly programs."""

import pytest

from wiki.hub.dialects import mdx
from wiki.hub.dialects.mdx import _margin, convert_mdx


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
        ("import it from the menu.\n\nexport default settings first.\n", None),
        ("export class files, then `type` them.\n\nexport const\n", None),
        ("export default Layout;\n\nexport class A extends B {}\n\nC\n", "C\n"),
        ("A `{/* note */}` of {/* a\nline */}two.\n", "A `{/* note */}` of two.\n"),
        ("{/* a */} kept {/* b */}\n", " kept \n"),
        ("A `<Tabs>` stays.\n", None),
        ("<Tabs>\n\nhas no end\n", None),
        ("has no beginning\n\n</Tabs>\n", None),
        ("```jsx\n<Tabs>\nx\n</Tabs>\n```\n", None),
        ('<Card\n  title="A > b"\n/>\n', '`<Card title="A > b" />`\n'),
        ("<Tabs values={[{a: '>'}]}>\nx\n</Tabs>\n", "\nx\n\n"),
        ('<Item value="a" label="B">x</Item>\n', "\n**B**\n\nx\n\n"),
    ],
)
def test_what_only_a_program_needs_goes(written, kept):
    assert convert_mdx(written, is_mdx=True) == (written if kept is None else kept)


def test_a_component_within_one_is_no_code_for_being_indented(client, nexus_import, tree):
    text = (
        "# A\n\n<Tabs>\n    <TabItem value='npm'>\n\n    Take *npm*.\n\n"
        "    ```\n    npm i\n    ```\n    </TabItem>\n</Tabs>\n"
    )
    nexus_import(tree({"a.mdx": text}))
    page = client.get("/wiki/a").text
    assert "<strong>npm</strong>" in page
    assert "Take <em>npm</em>." in page
    assert "<code>npm i\n</code>" in page
    assert "TabItem" not in page


def test_a_plain_file_is_read_as_mdx_only_when_it_imports_something(client, nexus_import, tree):
    nexus_import(
        tree(
            {
                "a.md": "import X from 'x'\n\n# A\n\n<X>\n\n*in*\n\n</X>\n",
                "b.md": "# B\n\nexport it, then\nimport it from the menu\n\n{/* kept */}\n",
                "c.md": "# C\n\n```js\nimport X from 'x'\n```\n\nexport it\n",
            }
        )
    )
    assert client.get("/raw/a").text.split() == ["*in*"]
    assert client.get("/raw/b").text.startswith("export it, then\nimport it")
    assert "{/* kept */}" in client.get("/raw/b").text
    assert "export it" in client.get("/raw/c").text


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


@pytest.mark.quick
def test_a_line_is_looked_at_once_however_many_components_are_around_it(monkeypatch):
    looked_at = []
    monkeypatch.setattr(mdx, "_margin", lambda line: looked_at.append(line) or _margin(line))
    depth, count = mdx.COMPONENT_NESTING_LIMIT, 500
    begin = [f"{'  ' * each}<A{each}>" for each in range(depth)]
    end = [f"{'  ' * each}</A{each}>" for each in reversed(range(depth))]
    inner = [f"{'  ' * depth}x" for _ in range(count)]
    kept = convert_mdx("\n".join([*begin, *inner, *end]), is_mdx=True)
    assert kept.split() == ["x"] * count
    assert "\nx\n" in kept  # at the margin of the outermost
    assert len(looked_at) < 2 * count
