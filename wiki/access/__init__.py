"""Who may see and do what: one predicate, in SQL and in Python."""

from wiki.access.permissions import (
    Viewer,
    can_administer,
    can_delete,
    can_edit,
    can_read,
    can_review,
    can_undelete,
    current_viewer,
    history_visible_to,
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
    "history_visible_to",
    "visible_to",
]
