"""The one address of GraphQL. It reads; nothing can be changed by it."""

import asyncio

from flask import Blueprint, Response, request
from graphql import GraphQLError
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from strawberry.types import ExecutionResult

from wiki.access.anonymous_limits import limit_cost_as
from wiki.access.permissions import current_viewer
from wiki.api.errors import init_errors
from wiki.api.graphql.limits import MAX_QUERY, asks_for, checked_query
from wiki.api.graphql.loaders import Loaders
from wiki.api.graphql.schema import schema
from wiki.api.request_limits import add_limit_headers, count_request
from wiki.web.programs.problems import Problem

graphql = Blueprint("graphql", __name__)
init_errors(graphql)
graphql.before_request(count_request)
graphql.after_request(add_limit_headers)


class Question(BaseModel):
    """A request as GraphQL over HTTP has it."""

    model_config = ConfigDict(populate_by_name=True)

    query: str
    variables: dict[str, JsonValue] | None = None
    operation_name: str | None = Field(default=None, alias="operationName")


class AnswerDocument(BaseModel):
    data: JsonValue = None
    errors: list[dict[str, JsonValue]] | None = None


@graphql.post("/graphql")
def ask() -> Response:
    """Answer a query."""
    answer = _answer(_question())
    made = answer.model_dump_json(exclude_none=answer.errors is None)
    status = 200 if answer.data is not None else 400
    return Response(made, status, {"Cache-Control": "private, no-store"}, "application/json")


def _question() -> Question:
    if request.mimetype != "application/json":
        raise Problem(415, detail="Send the query as JSON: application/json.", kind="body")
    sent = request.get_data()
    if len(sent) > MAX_QUERY:
        raise Problem(413, detail=f"A query has at most {MAX_QUERY} bytes.", kind="body")
    try:
        return Question.model_validate_json(sent)
    except ValidationError as error:
        words = "Send an object with `query`, and `variables` and `operationName` if need be."
        raise Problem(400, "Invalid body", words, kind="body") from error


def _answer(asked: Question) -> AnswerDocument:
    try:
        document = checked_query(asked.query, asked.variables, asked.operation_name)
    except GraphQLError as error:
        return AnswerDocument.model_construct(errors=[_told(error)])
    if asks_for(document, "revisions"):
        limit_cost_as("history")
    result = asyncio.run(_executed(asked))
    errors = [_told(error) for error in result.errors or ()] or None
    return AnswerDocument.model_construct(data=result.data, errors=errors)


async def _executed(asked: Question) -> ExecutionResult:
    return await schema.execute(
        asked.query,
        variable_values=asked.variables,
        operation_name=asked.operation_name or None,
        context_value=Loaders(current_viewer()),
    )


def _told(error: GraphQLError) -> dict[str, JsonValue]:
    return error.formatted  # type: ignore[return-value]
