"""Who may see and do what: one predicate, in SQL and in Python."""

from wiki.access.rules import (
    Viewer,
    can_administer,
    can_delete,
    can_edit,
    can_read,
    can_review,
    can_undelete,
    current_viewer,
    remembered_by,
    visible_to,
)

__all__ = [
    "Viewer",
    "can_administer",
    "can_delete",
    "can_edit",
    "can_read",
    "can_review",
    "can_undelete",
    "current_viewer",
    "remembered_by",
    "visible_to",
]
