"""The GraphQL types and their resolvers."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

import strawberry
from graphql import GraphQLError
from pydantic import BaseModel, ValidationError
from strawberry.extensions import MaskErrors, MaxTokensLimiter
from strawberry.types import ExecutionContext
from strawberry.types import Info as StrawberryInfo

from wiki.access.anonymous_limits import may_read_histories
from wiki.accounts.errors import UserNotFound
from wiki.accounts.users import get_user
from wiki.api.absolute_urls import absolute_page_url
from wiki.api.graphql.limits import (
    DEFAULT_FIRST,
    MAX_TOKENS,
    checked_first,
)
from wiki.api.graphql.loaders import Loaders
from wiki.api.pages.documents import listed_pages
from wiki.api.pages.schemas import PageListQuery
from wiki.api.search.documents import search_results
from wiki.api.search.schemas import SearchQuery
from wiki.pages.errors import PageNotFound
from wiki.pages.models import Page
from wiki.pages.queries.page_batches import RevisionRow
from wiki.pages.queries.page_lists import ListedPage, pages_where
from wiki.pages.queries.page_queries import visible_page
from wiki.web.programs.problems import Problem

Info: TypeAlias = StrawberryInfo[Loaders, None]
Model = TypeVar("Model", bound=BaseModel)
First: TypeAlias = Annotated[int, strawberry.argument(description="From 1 to 100")]


@strawberry.type(name="Person", description="Somebody who writes here.")
class PersonType:
    username: str
    joined_at: datetime


@strawberry.type(name="Revision", description="A version of a page.")
class RevisionType:
    number: int
    action: str
    author: str | None
    author_name: str | None = strawberry.field(
        description="The author’s name if they have no account here."
    )
    created_at: datetime
    summary: str
    is_minor: bool
    size: int


def _revision(row: RevisionRow) -> RevisionType:
    return RevisionType(
        number=row.number,
        action=row.action,
        author=row.author,
        author_name=row.author_name,
        created_at=row.created_at,
        summary=row.summary,
        is_minor=row.is_minor,
        size=row.size,
    )


@strawberry.type(name="Page", description="A page that you may read.")
class PageType:
    id: int
    path: str
    title: str
    kind: str
    status: str | None
    summary: str
    updated_at: datetime
    updated_by: str | None

    @strawberry.field(description="The name of the last author if they have no account here.")
    async def author_name(self, info: Info) -> str | None:
        return None if self.updated_by else await info.context.author_names.load(self.id)

    @strawberry.field(description="The URL of the page.")
    def url(self) -> str:
        return absolute_page_url(self.path)

    @strawberry.field(description="Its Markdown source.")
    async def text(self, info: Info) -> str:
        return await info.context.text(self.id)

    @strawberry.field
    async def tags(self, info: Info) -> list[str]:
        return await info.context.tags.load(self.id)

    @strawberry.field(description="Its last revisions, newest first.")
    async def revisions(self, info: Info, first: First = DEFAULT_FIRST) -> list[RevisionType]:
        count = checked_first(first)
        if not may_read_histories(info.context.viewer):
            raise GraphQLError("Histories are for members: send a token.")
        loader = info.context.revisions(count)
        return [_revision(row) for row in await loader.load(self.id)]

    @strawberry.field(description="The pages that it links to.")
    async def links(self, info: Info, first: First = DEFAULT_FIRST) -> list["PageType"]:
        found = await info.context.links(checked_first(first)).load(self.id)
        return [_page(page) for page in found]

    @strawberry.field(description="The pages that link to it.")
    async def backlinks(self, info: Info, first: First = DEFAULT_FIRST) -> list["PageType"]:
        found = await info.context.backlinks(checked_first(first)).load(self.id)
        return [_page(page) for page in found]


def _page(listed: ListedPage) -> PageType:
    return PageType(
        id=listed.id,
        path=listed.path,
        title=listed.title,
        kind=listed.kind,
        status=listed.status,
        summary=listed.summary,
        updated_at=listed.updated_at,
        updated_by=listed.updated_by,
    )


@strawberry.type(description="Part of a list of pages.")
class PagePart:
    items: list[PageType]
    next: str | None = strawberry.field(description="Send this as `after` to get the next part.")


@strawberry.type(name="SearchHit", description="A page that a search found.")
class SearchHitType:
    path: str
    title: str
    kind: str
    snippet: str = strawberry.field(description="HTML with <mark> around the words.")
    url: str


@strawberry.type
class SearchPart:
    total: int
    items: list[SearchHitType]
    next: str | None


@strawberry.type(name="Query")
class QueryType:
    @strawberry.field(
        description="A page by its current or a former path; null if you may read none there."
    )
    def page(self, info: Info, path: str) -> PageType | None:
        viewer = info.context.viewer
        try:
            page_id = visible_page(viewer, path).id
        except PageNotFound:
            return None
        found = pages_where(viewer, Page.id == page_id)
        return _page(found[0]) if found else None

    @strawberry.field(description="The pages that you may read.")
    def pages(  # noqa: PLR0917  # all of them are named where they are sent
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: str = "",
        kind: str = "",
        status: str = "",
        tag: str = "",
        below: str = "",
    ) -> PagePart:
        query = _checked(
            PageListQuery,
            limit=checked_first(first),
            cursor=after,
            kind=kind,
            status=status,
            tag=tag,
            below=below,
        )
        try:
            found, cursor = listed_pages(info.context.viewer, query)
        except Problem as problem:
            raise GraphQLError(str(problem)) from problem
        return PagePart(items=[_page(each) for each in found], next=cursor)

    @strawberry.field(description="Search results, best match first.")
    def search(
        self, info: Info, q: str, first: First = DEFAULT_FIRST, after: str = ""
    ) -> SearchPart:
        query = _checked(SearchQuery, q=q, limit=checked_first(first), cursor=after)
        try:
            found = search_results(info.context.viewer, query)
        except Problem as problem:
            raise GraphQLError(str(problem)) from problem
        hits = [
            SearchHitType(
                path=hit.path, title=hit.title, kind=hit.kind, snippet=hit.snippet, url=hit.url
            )
            for hit in found.items
        ]
        return SearchPart(total=found.total, items=hits, next=found.next)

    @strawberry.field(description="A person by username; null if there is none.")
    def person(self, username: str) -> PersonType | None:
        try:
            person = get_user(username)
        except UserNotFound:
            return None
        return PersonType(username=person.username, joined_at=person.created_at)


def _checked(model: type[Model], **values: str | int) -> Model:
    """The arguments validated by a model of the REST API. Raises `GraphQLError`."""
    # PostgreSQL accepts no NUL in any value.
    sent: dict[str, Any] = {
        name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for name, value in values.items()
    }
    try:
        return model(**sent)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        raise GraphQLError(f"`{wrong['loc'][0]}`: {wrong['msg']}") from error


def _is_ours(error: GraphQLError) -> bool:
    """Whether an error is a bug of Nexus, whose details clients must not see."""
    return error.original_error is not None and not isinstance(error.original_error, GraphQLError)


class QuietSchema(strawberry.Schema):
    """Logs bugs of Nexus only; clients are told about their own mistakes."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        super().process_errors([each for each in errors if _is_ours(each)], execution_context)


schema = QuietSchema(
    query=QueryType,
    # `limits` checks everything else beforehand.
    extensions=[
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: MaskErrors(should_mask_error=_is_ours),
    ],
)
