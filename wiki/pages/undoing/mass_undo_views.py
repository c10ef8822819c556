"""The view that undoes all changes of one person in a period."""

from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import reviewers_only
from wiki.access.permissions import current_viewer
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.models import User
from wiki.accounts.users import get_user
from wiki.pages.blueprint import pages
from wiki.pages.undoing.forms import MassUndoForm
from wiki.pages.undoing.mass_undo import MassUndoPlan, carry_out_mass_undo, plan_mass_undo
from wiki.timezones import to_local


@pages.route("/users/<username>/undo", methods=["GET", "POST"])
@reviewers_only
def mass_undo(username: str) -> ResponseReturnValue:
    """Ask for a period, show the plan, and carry out one step."""
    user = get_user(username)
    form = MassUndoForm(request.form if request.method == "POST" else request.args)
    times = form.period()
    if times is None:
        return _page(user, form, None), 422
    if form.validate_on_submit():
        return _undo(user, form, times)
    return _page(user, form, plan_mass_undo(current_viewer(), user.id, *times), times)


def _undo(user: User, form: MassUndoForm, times: tuple[datetime, datetime]) -> str:
    seen = request.form.getlist("seen")
    by, name = signed_in_user(), user.username  # read before a write, which expires them
    viewer = current_viewer()
    plan = plan_mass_undo(viewer, user.id, *times, only=seen or ["none"])
    summary = form.summary.data or _("Undid the changes of %(name)s", name=name)
    done = list(carry_out_mass_undo(plan, seen, by=by, viewer=viewer, summary=summary))
    return render_template(
        "pages/undoing/mass_undo_result.html", username=name, done=done, left=plan.left
    )


def _page(
    user: User,
    form: MassUndoForm,
    plan: MassUndoPlan | None,
    times: tuple[datetime, datetime] | None = None,
) -> str:
    if times is not None:
        form.since.data = f"{to_local(times[0]):%Y-%m-%dT%H:%M}"
    return render_template(
        "pages/undoing/mass_undo.html",
        person_=user,
        form=form,
        plan=plan,
        times=times,
    )
