"""Advice in the editor of a challenge: pages that may already answer it."""

from collections.abc import Mapping, Sequence

from flask import render_template
from markupsafe import Markup

from wiki.access.permissions import current_viewer
from wiki.community.challenges.nearest import nearest_answers
from wiki.kinds.builtin import CHALLENGE, ERROR, SYMPTOM


def advise(kind: str, title: str, typed: Mapping[str, Sequence[str]]) -> Markup:
    """`wiki.pages.queries.page_extras.Advice` of challenges."""
    if kind != CHALLENGE:
        return Markup()
    texts = (title, *typed.get(ERROR, ()), *typed.get(SYMPTOM, ()))
    found = nearest_answers(current_viewer(), texts)
    return Markup(render_template("community/challenges/nearest.html", found=found))  # noqa: S704
