"""The decorator that makes a view an operation of the API and documents it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response
from pydantic import BaseModel
from spectree import Response as Responses
from spectree import SpecTree

from wiki.access.decorators import check_permission, may_take_part
from wiki.access.permissions import Viewer, current_viewer
from wiki.accounts.errors import SignInNeeded
from wiki.api.idempotency.replay import respond_once
from wiki.api.openapi.model_schemas import CachedSchemas
from wiki.api.openapi.plugin import StrictPlugin
from wiki.api.schema import ProblemDocument

View = Callable[..., Any]

READING_ERRORS = (400, 401, 403, 404, 429, 503)
WRITING_ERRORS = (409, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class OperationNotes:
    """What the OpenAPI document says about an operation besides its models."""

    needs: str  # who may call it: `member`, or empty for everybody
    is_writing: bool  # changes something, and is for members only
    is_repeatable: bool  # accepts an `Idempotency-Key`
    takes_revision: bool  # accepts `If-Match` with the revision that the client has read
    needs_revision: bool  # requires it, since the body has no `base_revision`
    upload: bool  # takes a form with a file instead of JSON
    media_type: str  # of the response
    headers: tuple[str, ...]  # names of headers in the response
    is_cached: bool  # supports `If-None-Match`
    has_ranges: bool  # supports range requests


NOTES: dict[str, OperationNotes] = {}


def name_of(model: Any) -> str:
    return str(model.__name__)


specification = SpecTree(
    backend=StrictPlugin,
    model_adapter=CachedSchemas(),  # type: ignore[arg-type]  # as spectree types its own
    mode="strict",
    before=lambda *_args: None,
    after=lambda *_args: None,
    naming_strategy=name_of,
    nested_naming_strategy=lambda _parent, child: child,
    validation_error_model=ProblemDocument,
    title="Nexus",
    version="1",
)


def operation(
    answer: type[BaseModel] | None,
    *,
    tag: str,
    status: int = 200,
    needs: str = "",
    may: Callable[[Viewer], bool] | None = None,
    is_writing: bool = False,
    is_public_write: bool = False,
    is_repeatable: bool = False,
    takes_revision: bool = False,
    may_be_erased: bool = False,
    upload: bool = False,
    media_type: str = "application/json",
    headers: tuple[str, ...] = (),
    is_cached: bool = False,
    has_ranges: bool = False,
) -> Callable[[View], Callable[..., Response]]:
    """Make a view an operation of the API, which takes what it annotates as `query` and `json`.

    It responds with a model of type `answer` and with `status`, and is listed under `tag`. `may`
    is a permission required besides `needs`. `is_public_write` changes something and is open to
    everybody. `is_repeatable` and `takes_revision` imply `is_writing`. `may_be_erased` documents
    a 410. All other parameters are fields of `OperationNotes`.
    """
    is_writing = is_writing or is_repeatable or takes_revision
    errors = READING_ERRORS + (WRITING_ERRORS if is_writing or is_public_write else ())
    errors += ((412, 428) if takes_revision else ()) + ((410,) if may_be_erased else ())
    models = {**dict.fromkeys(errors, ProblemDocument), status: answer}

    def decorate(view: View) -> Callable[..., Response]:
        needs_revision = takes_revision and not _has_base(view)
        all_headers = (*headers, "ETag") if is_cached else headers
        notes = NOTES[view.__name__] = OperationNotes(
            *(needs, is_writing, is_repeatable, takes_revision, needs_revision),
            *(upload, media_type, all_headers, is_cached, has_ranges),
        )
        validated = specification.validate(
            resp=Responses(**{f"HTTP_{code}": model for code, model in models.items()}),
            tags=[tag],
            operation_id=view.__name__,
            validation_error_status=400,
        )(view)
        return _guarded(validated, notes, may)

    return decorate


def _has_base(view: View) -> bool:
    """Whether the view’s body has a `base_revision`."""
    return "base_revision" in getattr(view.__annotations__.get("json"), "model_fields", ())


def _guarded(
    view: View, notes: OperationNotes, may: Callable[[Viewer], bool] | None
) -> Callable[..., Response]:
    """The view with its permission checks and, if it is repeatable, its idempotency key."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        if (notes.needs or notes.is_writing) and not current_viewer().is_member:
            raise SignInNeeded
        if notes.is_writing:
            check_permission(may_take_part)
        if may is not None:
            check_permission(may)

        def act() -> Response:
            return view(*args, **kwargs)  # type: ignore[no-any-return]

        return respond_once(act) if notes.is_repeatable else act()

    return guarded
