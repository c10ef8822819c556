"""The list of projects over HTTP."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.community.projects.board import count_projects, list_projects, wanted_choices
from wiki.web.pagination import paginate

projects = Blueprint("projects", __name__)


@projects.get("/board/projects")
def board() -> ResponseReturnValue:
    viewer, choices = current_viewer(), wanted_choices()
    whom = request.args.get("for", "")
    whom = whom if whom in choices else ""
    pagination = paginate(count_projects(viewer, whom))
    found = list_projects(viewer, whom, offset=pagination.offset, limit=pagination.per_page)
    return render_template(
        "community/projects/board.html",
        projects=found,
        choices=choices,
        whom=whom,
        pagination=pagination,
    )
