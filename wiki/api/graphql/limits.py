"""Limits the cost of one GraphQL request, before anything is validated or loaded.

The cost is the number of objects that the query could return according to the sizes of its
lists; fields with long values count as several objects. A short query can be expensive: nested
lists multiply, and so do fragments that spread other fragments. Each fragment is measured once,
however often it is spread. Source: O. Hartig, J. Pérez, "Semantics and Complexity of GraphQL"
(WWW 2018).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    parse,
)

MAX_DEPTH = 8
MAX_ALIASES = 30
MAX_SPREADS = 50
MAX_TOKENS = 1_000
MAX_COST = 5_000  # objects
MAX_TEXT = 4_000_000  # characters of all page texts in one response
DEFAULT_FIRST = 20
MAX_FIRST = 100
LISTS = frozenset({"pages", "search", "revisions", "links", "backlinks"})
VALUES = {"text": 50, "tags": 5, "search": 1_000}  # how many objects such a value counts as
# Approximate sizes of the lists that introspection returns for this schema.
_SCHEMA_LISTS = {"types": 20, "fields": 5, "enumValues": 5, "directives": 5}
_BEYOND = 10**6  # counting stops here


class TooCostly(GraphQLError):
    """The query could return more objects than one request may ask for."""


@dataclass(frozen=True, slots=True)
class QueryCost:
    """The cost of a part of a query: objects, levels of fields, and aliases."""

    cost: int = 0
    depth: int = 0
    aliases: int = 0

    def __add__(self, other: "QueryCost") -> "QueryCost":
        """The cost of both parts side by side."""
        return QueryCost(
            min(_BEYOND, self.cost + other.cost),
            max(self.depth, other.depth),
            min(_BEYOND, self.aliases + other.aliases),
        )


def checked_query(
    query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None
) -> DocumentNode:
    """The parsed query if its cost is within the limits.

    Names of fields and types are checked later, by validation. Raises `GraphQLError` for a
    syntax error, `TooCostly`.
    """
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
        _check_operations(document, operation_name)
        _check_spreads(document)
        for each in _operations(document):
            _check(
                _QueryCostCounter.of(document, each, variables or {}).measure(each.selection_set)
            )
    except RecursionError as error:
        raise GraphQLError("The query is nested too deeply.") from error
    return document


def selects_field(document: DocumentNode, name: str) -> bool:
    """Whether the document selects a field called `name` anywhere."""
    return any(
        isinstance(each, FieldNode) and each.name.value == name for each in _selections(document)
    )


def checked_first(first: int) -> int:
    """`first` if it is within 1 to `MAX_FIRST`; raises `GraphQLError` otherwise."""
    if not 1 <= first <= MAX_FIRST:
        raise GraphQLError(f"`first` is a number from 1 to {MAX_FIRST}.")
    return first


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def _check_operations(document: DocumentNode, name: str | None) -> None:
    names = [each.name.value if each.name else "" for each in _operations(document)]
    if not names:
        raise GraphQLError("The query has no operation, such as `{ pages { items { path } } }`.")
    if any(each.operation is not OperationType.QUERY for each in _operations(document)):
        raise GraphQLError("Only queries are answered: nothing is changed here.")
    if name and name not in names:
        raise GraphQLError("The query has no operation with that `operationName`.")
    if not name and len(names) > 1:
        raise GraphQLError("The query has several operations: say which, in `operationName`.")


def _selections(document: DocumentNode) -> Iterator[SelectionNode]:
    """All selections of a document, each as often as it is written."""
    waiting: list[Any] = list(document.definitions)
    while waiting:
        if selected := getattr(waiting.pop(), "selection_set", None):
            waiting.extend(selected.selections)
            yield from selected.selections


def _check_spreads(document: DocumentNode) -> None:
    spreads = sum(isinstance(each, FragmentSpreadNode) for each in _selections(document))
    if spreads > MAX_SPREADS:
        raise TooCostly(f"The query spreads fragments more than {MAX_SPREADS} times.")


def _check(measure: QueryCost) -> None:
    if measure.depth > MAX_DEPTH:
        raise TooCostly(f"The query is nested too deeply: it may have {MAX_DEPTH} levels.")
    if measure.aliases > MAX_ALIASES:
        raise TooCostly(f"The query has more than {MAX_ALIASES} aliases.")
    if measure.cost > MAX_COST:
        cost = f"{measure.cost} objects" if measure.cost < _BEYOND else "very many objects"
        raise TooCostly(
            f"The query could give {cost}, of at most {MAX_COST}; a text counts as "
            f"{VALUES['text']}, a search as {VALUES['search']}. Ask for fewer."
        )


@dataclass
class _QueryCostCounter:
    """Measures one operation of a document."""

    fragments: Mapping[str, FragmentDefinitionNode]
    values: Mapping[str, Any]  # values of the variables, with their defaults
    # `None` while it is being measured.
    _measured: dict[str, QueryCost | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, document: DocumentNode, operation: OperationDefinitionNode, sent: Mapping[str, Any]
    ) -> "_QueryCostCounter":
        fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        defaults = {
            each.variable.name.value: _number(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        return cls(fragments, {**defaults, **sent})

    def measure(self, selected: SelectionSetNode, *, in_schema: bool = False) -> QueryCost:
        total = QueryCost()
        for each in selected.selections:
            total += self._selection(each, in_schema=in_schema)
        return total

    def _selection(self, selection: SelectionNode, *, in_schema: bool) -> QueryCost:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value, in_schema=in_schema)
        if isinstance(selection, InlineFragmentNode):
            return self.measure(selection.selection_set, in_schema=in_schema)
        if isinstance(selection, FieldNode):
            return self._field(selection, in_schema=in_schema)
        raise TypeError(selection)  # there is no other

    def _field(self, asked: FieldNode, *, in_schema: bool) -> QueryCost:
        name, aliases = asked.name.value, int(asked.alias is not None)
        if asked.selection_set is None:
            return QueryCost(VALUES.get(name, 0), 0, aliases)
        in_schema = in_schema or name.startswith("__")
        inner = self.measure(asked.selection_set, in_schema=in_schema)
        size = _SCHEMA_LISTS.get(name, 1) if in_schema else self._size(asked)
        depth = 0 if in_schema else inner.depth + 1
        own = 0 if in_schema else VALUES.get(name, 0)
        cost = min(_BEYOND, own + size * (1 + inner.cost))
        return QueryCost(cost, depth, inner.aliases + aliases)

    def _fragment(self, name: str, *, in_schema: bool) -> QueryCost:
        key = f"{name} of the schema" if in_schema else name
        if key in self._measured:
            found = self._measured[key]
            if found is None:
                raise GraphQLError(f"The fragment `{name}` spreads itself.")
        else:
            if name not in self.fragments:
                raise GraphQLError(f"There is no fragment `{name}`.")
            self._measured[key] = None
            found = self.measure(self.fragments[name].selection_set, in_schema=in_schema)
            self._measured[key] = found
        return found

    def _size(self, asked: FieldNode) -> int:
        """The most objects that a field can return."""
        if asked.name.value not in LISTS:
            return 1
        for argument in asked.arguments or ():
            if argument.name.value == "first":
                return self._first(argument.value)
        return DEFAULT_FIRST

    def _first(self, value: ValueNode) -> int:
        if not isinstance(value, VariableNode):
            return _number(value)
        sent = self.values.get(value.name.value, DEFAULT_FIRST)
        # 20.0 counts as 20; validation refuses what is not a number.
        is_number = isinstance(sent, (int, float)) and 0 <= sent <= _BEYOND
        return int(sent) if is_number else MAX_FIRST


def _number(value: ValueNode) -> int:
    """The value of an integer literal; a very long one counts as `_BEYOND`."""
    if not isinstance(value, IntValueNode):
        return MAX_FIRST
    return max(0, int(value.value)) if len(value.value) < 10 else _BEYOND
