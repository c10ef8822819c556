"""The structure of a page, as found in its HTML."""

from html.parser import HTMLParser

_VOID = {"br", "hr", "img", "input", "link", "meta", "use", "col", "path", "circle"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CONTROLS = {"input", "select", "textarea"}


class Shape(HTMLParser):
    """The elements of a page: `ids`, `headings` (levels in order), `unlabelled`, `forbidden`.

    `forbidden` lists what the policy of the wiki refuses: inline scripts, styles and handlers.
    What people wrote (inside `data-text`) is left out.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.forbidden: list[str] = []
        self.nameless: list[str] = []
        self._controls: list[dict[str, str]] = []
        self._labels: set[str] = set()
        self._open: list[tuple[str, bool]] = []  # tag, and whether it begins a person's text
        self._named: list[bool] = []  # for each open link and button: is there a name so far
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        is_text = "data-text" in attributes
        if tag not in _VOID:
            self._open.append((tag, is_text))
        if any(is_inside for _tag, is_inside in self._open) and not is_text:
            return
        self.tags.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag in _HEADINGS:
            self.headings.append(int(tag[1]))
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.forbidden.append(tag)
        self.forbidden += [name for name in attributes if name == "style" or name[:2] == "on"]
        if tag == "label":
            self._labels.add(attributes.get("for", ""))
        if tag in _CONTROLS and attributes.get("type") != "hidden" and "hidden" not in attributes:
            self._controls.append(attributes)
            if any(open_tag == "label" for open_tag, _is_text in self._open):
                self._labels.add(attributes.get("id", ""))
                attributes["aria-label"] = "of the label around it"
        if tag in ("a", "button"):
            self._named.append("aria-label" in attributes)

    def handle_data(self, data: str) -> None:
        if self._named and data.strip():
            self._named[-1] = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "button") and self._named and not self._named.pop():
            self.nameless.append(tag)
        while self._open and self._open.pop()[0] != tag:
            pass

    @property
    def unlabelled(self) -> list[dict[str, str]]:
        return [
            control
            for control in self._controls
            if control.get("id") not in self._labels and "aria-label" not in control
        ]
