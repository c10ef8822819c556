"""The parts of the editor that other features use."""

from wiki.pages.editing.conflict_page import (
    ChoiceMissing,
    ProposedSide,
    ask_again,
    resolved_text,
    show_conflict,
)
from wiki.pages.editing.editor_page import (
    open_draft,
    put_section_back,
    show_changes,
    show_editor,
    show_preview,
    show_refusal,
    show_section_only,
)
from wiki.pages.editing.forms import EditForm, NewPageForm
from wiki.pages.editing.kind_fields import FieldsRefused
from wiki.pages.editing.unfinished_text import Unfinished, check_uploads_finished, written_text
from wiki.pages.forms import place_problem

__all__ = [
    "ChoiceMissing",
    "EditForm",
    "FieldsRefused",
    "NewPageForm",
    "ProposedSide",
    "Unfinished",
    "ask_again",
    "check_uploads_finished",
    "open_draft",
    "place_problem",
    "put_section_back",
    "resolved_text",
    "show_changes",
    "show_conflict",
    "show_editor",
    "show_preview",
    "show_refusal",
    "show_section_only",
    "written_text",
]
