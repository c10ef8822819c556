"""Invitations into a group, by its mentors and by administrators."""

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import members_only
from wiki.access.groups.blueprint import groups, managed_group
from wiki.access.groups.membership import GroupView
from wiki.access.models import RANK_OF_ROLE
from wiki.access.permissions import current_viewer
from wiki.accounts.models import Role
from wiki.accounts.registration.invitation_form import InvitationForm
from wiki.accounts.registration.invitations import (
    InvitationNotFound,
    UnknownGroup,
    create_invitation,
    invitation_link,
    invitations,
    revoke_invitation,
)
from wiki.accounts.registration_settings import registration_mode
from wiki.web.security_headers import keep_private

LISTED_INVITATIONS = 100  # newest first; administrators have a complete list
_ROLES = (Role.READER, Role.LEARNER)  # only administrators appoint mentors


@groups.get("/<id:group_id>/invitations", endpoint="invitations")
@members_only
def list_invitations(group_id: int) -> ResponseReturnValue:
    return _show(managed_group(group_id), InvitationForm(formdata=None, roles=_roles()))


@groups.post("/<id:group_id>/invitations")
@members_only
def invite_into_group(group_id: int) -> ResponseReturnValue:
    """Create an invitation link; shown once and not stored."""
    found, form = managed_group(group_id), InvitationForm(roles=_roles())
    if not form.validate():
        return _show(found, form)
    terms = form.terms(into=group_id)
    try:
        token = create_invitation(terms, by=current_viewer().user_id)
    except UnknownGroup:
        abort(404)
    shown = {"group": found, "link": invitation_link(token), "terms": terms}
    return keep_private(make_response(render_template("access/group_invitation.html", **shown)))


@groups.post("/<id:group_id>/invitations/<id:number>/revoke")
@members_only
def revoke_link_into_group(group_id: int, number: int) -> ResponseReturnValue:
    managed_group(group_id)
    try:
        revoke_invitation(number, by=current_viewer().user_id, group_id=group_id)
    except InvitationNotFound:
        abort(404)
    flash(_("Invitation revoked."), "ok")
    return redirect(url_for(".invitations", group_id=group_id), 303)


def _roles() -> list[Role]:
    """The roles on offer; a mentor of a group may only have the role of a reader."""
    rank = current_viewer().rank
    return [role for role in _ROLES if RANK_OF_ROLE[role] <= rank]


def _show(found: GroupView, form: InvitationForm) -> ResponseReturnValue:
    page = render_template(
        "access/group_invitations.html",
        group=found,
        invitations=invitations(group_id=found.id, limit=LISTED_INVITATIONS),
        form=form,
        registration=registration_mode(),
    )
    return page, 422 if form.errors else 200
