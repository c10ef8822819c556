"""The pages of groups, for their members, their mentors and administrators."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import admins_only, members_only
from wiki.access.groups import membership
from wiki.access.groups.blueprint import groups, managed_group
from wiki.access.groups.forms import GroupForm, MembersForm
from wiki.access.groups.membership import GroupNameRefused, GroupView
from wiki.access.permissions import can_administer, current_viewer
from wiki.web.csrf import ProtectedForm
from wiki.web.request_values import parse_number


@groups.get("/")
@members_only
def all_groups() -> ResponseReturnValue:
    return _list(GroupForm(formdata=None))


@groups.post("/")
@admins_only
def create_group() -> ResponseReturnValue:
    form = GroupForm()
    if not form.validate_on_submit():
        return _list(form), 422
    try:
        group_id = membership.create_group(
            form.name.data or "", form.note.data or "", by=current_viewer().user_id
        )
    except GroupNameRefused as error:
        form.reject_name(error)
        return _list(form), 422
    flash(_("The group has been created. Add people to it."), "ok")
    return redirect(url_for(".group", group_id=group_id), 303)


def _list(form: GroupForm) -> str:
    viewer = current_viewer()
    return render_template(
        "access/groups.html",
        groups=membership.visible_groups(viewer),
        form=form if can_administer(viewer) else None,
    )


@groups.get("/<id:group_id>")
@members_only
def group(group_id: int) -> ResponseReturnValue:
    return _show(membership.get_group(current_viewer(), group_id), MembersForm(formdata=None))


@groups.post("/<id:group_id>", endpoint="change_members")
@members_only
def change_members(group_id: int) -> ResponseReturnValue:
    """Add the usernames in `add`, or act on the member whose id is the button’s value."""
    found, form = managed_group(group_id), MembersForm()
    if not form.validate_on_submit():
        return _show(found, form), 422
    by = current_viewer().user_id
    for action in ("remove", "mentor", "unmentor"):
        user_id = parse_number(request.form.get(action))
        if user_id is not None:
            if action == "remove":
                membership.remove_member(group_id, user_id, by=by)
            else:
                is_mentor = action == "mentor"
                membership.set_mentor(group_id, user_id, is_mentor=is_mentor, by=by)
            return redirect(url_for(".group", group_id=group_id), 303)
    return _add(found, form, by)


def _add(found: GroupView, form: MembersForm, by: int | None) -> ResponseReturnValue:
    names = form.usernames()
    unknown = membership.add_members(found.id, names, by=by)
    rest = names[membership.MAX_NAMES :]
    if unknown or rest or not names:
        messages = [] if names else [_("Enter at least one username.")]
        if unknown:
            messages += [_("There is nobody called %(names)s.", names=", ".join(unknown))]
        if rest:
            most = membership.MAX_NAMES
            messages += [_("%(most)s were added; add the others now.", most=most - len(unknown))]
        form.names.data = "\n".join([*unknown, *rest])
        form.names.errors = messages
        return _show(found, form), 422
    flash(_("Added: %(names)s", names=", ".join(names)), "ok")
    return redirect(url_for(".group", group_id=found.id), 303)


def _show(found: GroupView, form: MembersForm) -> str:
    return render_template(
        "access/group.html",
        group=found,
        members=membership.list_members(found.id),
        paths=membership.paths_naming(found.id) if can_administer(current_viewer()) else (),
        form=form,
        may_delete=can_administer(current_viewer()),
    )


@groups.route("/<id:group_id>/edit", methods=["GET", "POST"])
@members_only
def edit_group(group_id: int) -> ResponseReturnValue:
    found = managed_group(group_id)
    form = GroupForm(name=found.name, note=found.note)
    if form.validate_on_submit():
        try:
            by = current_viewer().user_id
            membership.change_group(group_id, form.name.data or "", form.note.data or "", by=by)
            return redirect(url_for(".group", group_id=group_id), 303)
        except GroupNameRefused as error:
            form.reject_name(error)
    status = 422 if form.errors else 200
    return render_template("access/edit_group.html", group=found, form=form), status


@groups.route("/<id:group_id>/delete", methods=["GET", "POST"])
@admins_only
def delete_group(group_id: int) -> ResponseReturnValue:
    found, form = membership.get_group(current_viewer(), group_id), ProtectedForm()
    if form.validate_on_submit():
        membership.delete_group(group_id, by=current_viewer().user_id)
        flash(_("The group has been deleted."), "ok")
        return redirect(url_for(".all_groups"), 303)
    paths = membership.paths_naming(group_id)
    return render_template("access/delete_group.html", group=found, form=form, paths=paths)
