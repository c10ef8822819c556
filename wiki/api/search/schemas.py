"""Request and response models of search, suggestions, tags and kinds."""

from typing import Literal

from pydantic import Field

from wiki.api.pages.schemas import PageItem
from wiki.api.schema import ListQuery, Moment, QueryModel, ResponseModel

MAX_QUERY = 10_000  # characters, enough for a pasted stack trace


class SearchQuery(ListQuery):
    q: str = Field(
        min_length=1, max_length=MAX_QUERY, description="The query, as typed into the search box"
    )
    sort: Literal["relevance", "date"] = "relevance"


class SearchHit(ResponseModel):
    """A page that was found. `snippet` is HTML with `<mark>` around the matching words."""

    path: str
    title: str
    kind: str
    status: str | None
    tags: list[str]
    updated_at: Moment
    heading: str = Field(description="The heading of the section that the snippet is from")
    snippet: str
    is_same_error: bool = Field(description="Whether it is about exactly the error in the query")
    url: str


class FacetCount(ResponseModel):
    name: str
    count: int


class FacetDocument(ResponseModel):
    """A facet to narrow a search by, written as `field:name` in the query."""

    field: str
    values: list[FacetCount]


class SearchResults(ResponseModel):
    query: str
    total: int
    state: str = Field(
        description="`ready`; `building` while the index lacks pages; otherwise the database "
        "answers, without ranking"
    )
    correction: str | None = Field(description="The query that was probably meant")
    is_corrected: bool = Field(description="Whether the hits are for the correction")
    items: list[SearchHit]
    facets: list[FacetDocument]
    next: str | None


class SuggestionQuery(QueryModel):
    q: str = Field(min_length=1, max_length=200, description="What was typed so far")


class SuggestedItem(ResponseModel):
    title: str
    path: str
    kind: str
    url: str


class Suggestions(ResponseModel):
    items: list[SuggestedItem]
    queries: list[str] = Field(description="Frequent searches that begin like it")


class TagItem(ResponseModel):
    name: str
    key: str = Field(description="The tag as the `tag` parameter of page lists expects it")
    count: int


class TagList(ResponseModel):
    items: list[TagItem]
    next: str | None


class KindFieldItem(ResponseModel):
    name: str
    label: str
    type: str
    is_many: bool
    choices: list[str]


class KindItem(ResponseModel):
    """A kind of page, with the fields that its pages can have."""

    name: str
    label: str
    plural: str
    folder: str
    has_status: bool
    is_retired: bool
    fields: list[KindFieldItem]
    count: int = Field(description="Number of pages that you may read")


class KindList(ResponseModel):
    items: list[KindItem]
    statuses: list[str] = Field(description="The possible statuses of its pages, if they have one")


class BacklinkQuery(ListQuery):
    page: str = Field(min_length=1, description="The path of the page")


class BacklinkList(ResponseModel):
    items: list[PageItem]
    next: str | None
