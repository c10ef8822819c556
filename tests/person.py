"""A person at a browser without JavaScript: a client that reads and sends forms."""

import contextvars
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from wiki.app_state import settings_of


class Form:
    """A form as it stood on the page when it was opened; what isn't filled in is sent as it stood.

    `values` is what a browser would send: hidden fields and the CSRF token included.
    """

    def __init__(self, person: "Browser", url: str, attributes: dict[str, str]) -> None:
        self.person = person
        self.page_url = url
        self.action = urljoin(url, attributes.get("action", "") or url)
        self.method = attributes.get("method", "get").upper()
        self.is_multipart = attributes.get("enctype") == "multipart/form-data"
        self.values: MultiDict[str, Any] = MultiDict()
        self.names: set[str] = set()
        self.boxes: dict[str, str] = {}

    def submit(self, **fields: Any) -> TestResponse:
        """Fill `fields` in and send the form; redirects aren't followed.

        `True` and `False` tick and untick a box, `None` takes the field out, a list sends it
        several times.
        """
        data = MultiDict(self.values)
        for name, value in fields.items():
            data.poplist(name)
            if value is True:
                data.add(name, self.boxes.get(name, "y"))
            elif value is not None and value is not False:
                data.setlist(name, value if isinstance(value, list) else [value])
        if self.method == "GET":
            return self.person.get(self.action, query_string=data)
        type_ = "multipart/form-data" if self.is_multipart else None
        return self.person.post(self.action, data=data, content_type=type_)


class Browser:
    """Reads and sends forms for a client that has `get` and `post`."""

    get: Callable[..., Any]
    post: Callable[..., Any]

    def open_form(self, url: str, has: str | None = None) -> Form:
        """The form of the page at `url` that posts to `url`, or the first that has a field `has`.

        Without such a form: the first one that posts and isn't part of the frame.
        """
        response = self.get(url)
        assert response.status_code in (200, 404), f"{url} answered {response.status}"
        return self.form_in(response, url, has)

    def form_in(self, response: TestResponse, url: str, has: str | None = None) -> Form:
        """The same in an answer that is there already, as after a 409 or a 422."""
        reader = _Forms(self, url, response.text)
        if has is not None:
            forms = [form for form in reader.forms if has in form.names]
        else:
            posting = [form for form in reader.forms if form.method == "POST"]
            here = urlsplit(url).path
            forms = [f for f in posting if urlsplit(f.action).path == here]
            forms = forms or [f for f in posting if f in reader.in_main] or posting
        assert forms, f"no form on {url}"
        return forms[0]

    def post_form(self, url: str, **fields: Any) -> TestResponse:
        """Open the form at `url` and send it with `fields` filled in."""
        return self.open_form(url).submit(**fields)


class Person(Browser, FlaskClient):
    """A test client; each request has contexts of its own, whatever the test has pushed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Flask reuses an application context that is there already, and with it `g`, where
        # Flask-Login keeps who is signed in: one test's people would become each other.
        base = settings_of(self.application).base_url
        if base and args and isinstance(args[0], str):
            kwargs.setdefault("base_url", base)
            # Over HTTPS a form is taken from a page of ours, which browsers tell.
            kwargs.setdefault("environ_overrides", {"HTTP_REFERER": f"{base}/"})
        return contextvars.Context().run(super().open, *args, **kwargs)


# What a form is made of. Python's parser reads everything else as well, in ten times the time.
_TAG = re.compile(
    r"""<(/?)(main|form|input|textarea|select|option)\b((?:[^>"']|"[^"]*"|'[^']*')*)>"""
)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TEXT_END = re.compile("</textarea", re.IGNORECASE)


class _Forms:
    """Reads forms and the values that a browser would send of them."""

    def __init__(self, person: Browser, url: str, page: str) -> None:
        self.person, self.url = person, url
        self.forms: list[Form] = []
        self.in_main: list[Form] = []
        self._form: Form | None = None
        self._is_main = False
        self._select: str | None = None
        page, place = _COMMENT.sub("", page), 0
        while found := _TAG.search(page, place):
            place = found.end()
            if found[1]:
                self._end(found[2])
                continue
            attributes = _attributes(found[3])
            self._begin(found[2], attributes)
            if found[2] == "textarea":
                end = _TEXT_END.search(page, place)
                assert end, f"a text field without an end on {url}"
                self._text(attributes, unescape(page[place : end.start()]))
                place = end.start()

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "main":
            self._is_main = True
        elif tag == "form":
            self._form = Form(self.person, self.url, attributes)
            self.forms.append(self._form)
            if self._is_main:
                self.in_main.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, attributes)

    def _field(self, form: Form, tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        if tag == "option" and self._select:
            if "selected" in attributes or self._select not in form.values:
                form.values[self._select] = attributes.get("value", "")
        elif not name or "disabled" in attributes:
            return
        elif tag == "input":
            self._input(form, name, attributes)
        else:
            form.names.add(name)
            if tag == "select":
                self._select = name

    def _input(self, form: Form, name: str, attributes: dict[str, str]) -> None:
        type_ = attributes.get("type", "text")
        form.names.add(name)
        if type_ in ("checkbox", "radio"):
            form.boxes.setdefault(name, attributes.get("value", "on"))
            if "checked" not in attributes:
                return
        if type_ not in ("submit", "button", "image", "file", "reset"):
            value = attributes.get("value", "on" if type_ == "checkbox" else "")
            # Browsers drop line ends in a field of one line.
            is_line = type_ not in ("hidden", "checkbox", "radio")
            form.values.add(name, re.sub("[\r\n]", "", value) if is_line else value)

    def _text(self, attributes: dict[str, str], text: str) -> None:
        name = attributes.get("name", "")
        if self._form is not None and name and "disabled" not in attributes:
            # A browser drops the first line end after the tag.
            self._form.values.add(name, text.replace("\r\n", "\n").removeprefix("\n"))

    def _end(self, tag: str) -> None:
        if tag == "main":
            self._is_main = False
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def _attributes(written: str) -> dict[str, str]:
    return {name: unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(written)}
