"""What a rendered page may consist of, stated independently of the sanitizer.

`violations` reads HTML as a stream of tags; nh3, which parses as browsers do and shares no code
with bleach, is run too, and bleach once more.
"""

import re
from html.parser import HTMLParser
from itertools import zip_longest

import bleach
import nh3

TAGS = {
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
}
# What a formula is made of; beside it the sanitizer lets nobody write any of these.
MATH_LEAVES = {"mi", "mn", "mo", "ms", "mspace", "mtext", "mprescripts"}
MATH_PARENTS = """
    math mfrac mmultiscripts mover mpadded mphantom mroot mrow msqrt mstyle msub msubsup msup
    mtable mtd mtr munder munderover
"""
MATH = MATH_LEAVES | set(MATH_PARENTS.split())
MATH_ATTRIBUTES = """
    columnalign columnlines columnspacing depth display displaystyle fence form height largeop
    linethickness lspace mathvariant maxsize minsize movablelimits rowlines rowspacing rspace
    scriptlevel separator stretchy symmetric width
"""
EVERYWHERE = {"class", "id", "title", "lang", "dir", "tabindex", "role", "aria-label", "align"}
ATTRIBUTES = {
    "*": EVERYWHERE,
    "a": {"href", "rel", "data-line"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "div": {"data-language", "data-page", "data-pages"},
    "img": {"src", "alt", "loading", "width", "height"},
    "input": {"type", "disabled", "checked"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "span": {"data-file", "data-picture", "data-linked", "alt", "loading", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    **{tag: set(MATH_ATTRIBUTES.split()) for tag in MATH},
}
ADDRESS = re.compile(
    r"https?://[^/\\]|mailto:[^@]+@|wiki:[\w.~%/-]+(#[\w.~%-]*)?$|#|/(?![/\\])[^\\]*$|/$"
)
PICTURE = re.compile(r"/files/[0-9]")
CLASS = re.compile(
    r"(?:wikilink|external|anchor|code|table-scroll|task|tasks|footnote-ref|footnote-back"
    r"|footnotes|diagram|embed|formula|line|line marked|line-number"
    r"|admonition-title|admonition [a-z]+|admonition warning cut"
    r"|align-(?:left|center|right)|language-[\w+#.-]+|[a-z][a-z0-9]{0,3})$"
)
SCHEMES = {"http", "https", "mailto", "wiki"}
MARKS = re.compile("[\x0e\x0f\ufdd0-\ufdef]")  # what our own tools leave inside while they work
# Two parsers differ in whether a reference to one of these is the character or nothing.
NO_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


class Reader(HTMLParser):
    """Everything in the HTML that a page may not have."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[object] = []
        self.wrong: list[str] = []
        self._formula: list[str] = []  # the open elements of the formula that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, sorted((k, NO_CHARACTER.sub("", v or "")) for k, v in attrs)))
        if tag not in TAGS | MATH:
            self.wrong.append(f"<{tag}>")
        if self._formula and (tag not in MATH or self._formula[-1] in MATH_LEAVES):
            self.wrong.append(f"<{tag}> in <{self._formula[-1]}>")
        if self._formula or tag == "math":
            self._formula.append(tag)
        elif tag in MATH:
            self.wrong.append(f"<{tag}> outside of a formula")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in EVERYWHERE | ATTRIBUTES.get(tag, set()):
            self.wrong.append(f"<{tag} {name}>")
        forms = {"href": ADDRESS, "src": PICTURE, "class": CLASS}
        if name in forms and not forms[name].match(value):
            self.wrong.append(f"<{tag} {name}={value!r}>")
        if name == "id" and value.startswith("nx-"):
            self.wrong.append(f"<{tag} id={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if self._formula and self._formula.pop() != tag:
            self.wrong.append(f"</{tag}> in a formula")
        self.events.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.events.append(NO_CHARACTER.sub("", data))

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")


def read(html: str) -> Reader:
    """`html` read to its end."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def violations(html: str) -> list[str]:
    """What `html` contains that no page may have."""
    return read(html).wrong


def without_formulas(html: str) -> str:
    """`html` with each formula replaced by a word; sanitizers are never given one."""
    return re.sub(r"<math[^>]*>.*?</math>", "formula", html, flags=re.DOTALL)


def through_nh3(html: str) -> str:
    """`html` as ammonia leaves it with the same lists."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
    )


def through_bleach(html: str) -> str:
    """`html` sanitized again."""
    attributes = {tag: sorted(names) for tag, names in ATTRIBUTES.items()}
    return bleach.clean(html, tags=TAGS, attributes=attributes, protocols=SCHEMES, strip=True)


def assert_safe(html: str) -> None:
    """Fails when a rendering has something that no page may have, when either sanitizer would
    change it, or when it can't be sent."""
    html.encode()
    assert not MARKS.search(html), html
    assert not violations(html), html
    plain = without_formulas(html)
    events = read(plain).events
    changed = [
        (ours, theirs)
        for ours, theirs in zip_longest(events, read(through_nh3(plain)).events)
        if theirs not in (ours, _led_nowhere(ours))
    ]
    assert not changed, html
    assert read(through_bleach(plain)).events == events, html


def _led_nowhere(event: object) -> object:
    """An element without its address: ammonia drops those that no browser could follow."""
    if not isinstance(event, tuple):
        return event
    tag, attributes = event
    return tag, [(k, v) for k, v in attributes if k not in {"href", "src"} or ":" not in v]
