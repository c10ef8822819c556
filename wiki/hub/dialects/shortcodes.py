"""Shortcodes of Hugo (`{{< figure src="a.png" >}}`) and tags of Jekyll (`{% link a.md %}`). Those
with an equivalent in Markdown are converted, all others are shown as code.

Source: "Shortcodes" in Hugo’s documentation, "Tags filters" in Jekyll’s.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from wiki.markup.blocks.callouts import CALLOUT_NAMES
from wiki.markup.code_fences import replace_outside_code
from wiki.markup.inlines.code_spans import replace_outside_spans

_TAG = re.compile(
    r"\{\{(?P<mark>[<%])(?P<hugo>(?:\"[^\"\n]*\"|`[^`]*`|(?!\{\{)[^\"`])*?)[>%]\}\}"
    r"|\{%-?(?P<liquid>[^{}\n]*?)-?%\}"
    r"|\{\{-?[ ]*(?P<value>site\.baseurl|site\.url)[ ]*-?\}\}",
    re.DOTALL,
)
# `{{</* figure */>}}` shows a shortcode without running it.
_ESCAPED = re.compile(r"\{\{([<%])/\*([^{}]*?)\*/([>%])\}\}")
_WORD = re.compile(
    r"""(?:([\w-]+)=)?(?:"((?:\\.|[^"\\])*)(?:"|\Z)|`([^`]*)`|'([^'\n]*)'|([^\s"'`=]+))"""
)
_HIGHLIGHT = re.compile(r"(?P<margin>[ \t]*)\{(?:\{[<%]|%-?)[ ]*highlight[ ]+(?P<lang>[\w+#.-]+)")
_END_HIGHLIGHT = re.compile(
    r"[ \t]*\{(?:\{[<%][ ]*/[ ]*highlight|%-?[ ]*endhighlight)[ ]*-?[%>]\}\}?[ \t]*"
)
_TAG_ENDS = ("%}", ">}", "%}}", ">}}")
# Only the site generator knows the target of such a link.
_COMPUTED_LINK = re.compile(
    r"(?<!!)\[([^\[\]\n]+)\]\((\{\{[<%](?![ ]*(?:rel)?ref\b)[^{}\n]*[%>]\}\})\)"
)
_CLOSING = re.compile(r"\{(?:\{[<%][ ]*/[ ]*|%-?[ ]*end)([\w./-]+)[ ]*-?[%>]\}")
_TICKS = re.compile(r"`+")
_VIDEOS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
# Names in themes for a callout whose kind is an argument.
_CALLOUTS = frozenset({"admonition", "alert", "callout", "hint", "notice"})
_KIND_OF_COLOUR = {"primary": "info", "secondary": "note"}  # Bootstrap's, in Docsy


class _Shortcode(NamedTuple):
    """A shortcode as it is written; `words` are its positional arguments."""

    name: str
    words: tuple[str, ...]
    named: Mapping[str, str]
    written: str

    def value(self, name: str, position: int | None = None) -> str:
        if name in self.named:
            return self.named[name]
        return self.words[position] if position is not None and self.words[position:] else ""


def convert_shortcodes(text: str) -> str:
    """`text` with shortcodes converted. Code is left alone, except for escaped shortcodes in it."""
    if "{{" not in text and "{%" not in text:
        return text
    text = replace_outside_code(text, _with_fences)
    text = _replace_in_prose(_COMPUTED_LINK, lambda found: f"{found[1]} ({found[2]})", text)
    closed = frozenset(found[1].lower() for found in _CLOSING.finditer(text))
    text = _replace_in_prose(_TAG, lambda found: _replaced(found, closed), text)
    return _ESCAPED.sub(r"{{\1\2\3}}", text)


def _replace_in_prose(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str
) -> str:
    return replace_outside_code(text, lambda part: replace_outside_spans(pattern, replace, part))


