"""Validates and executes GraphQL queries."""

import asyncio
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from pydantic import BaseModel, JsonValue
from strawberry.types import ExecutionResult

from wiki.access.anonymous_limits import limit_cost_as
from wiki.access.permissions import current_viewer
from wiki.api.graphql.limits import checked_query, selects_field
from wiki.api.graphql.loaders import Loaders
from wiki.api.graphql.schema import schema

Variables = Mapping[str, JsonValue]


class GraphQLResponse(BaseModel):
    """The body of a response; without `data`, nothing was executed."""

    data: JsonValue = None
    errors: list[dict[str, JsonValue]] | None = None


def execute(query: str, variables: Variables | None, operation_name: str | None) -> GraphQLResponse:
    """Answer `query` for the current viewer; a query that costs too much is answered with
    errors.
    """
    try:
        document = checked_query(query, variables, operation_name)
    except GraphQLError as error:
        return GraphQLResponse.model_construct(errors=[_formatted(error)])
    if selects_field(document, "revisions"):
        limit_cost_as("history")
    result = asyncio.run(_execute(query, variables, operation_name))
    errors = [_formatted(error) for error in result.errors or ()] or None
    return GraphQLResponse.model_construct(data=result.data, errors=errors)


async def _execute(
    query: str, variables: Variables | None, operation_name: str | None
) -> ExecutionResult:
    return await schema.execute(
        query,
        variable_values=dict(variables or {}),
        operation_name=operation_name or None,
        context_value=Loaders(current_viewer()),
    )


def _formatted(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)
