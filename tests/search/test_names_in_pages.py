"""Link texts, aliases, glossaries and summaries of real pages, and that none of them leaks."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.person import Person
from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

JSON = {"Accept": "application/json"}


@pytest.fixture
def find(client: Person, index_now: Callable[[], None]) -> Callable[[str], list[str]]:
    """The titles that a stranger finds, best first."""

    def found(query: str) -> list[str]:
        index_now()
        answer = client.get("/search", query_string={"q": query}, headers=JSON)
        return [hit["title"] for hit in answer.get_json()["hits"]]

    return found


def test_a_link_by_title_or_path_and_a_markdown_link(make_page: Any, find: Any) -> None:
    make_page("tools/cluster", title="Orchestration", text="Runs containers.\n")
    make_page("one", title="One", text="See [[Orchestration|kubes]].\n")
    make_page("two", title="Two", text="See [*the* kubectl thing](/tools/cluster#a).\n")
    assert set(find("kubes")) == {"One", "Orchestration"}
    assert set(find("kubectl")) == {"Two", "Orchestration"}


def test_a_term_of_a_glossary_is_a_name_of_the_page_it_links(make_page: Any, find: Any) -> None:
    make_page("tools/cluster", title="Orchestration", text="Runs containers.\n")
    text = "Kubelet\n: What [[Orchestration|it]] starts.\n\nOther\n: Nothing.\n"
    make_page("words", title="Words", kind="glossary", text=text)
    assert set(find("kubelet")) == {"Orchestration", "Words"}
    assert find("other") == ["Words"]


def test_aliases_and_summaries(make_page: Any, find: Any, client: Person) -> None:
    fields = {"aliases": ["K8s", "old/place"], "summary": "It orchestrates zebras."}
    make_page("kubernetes", title="Kubernetes", text="Runs containers.\n", fields=fields)
    make_page("usage", title="Usage", text="k8s k8s k8s\n")
    make_page(
        "d", title="D", text="x\n", fields={"description": "About a quagga.", "alias": "a, b"}
    )
    assert find("k8s") == ["Kubernetes", "Usage"]
    assert find("quagga") == ["D"]
    shown = client.get("/search?q=zebras").text
    assert "<mark>zebras</mark>" in shown
    assert client.get("/search/suggest?q=k8").get_json()[1] == ["Kubernetes"]


def test_hidden_pages_say_nothing_by_their_links(
    app: Flask, make_page: Any, find: Any, client: Person
) -> None:
    make_page("open", title="Open", text="Plain text.\n")
    make_page("closed/plan", title="Plan", text="Our [[open|marimba]].\n")
    assert set(find("marimba")) == {"Open", "Plan"}
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    assert find("marimba") == []
    assert "marimba" not in client.get("/search/suggest?q=marim").text.replace('marim"', "")
