"""Editing pages: the editor, drafts, previews, conflicts and task lists."""
