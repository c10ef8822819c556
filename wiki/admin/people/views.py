"""People, for administrators: the list, and one person’s role, groups, sessions and sign-in
methods.
"""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form, HiddenField, SearchField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from wiki.access.groups import membership
from wiki.access.groups.membership import groups_of_user, list_groups
from wiki.access.permissions import current_viewer
from wiki.accounts import users
from wiki.accounts.audit_log import SUBJECT_LIMIT, last_event
from wiki.accounts.authentication.password_reset import RESET_LINK_AGE, make_reset_link
from wiki.accounts.authentication.sessions import active_sessions, end_session, end_sessions_of
from wiki.accounts.authentication.user_agents import browser_name
from wiki.accounts.blocking.blocks import block_of_user
from wiki.accounts.errors import LastAdministrator, UserNotFound
from wiki.accounts.messages import ROLES
from wiki.accounts.models import Role, User
from wiki.accounts.people.people_list import PeopleFilter, count_people, last_seen, list_people
from wiki.accounts.privacy.former_names import renamed_user
from wiki.accounts.second_factor.factor import second_factor_of, switch_off
from wiki.admin.blueprint import admin, log_action
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm
from wiki.web.pagination import paginate

_ACCESS = {"on": _l("Enabled"), "off": _l("Disabled")}
_STATES = {
    "disabled": _l("Disabled"),
    "blocked": _l("Blocked"),
    "never": _l("Never signed in"),
}
_ORDERS = {
    "": _l("Date of joining"),
    "seen": _l("Last seen, most recent first"),
    "unseen": _l("Last seen, longest ago first"),
}


class PeopleForm(Form):
    """The filter of the list of people, from the query string."""

    q = SearchField(_l("Name or e-mail"))
    role = SelectField(_l("Role"))
    group = SelectField(_l("Group"))
    state = SelectField(_l("Account"))
    order = SelectField(
        _l("Sort by"), choices=[SelectChoice(value, label) for value, label in _ORDERS.items()]
    )

    def __init__(self, *args: Any, groups: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [(str(id_), name) for id_, name in groups]
        offered = ((self.role, ROLES.items()), (self.group, ids), (self.state, _STATES.items()))
        for field, choices in offered:
            listed = [SelectChoice(str(value), label) for value, label in choices]
            field.choices = [SelectChoice("", _l("All")), *listed]
            field.data = field.data or ""
        self.order.data = self.order.data or ""

    @property
    def is_empty(self) -> bool:
        return not any(field.data for field in self)

    def people_filter(self) -> PeopleFilter:
        """The filter of a validated form."""
        group_id = int(self.group.data) if self.group.data else None
        query = (self.q.data or "").strip()
        return PeopleFilter(query, self.role.data, group_id, self.state.data, self.order.data)


class PersonForm(ProtectedForm):
    """A person’s role, and whether they may sign in."""

    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, label) for role, label in ROLES.items()]
    )
    access = SelectField(
        _l("Account"), choices=[SelectChoice(value, label) for value, label in _ACCESS.items()]
    )
    why = StringField(
        _l("Reason"),
        [Length(max=SUBJECT_LIMIT, message=_l("At most %(most)s characters.", most=SUBJECT_LIMIT))],
        description=_l("If you disable the account: for the audit log, which administrators read."),
    )
    # The values shown; only fields that differ from them were changed.
    role_was = HiddenField()
    access_was = HiddenField()
    is_conflict = False

    @classmethod
    def of(cls, person: User) -> "PersonForm":
        now = cls._values_of(person)
        return cls(**now, **{f"{name}_was": value for name, value in now.items()})

    @staticmethod
    def _values_of(person: User) -> dict[str, str]:
        return {"role": person.role, "access": "on" if person.is_enabled else "off"}

    def chosen(self, name: str) -> str | None:
        """The value of a field if it was changed, otherwise `None`."""
        value: str = self[name].data
        return None if value == self[f"{name}_was"].data else value

    def check_conflict(self, person: User) -> bool:
        """Whether the changed fields are still as they were shown, or already have the new
        value.
        """
        for name, now in self._values_of(person).items():
            was = self[f"{name}_was"]
            if self.chosen(name) not in (None, now) and was.data != now:
                was.data, self.is_conflict = now, True
                words = _(
                    "Somebody else has changed this in the meantime. Save again to overwrite that."
                )
                self.reject(name, words)
        return not self.is_conflict


class GroupsForm(ProtectedForm):
    """The groups that a person is in."""

    groups = SelectMultipleField(_l("Member of"), coerce=int)
    was = HiddenField()  # the group ids that were shown

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups.choices = [SelectChoice(id_, name) for id_, name in choices]

    def changes(self) -> tuple[set[int], set[int]]:
        """The ids of groups to join, and of groups to leave.

        A group that was deleted in the meantime is ignored. Raises `ValueError`.
        """
        if self.groups.process_errors:
            raise ValueError
        was, now = set(map(int, (self.was.data or "").split())), set(self.groups.data or ())
        return now - was, was - now


