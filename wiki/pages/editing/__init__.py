"""Writing pages: the editor, drafts, previews, conflicts and task boxes."""
