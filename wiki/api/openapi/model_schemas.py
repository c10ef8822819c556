"""Caches the JSON schemas of models for the OpenAPI document."""

from functools import cache
from typing import Any

from spectree.model_adapter.protocol import SchemaMode
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter

_adapter = PydanticModelAdapter()


class CachedSchemas(PydanticModelAdapter):
    """Builds each schema once. Without it, the schema of problems took a tenth of each start."""

    def json_schema(
        self, model: type[Any], *, ref_template: str, mode: SchemaMode = "validation"
    ) -> dict[str, Any]:
        """The schema of `model`; spectree copies it before changing it."""
        return _schema_of(model, ref_template, mode)  # type: ignore[arg-type]  # a class


@cache
def _schema_of(model: type[Any], ref_template: str, mode: SchemaMode) -> dict[str, Any]:
    return _adapter.json_schema(model, ref_template=ref_template, mode=mode)
