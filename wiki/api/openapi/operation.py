"""Operations of the API: what a view takes and answers, told once, to programs and to people."""

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
from wiki.api.idempotency.replay import answered_once
from wiki.api.openapi.model_schemas import CachedSchemas
from wiki.api.openapi.plugin import StrictPlugin
from wiki.api.schema import ProblemDocument

View = Callable[..., Any]

READING_ERRORS = (400, 401, 403, 404, 429, 503)
WRITING_ERRORS = (409, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class OperationNotes:
    """What the document says of an operation beside its models."""

    is_writing: bool
    takes_revision: bool
    needs_revision: bool
    is_repeatable: bool
    needs: str
    upload: bool
    media_type: str
    tells: tuple[str, ...]
    is_cached: bool
    has_ranges: bool


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
    tells: tuple[str, ...] = (),
    is_cached: bool = False,
    has_ranges: bool = False,
) -> Callable[[View], Callable[..., Response]]:
    """A view that is an operation of the API; it takes its `query` and its `json` by annotation.

    `needs` says whom it is for, in a word: empty for everybody, `member`; `may` is a predicate that
    has to hold besides. `is_writing` changes something, and then is for members; `is_public_write`
    does for anybody. An operation that `is_repeatable` is done once for one `Idempotency-Key`. One
    that `takes_revision` needs the revision that the program has seen, in `If-Match`, unless its
    body has a `base_revision`. Both are writing. With `may_be_erased` it answers 410 where a text
    was erased. `upload` takes a form with a file instead of JSON, `media_type` is that of the
    answer, and `tells` are headers of it. One that `is_cached` answers 304 to an `If-None-Match`
    that still holds; one that `has_ranges` answers parts of a file.
    """

    is_writing = is_writing or is_repeatable or takes_revision

    def decorate(view: View) -> Callable[..., Response]:
        errors = (*READING_ERRORS, *(WRITING_ERRORS if is_writing or is_public_write else ()))
        errors = (*errors, *((412, 428) if takes_revision else ()))
        errors = (*errors, *((410,) if may_be_erased else ()))
        body = view.__annotations__.get("json")
        has_base = "base_revision" in getattr(body, "model_fields", ())
        models = {f"HTTP_{code}": ProblemDocument for code in errors}
        models[f"HTTP_{status}"] = answer  # type: ignore[assignment]
        NOTES[view.__name__] = OperationNotes(
            is_writing,
            takes_revision,
            takes_revision and not has_base,
            is_repeatable,
            needs,
            upload,
            media_type,
            (*tells, *(("ETag",) if is_cached else ())),
            is_cached,
            has_ranges,
        )
        validated = specification.validate(
            resp=Responses(**models),
            tags=[tag],
            operation_id=view.__name__,
            validation_error_status=400,
        )(view)

        @wraps(validated)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            if (needs or is_writing) and not current_viewer().is_member:
                raise SignInNeeded
            if is_writing:
                check_permission(may_take_part)
            if may is not None:
                check_permission(may)

            def act() -> Response:
                return validated(*args, **kwargs)  # type: ignore[no-any-return]

            return answered_once(act) if is_repeatable else act()

        return guarded

    return decorate
