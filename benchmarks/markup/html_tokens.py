"""Normalises HTML to a list of tags and texts, to compare two renderings.

Insignificant parts are left out: white space between blocks, ids, and additions of the wiki (the
frame around code, colours, labels of checkboxes, classes that are in no specification).
"""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    re.findall(
        r"\S+", "p div ul ol li blockquote h1 h2 h3 h4 h5 h6 hr table thead tbody tr td th pre"
    )
)
_OURS = frozenset({"aria-label", "class", "id", "tabindex"})
_HEADING = re.compile(r"h([1-6])$")


class Stream(HTMLParser):
    """Parses HTML to a list of tags and texts without insignificant white space."""

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
        kept = _meaning(tag, given)
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
        """The list, also without spaces at the beginning of blocks."""
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


def _meaning(tag: str, given: dict[str, str | None]) -> dict[str, str | None]:
    """The attributes that the specifications define, including the alignment of table cells."""
    kept = {name: value for name, value in given.items() if name not in _OURS}
    named = given.get("class") or ""
    if tag == "code" and named:
        kept["class"] = named.removeprefix("language-").lower()
    elif tag in {"td", "th"} and named.startswith("align-"):
        kept["align"] = named.removeprefix("align-")
    elif tag in {"td", "th"} and (style := kept.pop("style", None)):
        kept["align"] = style.removeprefix("text-align: ").removesuffix(";")
    elif tag == "input":
        kept = {"type": kept.get("type")} | ({"checked": ""} if "checked" in kept else {})
    return kept


def stream(html: str, *, shift: bool) -> list[object]:
    """The normalised form of `html`; `shift` raises headings that were lowered by one level."""
    reader = Stream(shift=shift)
    reader.feed(html.strip())
    reader.close()
    return reader.result()