@admin.get("/people")
def everybody() -> ResponseReturnValue:
    form = PeopleForm(request.args, groups=list_groups())
    if not form.validate():
        return render_template("admin/people/list.html", form=form, people=(), pagination=None), 422
    wanted = form.people_filter()
    pagination = paginate(count_people(wanted))
    found = list_people(wanted, offset=pagination.offset, limit=pagination.per_page)
    return render_template("admin/people/list.html", form=form, people=found, pagination=pagination)


@admin.route("/people/<username>", methods=["GET", "POST"])
def person(username: str) -> ResponseReturnValue:
    try:
        found = users.get_user(username, with_invitation=True)
    except UserNotFound:
        return _under_present_name(username)
    form = PersonForm.of(found)
    if form.validate_on_submit() and form.check_conflict(found):
        try:
            return _change_person(found, form)
        except LastAdministrator:
            words = _("This is the last administrator. Appoint another one first.")
            form.reject("role" if form.role.data != Role.ADMIN else "access", words)
            found = users.get_user(username, with_invitation=True)
    return _show_person(found, form)


def _under_present_name(username: str) -> ResponseReturnValue:
    """Redirect from a former name to the current one. Raises `UserNotFound`."""
    if (renamed := renamed_user(username)) is None:
        raise UserNotFound(username)
    return redirect(url_for(".person", username=renamed.username), 303)


def _show_person(person: User, form: PersonForm) -> ResponseReturnValue:
    theirs = [id_ for id_, _name in groups_of_user(person.id)]
    shown: dict[str, Any] = {
        "groups": GroupsForm(
            formdata=None,
            choices=list_groups(),
            data={"groups": theirs, "was": " ".join(map(str, theirs))},
        ),
        "sessions": active_sessions(person.id),
        "browser_name": browser_name,
        "seen_at": last_seen(person.id),
        "block": block_of_user(person.id),
        "disabled": None if person.is_enabled else last_event("disabled", about=person.id),
        "has_factor": second_factor_of(person.id) is not None,
    }
    page = render_template("admin/people/person.html", person=person, form=form, **shown)
    return page, 409 if form.is_conflict else 422 if form.errors else 200


def _change_person(person: User, form: PersonForm) -> ResponseReturnValue:
    """Store the changes. Raises `LastAdministrator`, and then nothing is changed."""
    number, name, by = person.id, person.username, current_viewer().user_id
    role, access = form.chosen("role"), form.chosen("access")
    users.change_user(
        name,
        Role(role) if role else None,
        is_enabled=access == "on" if access else None,
        by=by,
        why=(form.why.data or "").strip(),
    )
    flash(_("%(name)s has been updated.", name=name), "ok")
    # Administrators who give up their role can’t see the list any more.
    is_leaving = number == by and role not in (None, Role.ADMIN)
    return redirect(url_for("hub.front" if is_leaving else ".everybody"), 303)


@admin.post("/people/<username>/groups")
def change_groups(username: str) -> ResponseReturnValue:
    found = users.get_user(username)
    number, name = found.id, found.username
    try:
        joined, left = GroupsForm(choices=list_groups()).changes()
    except ValueError:
        abort(400)
    membership.change_groups(number, joined, left, by=current_viewer().user_id)
    flash(_("%(name)s has been updated.", name=name), "ok")
    return redirect(url_for(".person", username=name), 303)


@admin.post("/people/<username>/sessions")
def sign_out_person(username: str) -> ResponseReturnValue:
    """End one or all sessions of a person."""
    found = users.get_user(username)
    name, by = found.username, current_viewer().user_id
    if found.id == by:
        return redirect(url_for("accounts.show_sessions"), 303)
    if session_id := request.form.get("session", ""):
        if end_session(found.id, session_id, by=by):
            flash(_("%(name)s is signed out in that browser.", name=name), "ok")
        else:
            flash(_("There is no such session. Nothing was changed."), "warn")
    else:
        end_sessions_of(found, by=by)
        flash(_("%(name)s is signed out everywhere.", name=name), "ok")
    return redirect(url_for(".person", username=name), 303)


@admin.post("/people/<username>/password")
def password_link(username: str) -> ResponseReturnValue:
    """A link for somebody who forgot their password; shown once and not stored."""
    found = users.get_user(username)
    # An unattended session isn’t enough: the current password is needed.
    if found.id == current_viewer().user_id:
        return redirect(url_for("accounts.account_settings"), 303)
    log_action("password-link", about=found.id)
    return render_template(
        "admin/people/password.html",
        person=found,
        link=url_for("accounts.new_password", link=make_reset_link(found), _external=True),
        hours=RESET_LINK_AGE // 3600,
    )


@admin.post("/people/<username>/second-factor")
def forget_second_factor(username: str) -> ResponseReturnValue:
    """Remove the second factor of somebody who lost their phone and recovery codes."""
    found = users.get_user(username)
    name = found.username
    # An unattended session isn’t enough: the password and a code are needed.
    if found.id == current_viewer().user_id:
        return redirect(url_for("accounts.second_factor"), 303)
    switch_off(found.id, by=current_viewer().user_id)
    flash(_("%(name)s signs in without a code from now on.", name=name), "ok")
    return redirect(url_for(".person", username=name), 303)
