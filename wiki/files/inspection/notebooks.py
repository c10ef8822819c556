"""Extracts the text of Jupyter notebooks: their cells, without outputs."""

import json


def notebook_text(source: str) -> str:
    """The text and code of the cells; `source` itself if it is no notebook.

    Format: nbformat 4, in which `source` is a string or a list of lines; in version 3, cells are in
    worksheets and code is in `input`. Outputs are left out: pictures, HTML and many numbers.
    """
    try:
        notebook = json.loads(source)
    except (ValueError, RecursionError):
        return source
    if not isinstance(notebook, dict):
        return source
    sheets = notebook.get("worksheets")
    holders = [notebook, *(sheets if isinstance(sheets, list) else [])]
    cells = [cell for holder in holders if isinstance(holder, dict) for cell in _cells(holder)]
    return "\n\n".join(filter(None, map(_text, cells))) if cells else source


def _cells(holder: dict[str, object]) -> list[object]:
    cells = holder.get("cells")
    return cells if isinstance(cells, list) else []


def _text(cell: object) -> str:
    if not isinstance(cell, dict):
        return ""
    lines = cell.get("source") or cell.get("input") or ""
    if isinstance(lines, list):
        lines = "".join(line for line in lines if isinstance(line, str))
    return lines.strip() if isinstance(lines, str) else ""
