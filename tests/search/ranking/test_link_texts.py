"""Link texts, other names and summaries: what others call a page, and what it calls itself."""

from typing import Any

import pytest

from tests.search.shelf import Library
from wiki.search.documents import LinkText

SPACER = "other words that fill the page with a little text about something else"


def overview(*links: tuple[str, str]) -> dict[str, Any]:
    """A page that consists of links."""
    return {
        "body": "\n".join(text for _, text in links) + " and so on",
        "link_texts": tuple(LinkText(*link) for link in links),
    }


def test_the_page_comes_before_the_overview_that_links_it(library: Library) -> None:
    listed = [("concepts/queue", "Message queue"), ("concepts/cache", "Cache")]
    library.add("All concepts", **overview(*listed, *[("concepts/queue", "Message queue")] * 3))
    library.add("Queues", f"A queue passes each message on. {SPACER}", path="concepts/queue")
    assert library.titles("message queue") == ["Queues", "All concepts"]


@pytest.mark.parametrize("target", ["concepts/clusters", "Concepts/Clusters", "orchestration"])
def test_a_page_is_found_by_what_others_call_it(library: Library, target: str) -> None:
    library.add("Orchestration", SPACER, path="concepts/clusters")
    library.add("Notes", f"See kubes. {SPACER}", link_texts=(LinkText(target, "kubes"),))
    assert set(library.titles("kubes")) == {"Orchestration", "Notes"}


def test_more_pages_say_more_and_one_of_them_says_it_once(library: Library) -> None:
    library.add("Often", SPACER, path="often")
    library.add("Twice", SPACER, path="twice")
    named = (LinkText("often", "kubes"), LinkText("Often", "kubes"))
    library.add("One", SPACER, link_texts=named * 5)
    for title in ("Two", "Three"):
        library.add(title, SPACER, link_texts=(LinkText("twice", "kubes"),))
    assert library.titles("kubes")[:2] == ["Twice", "Often"]


def test_links_count_only_from_pages_that_the_reader_may_see(library: Library) -> None:
    library.add("Open", SPACER, path="open")
    hidden = library.add("Closed", "kubes", link_texts=(LinkText("open", "kubes secret"),))
    assert library.results("kubes", hidden=lambda _: {hidden}).total == 0
    assert library.results("secret", hidden=lambda _: {hidden}).correction is None
    assert library.results("kubes").total == 2
    library.remove(hidden)
    assert library.results("kubes").total == 0


def test_a_page_gains_nothing_from_its_own_links(library: Library) -> None:
    library.add("Plain", f"kubes {SPACER}", path="plain")
    library.add("Vain", f"kubes {SPACER}", path="vain", link_texts=(LinkText("vain", "kubes"),))
    plain, vain = sorted(library.results("kubes").hits, key=lambda hit: hit.page_id)
    assert vain.score == pytest.approx(plain.score, rel=0.02)


def test_long_texts_and_stop_words_name_nothing(library: Library) -> None:
    sentence = "one two three four five six seven eight nine ten eleven twelve thirteen"
    library.add("Target", SPACER, path="target")
    library.add("Long", "", link_texts=(LinkText("target", f"kubes {sentence}"),))
    library.add("Short", "", link_texts=(LinkText("target", "their"),))
    assert library.results("kubes").total == 0
    assert library.results("their").total == 0


def test_links_lead_to_pages_by_former_names(library: Library) -> None:
    library.add("New", SPACER, path="new", former_names=("old/place", "Old title"))
    library.add("One", "", link_texts=(LinkText("old/place", "kubes"),))
    assert library.results("kubes").total == 1
    assert library.titles("old/place")[0] == "New"
    assert library.titles("old title")[0] == "New"


def test_a_page_is_found_by_its_other_names(library: Library) -> None:
    library.add("Usage", "k8s " * 20 + SPACER)
    library.add("Kubernetes", SPACER, names=("K8s", "kube cluster"))
    assert library.titles("k8s")[0] == "Kubernetes"
    assert library.titles("kube-cluster")[0] == "Kubernetes"
    assert library.titles("title:k8s") == ["Kubernetes"]


def test_a_summary_is_searched_and_counts_more_than_text(library: Library) -> None:
    library.add("Text", f"orchestrates {SPACER}")
    library.add("Summary", SPACER, summary="It orchestrates.")
    assert library.titles("orchestrates") == ["Summary", "Text"]
