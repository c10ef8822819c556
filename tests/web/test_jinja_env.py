"""What all templates know, and how they call it."""

import pytest
from jinja2 import pass_context

from wiki.web.jinja_env import cached_url_for


@pytest.fixture
def rendered(app):
    def render(source, **values):
        with app.test_request_context("/"):
            return app.jinja_env.from_string(source).render(values)

    return render


def test_what_asks_for_the_context_gets_it(rendered):
    @pass_context
    def name_of(context, key):
        return context[key]

    assert rendered("{{ name_of('page') }}", name_of=name_of, page="redis") == "redis"


def test_a_macro_escapes_its_values_once(rendered):
    source = "{% macro bold(name) %}<b>{{ name }}</b>{% endmacro %}{{ bold('a & b') }}"
    assert rendered(source) == "<b>a &amp; b</b>"


def test_urls_are_cached_by_what_they_are_made_of(app):
    with app.test_request_context("/"):
        assert cached_url_for("hub.kind", kind="guide") != cached_url_for("hub.kind", kind="term")
    with app.test_request_context("/", base_url="https://example.org/wiki"):
        assert cached_url_for("hub.kind", kind="guide").startswith("/wiki/")
        assert cached_url_for("hub.front", _external=True) == "https://example.org/wiki/"
