"""The blueprint of groups, and a helper for its views."""

from flask import Blueprint

from wiki.access.decorators import Forbidden
from wiki.access.groups.membership import GroupView, get_group
from wiki.access.permissions import current_viewer

groups = Blueprint("groups", __name__, url_prefix="/groups")


def managed_group(group_id: int) -> GroupView:
    """A group whose members the viewer manages. Raises `GroupNotFound`, `Forbidden`."""
    found = get_group(current_viewer(), group_id)
    if not found.may_manage:
        raise Forbidden
    return found
