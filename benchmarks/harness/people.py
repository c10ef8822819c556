"""The actions of users: signing in, and saving a page by its form."""

import html
import re
import time
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.harness.client import Answer, Browser, WrongAnswer
from benchmarks.harness.servers import PASSWORD

_HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
_AREA = re.compile(r"<textarea[^>]*>\n?(.*?)</textarea>", re.S)
_TITLE = re.compile(r'<input[^>]*name="title"[^>]*>')
_KIND = re.compile(r'<select[^>]*name="kind".*?</select>', re.S)
_SELECTED = re.compile(r'<option[^>]*selected[^>]*value="([^"]*)"')


def sign_in(port: int, username: str) -> Browser:
    """A browser that is signed in as `username`. Raises `WrongAnswer`."""
    browser = Browser(port)
    page = browser.get("/account/login")
    fields = {**hidden_fields(page.text), "username": username, "password": PASSWORD}
    answer = browser.post("/account/login", fields)
    if answer.status != 303:
        raise WrongAnswer(f"sign-in answered {answer.status}: {answer.text[:2000]}")
    return browser


@dataclass(slots=True)
class OpenEditor:
    """An open edit form."""

    browser: Browser
    url: str
    fields: dict[str, str]

    @classmethod
    def of(cls, browser: Browser, path: str) -> "OpenEditor":
        url = f"/edit/{quote(path)}"
        return cls(browser, url, editor_fields(_expect(browser.get(url), 200).text))

    def save(self, addition: str) -> float:
        """Save with `addition` as a last paragraph; returns the seconds until the response."""
        fields = {**self.fields, "text": f"{self.fields['text'].rstrip()}\n\n{addition}\n"}
        started = time.perf_counter()
        answer = self.browser.post(self.url, fields)
        seconds = time.perf_counter() - started
        _expect(answer, 303)
        return seconds


def editor_fields(text: str) -> dict[str, str]:
    """The fields that a browser sends from the edit form in a page. Raises `WrongAnswer`."""
    kind = _SELECTED.search(_found(_KIND, text))
    return {
        **hidden_fields(text),
        "title": _value(_found(_TITLE, text)),
        "text": html.unescape(_found(_AREA, text, 1)),
        "kind": kind[1] if kind else "page",
        "tags": "",
        "summary": "Measured",
        "action": "save",
    }


def _expect(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise WrongAnswer(f"{answer.status} instead of {status}: {answer.text[:2000]}")
    return answer


def _found(pattern: re.Pattern[str], text: str, group: int = 0) -> str:
    found = pattern.search(text)
    if found is None:
        raise WrongAnswer(f"no {pattern.pattern} in {text[:2000]}")
    return found[group]


def hidden_fields(text: str) -> dict[str, str]:
    fields = {}
    for field in _HIDDEN.findall(text):
        attributes = dict(_ATTRIBUTE.findall(field))
        if "name" in attributes:
            fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return fields


def _value(field: str) -> str:
    return html.unescape(dict(_ATTRIBUTE.findall(field)).get("value", ""))
