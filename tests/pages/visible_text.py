"""What a person sees of an answer."""

import re
from html import unescape

from werkzeug.test import TestResponse

from tests.person import Person


def main(answer: TestResponse) -> str:
    """The words in the main part of a page, tags taken out."""
    inner = answer.text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inner)).split())


def raw(person: Person, path: str, revision: int | None = None) -> str:
    """The Markdown of a page."""
    asked = f"?revision={revision}" if revision else ""
    answer = person.get(f"/raw/{path}{asked}")
    assert answer.status_code == 200, answer.status
    return answer.get_data().decode()


def count_revisions(person: Person, path: str) -> int:
    """How many revisions the page's history shows."""
    return person.get(f"/history/{path}").text.count('class="history-entry"')


def link_classes(answer: TestResponse, label: str) -> str:
    """The classes of the link that reads `label` in the page's text."""
    found = re.search(rf"<a ([^>]*)>{re.escape(label)}</a>", answer.text.partition("data-text")[2])
    assert found, f"no link {label!r}"
    classes = re.search(r'class="([^"]*)"', found[1])
    return classes[1] if classes else ""


def link_to(answer: TestResponse, label: str) -> str:
    """The address of the link that reads `label`."""
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>{re.escape(label)}</a>', answer.text)
    assert found, f"no link {label!r}"
    return unescape(found[1])


def field_error(answer: TestResponse, name: str) -> str:
    """What is told at the field `name`; empty when nothing is."""
    found = re.search(rf'id="nx-{name}-error">([^<]*)<', answer.text)
    return unescape(found[1]) if found else ""
