"""Search results, suggestions, tags and kinds as programs read them."""

from typing import Literal

from pydantic import Field

from wiki.api.pages.schemas import PageItem
from wiki.api.schema import ListQuery, Moment, QueryModel, ResponseModel

MAX_QUERY = 10_000  # characters; a pasted trace is shorter


class SearchQuery(ListQuery):
    q: str = Field(min_length=1, max_length=MAX_QUERY, description="As people type it")
    sort: Literal["relevance", "date"] = "relevance"


class SearchHit(ResponseModel):
    """A page that was found. `snippet` is HTML with `<mark>` around the words."""

    path: str
    title: str
    kind: str
    status: str | None
    tags: list[str]
    updated_at: Moment
    heading: str = Field(description="The section that the snippet is from")
    snippet: str
    is_same_error: bool = Field(description="It is about exactly the error that was asked for")
    url: str


class FacetCount(ResponseModel):
    name: str
    count: int


class FacetDocument(ResponseModel):
    """What a search can be narrowed by: `field:name` in the query."""

    field: str
    values: list[FacetCount]


class SearchResults(ResponseModel):
    query: str
    total: int
    state: str = Field(
        description="`ready`; `building` while the index lacks pages; otherwise the database "
        "answers, without ranking"
    )
    correction: str | None = Field(description="What was probably meant")
    is_corrected: bool = Field(description="The hits are those of the correction")
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
    queries: list[str] = Field(description="What others search for that begins like it")


class TagItem(ResponseModel):
    name: str
    key: str = Field(description="As `tag` of lists of pages takes it")
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
    """A kind of page, with the fields that its pages may have."""

    name: str
    label: str
    plural: str
    folder: str
    has_status: bool
    is_retired: bool
    fields: list[KindFieldItem]
    count: int = Field(description="Pages that you may read")


class KindList(ResponseModel):
    items: list[KindItem]
    statuses: list[str] = Field(description="What pages of a kind that has a status may have")


class BacklinkQuery(ListQuery):
    page: str = Field(min_length=1, description="The path of the page")


class BacklinkList(ResponseModel):
    items: list[PageItem]
    next: str | None
