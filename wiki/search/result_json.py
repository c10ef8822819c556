"""Search results as JSON, with the same contents as the page of results."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from wiki.search.listing import Listing, SearchResult
from wiki.search.results.facets import Facet
from wiki.web.pagination import Pagination


class ResultWords(NamedTuple):
    """Functions for the label of a facet, the label of its value, and the address of a page."""

    heading: Callable[[str], str]
    label: Callable[[str, str], str]
    address: Callable[[str], str]


def as_json(
    listing: Listing, pagination: Pagination, words: ResultWords, *, by_date: bool
) -> dict[str, Any]:
    """A dictionary for `flask.jsonify`; `docs/addresses.md` describes its fields."""
    results = listing.results
    progress = results.progress
    hint, correction, shorter = results.query.hint, results.correction, results.relaxed
    return {
        "query": listing.query.text,
        "state": results.state,
        "progress": progress and {"done": progress.done, "total": progress.total},
        "behind": listing.behind,
        "sort": "date" if by_date else "relevance",
        "total": listing.total,
        "page": pagination.page,
        "pages": pagination.pages,
        "hint": hint and {"name": hint.name, "text": hint.text},
        "correction": correction and {"text": correction.text, "is_applied": correction.is_applied},
        "shorter": shorter and {"text": shorter.text, "total": shorter.total},
        "is_loosened": results.is_loosened,
        "near": results.near,
        "hits": [_hit(found, words.address) for found in listing.found],
        "facets": [_facet(facet, words) for facet in results.facets],
    }


def _hit(found: SearchResult, address: Callable[[str], str]) -> dict[str, Any]:
    page, snippet = found.page, found.snippet
    url = address(page.path)
    section = {
        "id": snippet.section_id,
        "heading": snippet.heading,
        "url": f"{url}#{quote(snippet.section_id)}",
    }
    return {
        "title": page.title,
        "path": page.path,
        "url": url,
        "kind": page.kind,
        "status": page.status,
        "tags": list(page.tags),
        "changed": page.updated_at.isoformat(timespec="seconds"),
        "section": section if snippet.section_id and found.heading else None,
        "snippet": str(snippet.html),
        "is_same_error": found.is_same_error,
        "counts": dict(page.counts),
    }


def _facet(facet: Facet, words: ResultWords) -> dict[str, Any]:
    values = [
        {
            "name": value.name,
            "label": words.label(facet.field, value.name),
            "count": value.count,
            "is_chosen": value.is_chosen,
            "query": value.text,
        }
        for value in facet.values
    ]
    return {"field": facet.field, "label": words.heading(facet.field), "values": values}
