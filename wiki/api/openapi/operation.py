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

    needs: str  # whom it is for, in a word: empty for everybody, `member`
    is_writing: bool  # changes something, and then is for members
    is_repeatable: bool  # is done once for one `Idempotency-Key`
    takes_revision: bool  # has an `If-Match`, the revision that the program has seen
    needs_revision: bool  # and none of it in a `base_revision` of its body
    upload: bool  # takes a form with a file instead of JSON
    media_type: str  # of the answer
    tells: tuple[str, ...]  # headers of the answer
    is_cached: bool  # answers 304 to an `If-None-Match` that still holds
    has_ranges: bool  # answers parts of a file


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

    It answers `answer` with `status`, and is listed under `tag`. `may` is a predicate that has to
    hold besides `needs`. `is_public_write` changes something, for anybody; what `is_repeatable`
    and what `takes_revision` is writing. With `may_be_erased` it answers 410 where a text was
    erased. The others are as in `OperationNotes`.
    """
    is_writing = is_writing or is_repeatable or takes_revision
    errors = READING_ERRORS + (WRITING_ERRORS if is_writing or is_public_write else ())
    errors += ((412, 428) if takes_revision else ()) + ((410,) if may_be_erased else ())
    models = {**dict.fromkeys(errors, ProblemDocument), status: answer}

    def decorate(view: View) -> Callable[..., Response]:
        needs_revision = takes_revision and not _has_base(view)
        notes = NOTES[view.__name__] = OperationNotes(
            *(needs, is_writing, is_repeatable, takes_revision, needs_revision),
            *(upload, media_type, (*tells, "ETag") if is_cached else tells, is_cached, has_ranges),
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
    """Whether the body that the view takes says which revision it is based on."""
    return "base_revision" in getattr(view.__annotations__.get("json"), "model_fields", ())


def _guarded(
    view: View, notes: OperationNotes, may: Callable[[Viewer], bool] | None
) -> Callable[..., Response]:
    """The view for those who may use it; what is repeatable, once for each key."""

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

        return answered_once(act) if notes.is_repeatable else act()

    return guarded
