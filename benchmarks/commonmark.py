"""How much of CommonMark the wiki's dialect reads as the specification says.

    python benchmarks/commonmark.py spec.txt [--failures]

`spec.txt` is the specification's own file (npm package `commonmark-spec`). What is compared is the
HTML before sanitising, as a stream of tags and texts; what the wiki adds on purpose is left out:
ids, the frame around code, colours, headings one level down after an h1.
"""

import argparse
import collections
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from wiki.markup.marks import clean_source, fill_slots
from wiki.markup.shell import Shell

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} *([^\n]*)$", re.M | re.S)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "pre",
    ]
)
_HEADING = re.compile(r"h([1-6])$")


class Stream(HTMLParser):
    """HTML as a list of tags and texts in which white space that means nothing is gone."""

    def __init__(self, *, shift: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[object] = []
        self._shift = shift
        self._level = 0
        self._frames: list[bool] = []
        self._pre = 0

    def _name(self, tag: str) -> str:
        if self._shift and (found := _HEADING.match(tag)):
            level = int(found[1])
            self._level = self._level or level == 1
            return f"h{min(level + self._level, 6)}"
        return tag

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"div", "span"}:
            is_frame = (tag == "span" and "class" in given) or given.get("class") == "code"
            self._frames.append(is_frame)
            if is_frame:
                return
        kept = {k: v for k, v in given.items() if k not in {"id", "tabindex"}}
        if tag == "code":
            language = (kept.get("class") or "").removeprefix("language-")
            kept = {"class": language.lower()} if language else {}
        self._trim(tag)
        self.events.append((self._name(tag), sorted(kept.items(), key=str)))
        self._pre += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"div", "span"} and self._frames and self._frames.pop():
            return
        self._trim(tag)
        self.events.append(f"/{self._name(tag)}")
        self._pre -= tag == "pre"

    def handle_data(self, data: str) -> None:
        last = self.events[-1] if self.events else None
        if isinstance(last, list):
            last[0] += data
        else:
            self.events.append([data])
        if not self._pre:
            self.events[-1] = [re.sub(r"\s+", " ", self.events[-1][0])]  # type: ignore[index]

    def handle_comment(self, data: str) -> None:
        self.events.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.events.append(f"<!{decl}")

    def _trim(self, tag: str) -> None:
        if tag in _BLOCKS and not self._pre and self.events and isinstance(self.events[-1], list):
            text = self.events[-1][0].rstrip()
            self.events[-1:] = [[text]] if text else []

    def result(self) -> list[object]:
        """The events, spaces at the beginning of blocks gone too."""
        out: list[object] = []
        pre = 0
        for event in self.events:
            name = event[0] if isinstance(event, tuple) else event
            pre += (isinstance(event, tuple) and name == "pre") - (event == "/pre")
            if isinstance(event, list) and not pre:
                before = out[-1] if out else ("p",)
                previous = before[0] if isinstance(before, tuple) else str(before).lstrip("/")
                text = event[0].lstrip() if previous in _BLOCKS or previous == "br" else event[0]
                if not text:
                    continue
                out.append([text])
            else:
                out.append(event)
        while out and isinstance(out[-1], list) and not out[-1][0].strip():
            out.pop()
        return out


def stream(html: str, *, shift: bool) -> list[object]:
    """`html` for comparison."""
    reader = Stream(shift=shift)
    reader.feed(html.strip())
    reader.close()
    return reader.result()


def main() -> None:
    """Print the score, and by section what is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("spec", type=Path)
    arguments.add_argument("--failures", action="store_true", help="print each example that fails")
    given = arguments.parse_args()
    shell = Shell()
    section, total = "", 0
    missed: collections.Counter[str] = collections.Counter()
    for found in _EXAMPLE.finditer(given.spec.read_text(encoding="utf-8")):
        if found[3] is not None:
            section = found[3]
            continue
        markdown, expected = (found[n].replace("→", "\t") for n in (1, 2))
        total += 1
        unsafe = shell.read(clean_source(markdown))
        html = fill_slots(unsafe.to_html(unsafe.root), shell.pieces)
        if stream(html, shift=False) != stream(expected, shift=True):
            missed[section] += 1
            if given.failures:
                print(f"--- {section}\n{markdown}\n... expected\n{expected}\n... got\n{html}\n")
    passed = total - missed.total()
    print(f"{passed} of {total} = {100 * passed / total:.1f} %")
    for name, count in missed.most_common():
        print(f"  {name}: {count}")


if __name__ == "__main__":
    main()
