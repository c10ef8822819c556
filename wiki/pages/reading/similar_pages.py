"""Suggests pages that were probably meant, for a path without a page."""

from rapidfuzz.distance import OSA
from sqlalchemy import func, or_, select

from wiki.access.permissions import Viewer, visible_to
from wiki.database import db
from wiki.naming import path_key
from wiki.pages.models import Page

SHORTEST_WORD = 3  # letters
MIN_SIMILARITY = 0.6  # of names that don't begin with the same word
BEGINNING = 2  # letters that a misspelled name has right
MAX_CANDIDATES = 200  # compared in Python


def similar_pages(viewer: Viewer, path: str, limit: int = 5) -> list[tuple[str, str]]:
    """`(title, path)` of pages with a name like the last segment of `path`, most similar first.

    A name is a title or the last segment of a path. Candidates begin with the same letters, or
    hold one of the words; of those, pages that begin with the same word and those with about the
    same spelling are listed. Similarity: optimal string alignment distance (Boytsov, "Indexing
    methods for approximate dictionary searching", 2011).
    """
    name = path_key(path).rpartition("/")[2]
    words = [word for word in name.split("-") if len(word) >= SHORTEST_WORD]
    if not words:
        return []
    begins = {name[:BEGINNING], words[0]}
    is_candidate = or_(
        *(Page.title_key.startswith(begin, autoescape=True) for begin in begins),
        *(Page.key.contains(f"/{begin}", autoescape=True) for begin in begins),
        *(Page.title_key.contains(word, autoescape=True) for word in words[:4]),
    )
    rows = db.session.execute(
        select(Page.title, Page.path, Page.title_key, Page.key)
        .where(is_candidate, visible_to(viewer, Page))
        .order_by(
            Page.title_key.startswith(words[0], autoescape=True).desc(),
            func.abs(func.length(Page.title_key) - len(name)),
            Page.key,
        )
        .limit(MAX_CANDIDATES)
    )
    found = []
    for title, at, *keys in rows:
        names = [key.rpartition("/")[2] for key in keys]
        similarity = max(OSA.normalized_similarity(name, each) for each in names)
        is_same_start = any(each.startswith(words[0]) for each in names)
        if is_same_start or similarity >= MIN_SIMILARITY:
            found.append((-similarity, len(at), at, title))
    return [(title, at) for _, _, at, title in sorted(found)[:limit]]
