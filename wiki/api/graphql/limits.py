"""What one request of GraphQL may cost, decided before anything is loaded.

A short query can ask for as much as a long one: lists in lists multiply. So the cost of a query is
the number of objects that it could give, by the sizes of its lists. Source: O. Hartig, J. Pérez,
"Semantics and Complexity of GraphQL" (WWW 2018).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

MAX_DEPTH = 8
MAX_ALIASES = 30
MAX_TOKENS = 1_000
MAX_QUERY = 20_000  # bytes of a request
MAX_COST = 5_000  # objects
DEFAULT_FIRST = 20
MAX_FIRST = 100
LISTS = frozenset({"pages", "search", "revisions", "links", "backlinks"})


class TooCostly(GraphQLError):
    """The query could give more objects than one request may ask for."""


class CostLimiter(SchemaExtension):
    """Refuses a query that would cost too much, once it is known to be valid."""

    def on_execute(self) -> Iterator[None]:
        """Raises `TooCostly`."""
        context = self.execution_context
        document, variables = context.graphql_document, context.variables or {}
        cost = cost_of(document, variables) if document else 0
        if cost > MAX_COST:
            raise TooCostly(
                f"The query could give {cost} objects, of at most {MAX_COST}. Ask for fewer."
            )
        yield


def cost_of(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The number of objects that a valid document could give; all its operations count."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    others = (each for each in document.definitions if not isinstance(each, FragmentDefinitionNode))
    sets = (getattr(each, "selection_set", None) for each in others)
    return sum(_cost(each, fragments, variables) for each in sets if each)


def _cost(
    selected: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    cost = 0
    for each in selected.selections:
        if isinstance(each, FragmentSpreadNode):
            cost += _cost(fragments[each.name.value].selection_set, fragments, variables)
        elif isinstance(each, InlineFragmentNode):
            cost += _cost(each.selection_set, fragments, variables)
        elif isinstance(each, FieldNode) and each.selection_set is not None:
            inner = _cost(each.selection_set, fragments, variables)
            cost += _size(each, variables) * (1 + inner)
    return cost


def _size(field: FieldNode, variables: Mapping[str, Any]) -> int:
    """How many objects a field gives at most."""
    if field.name.value not in LISTS:
        return 1
    for argument in field.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, IntValueNode):
                return max(0, int(value.value))
            if isinstance(value, VariableNode):
                given = variables.get(value.name.value, DEFAULT_FIRST)
                return max(0, given) if isinstance(given, int) else MAX_FIRST
    return DEFAULT_FIRST


def checked_first(first: int) -> int:
    """Raises `GraphQLError` for a list that is too long, or none."""
    if not 1 <= first <= MAX_FIRST:
        raise GraphQLError(f"`first` is a number from 1 to {MAX_FIRST}.")
    return first
