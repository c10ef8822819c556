"""The GraphQL endpoint, which is read-only."""

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from wiki.api.errors import init_errors
from wiki.api.request_limits import add_limit_headers, count_request
from wiki.web.programs.problems import Problem

MAX_QUERY = 20_000  # bytes of a request

graphql = Blueprint("graphql", __name__)
init_errors(graphql)
graphql.before_request(count_request)
graphql.after_request(add_limit_headers)


class GraphQLRequest(BaseModel):
    """A request body. Source: GraphQL over HTTP."""

    model_config = ConfigDict(populate_by_name=True)

    query: str
    variables: dict[str, JsonValue] | None = None
    operation_name: str | None = Field(default=None, alias="operationName")


@graphql.post("/graphql")
def ask() -> Response:
    """Answer a query."""
    # Imported on first use: the GraphQL libraries take 8 MB and a fifth of a second.
    from wiki.api.graphql.execution import execute  # noqa: PLC0415

    asked = _graphql_request()
    answer = execute(asked.query, asked.variables, asked.operation_name)
    made = answer.model_dump_json(exclude_none=answer.errors is None)
    status = 200 if answer.data is not None else 400
    return Response(made, status, {"Cache-Control": "private, no-store"}, "application/json")


def _graphql_request() -> GraphQLRequest:
    if request.mimetype != "application/json":
        raise Problem(415, detail="Send the query as JSON: application/json.", kind="body")
    sent = request.get_data()
    if len(sent) > MAX_QUERY:
        raise Problem(413, detail=f"A query has at most {MAX_QUERY} bytes.", kind="body")
    try:
        return GraphQLRequest.model_validate_json(sent)
    except ValidationError as error:
        words = "Send an object with `query` and, if needed, `variables` and `operationName`."
        raise Problem(400, "Invalid body", words, kind="body") from error