def _with_fences(part: str) -> str:
    """`part` with each pair of highlighting tags turned into a code fence."""
    lines = part.split("\n")
    ends = [number for number, line in enumerate(lines) if _END_HIGHLIGHT.fullmatch(line)]
    made: list[str] = []
    done = 0
    for number, line in enumerate(lines):
        begun = _HIGHLIGHT.match(line) if number >= done else None
        if begun is None or not line.rstrip(" \t").endswith(_TAG_ENDS):
            continue
        next_end = bisect_right(ends, number)
        if next_end == len(ends):
            break
        end = ends[next_end]
        code = lines[number + 1 : end]
        longest = max((len(run) for each in code for run in _TICKS.findall(each)), default=0)
        fence = begun["margin"] + "`" * max(3, 1 + longest)
        made += [*lines[done:number], fence + begun["lang"], *code, fence]
        done = end + 1
    return "\n".join([*made, *lines[done:]])


def _replaced(found: re.Match[str], closed: Collection[str]) -> str:
    if found["value"]:
        return ""
    inside = found["hugo"] if found["mark"] else found["liquid"]
    if inside.startswith("/*"):
        return f"`` {found[0]} ``"
    read = _read(inside, found[0])
    return found[0] if read is None else _markdown(read, closed)


def _read(inside: str, written: str) -> _Shortcode | None:
    name, rest = _split(re.sub(r"^\s*/\s*", "/", inside))
    if not re.fullmatch(r"/?[\w./-]+", name):
        return None
    words: list[str] = []
    named: dict[str, str] = {}
    for key, *values in _WORD.findall(rest.removesuffix("/")):
        value = next(filter(None, values), "").replace('\\"', '"')
        if key:
            named[key] = value
        else:
            words.append(value)
    return _Shortcode(name.lower(), tuple(words), named, written)


def _split(inside: str) -> tuple[str, str]:
    first, *rest = inside.split(maxsplit=1) or [""]
    return first, "".join(rest)


def _markdown(tag: _Shortcode, closed: Collection[str]) -> str:
    """The Markdown that replaces a shortcode; `closed` are names that have a closing tag."""
    name = tag.name.removeprefix("/").removeprefix("end")
    if name in ("ref", "relref", "link", "post_url"):
        address = tag.value("path", 0)
        return f"{address}.md" if name == "post_url" else address
    if name in ("figure", "img") and tag.value("src"):
        return _figure(tag)
    if name in _VIDEOS and (video := tag.value("id", 0)):
        return f"<{_VIDEOS[name]}{video}>"
    if name == "raw":
        return ""
    if name in closed and (name in CALLOUT_NAMES or name in _CALLOUTS or name == "details"):
        return _callout(tag, name)
    written = " ".join(tag.written.split())
    return f"`` {written} ``" if "`" in written else f"`{written}`"


def _figure(tag: _Shortcode) -> str:
    address = tag.value("src")
    address = f"<{address}>" if re.search(r"[\s()]", address) else address
    words = re.sub(r"([\[\]\\])", r"\\\1", tag.value("alt") or tag.value("caption"))
    picture = f"![{words}]({address})"
    if link := tag.value("link"):
        picture = f"[{picture}]({link})"
    below = [f"**{title}**" for title in [tag.value("title")] if title]
    below += [caption for caption in [tag.value("caption")] if caption]
    return picture + "".join(f"\\\n{line}" for line in below)


def _callout(tag: _Shortcode, name: str) -> str:
    """The start or end of a callout in the wiki’s syntax."""
    if tag.name.startswith(("/", "end")):
        return "\n:::\n"
    kind, title = name, tag.value("title") or tag.value("summary")
    if name in _CALLOUTS:
        asked = (tag.value("type") or tag.value("color") or tag.value("style", 0)).lower()
        asked = _KIND_OF_COLOUR.get(asked, asked)
        kind = asked if asked in CALLOUT_NAMES else "note"
        title = title or tag.value("heading", 1)
    else:
        title = title or tag.value("heading", 0)
    return f"\n:::{kind} {title}".rstrip(" ") + "\n"
