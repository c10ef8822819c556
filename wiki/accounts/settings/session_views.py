"""The browsers in which a person is signed in, and signing them out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication import sessions
from wiki.accounts.authentication.user_agents import browser_name
from wiki.accounts.blueprint import accounts, signed_in_only


@accounts.get("/settings/sessions")
@signed_in_only
def show_sessions() -> ResponseReturnValue:
    found = sessions.active_sessions(current_user.id)
    return render_template("accounts/sessions.html", sessions=found, browser_name=browser_name)


@accounts.post("/settings/sessions")
@signed_in_only
def end_sessions() -> ResponseReturnValue:
    """End one session, all of them, or by default every one but this."""
    session_id = request.form.get("session", "")
    if "everywhere" in request.form or session_id == current_user.session_id:
        return _leave(everywhere="everywhere" in request.form)
    if session_id:
        sessions.end_session(current_user.id, session_id)
        flash(_("That browser is signed out."), "ok")
    else:
        sessions.sign_out_everywhere(sessions.signed_in_user())
        flash(_("You are signed out everywhere but here."), "ok")
    return redirect(url_for(".show_sessions"), 303)


def _leave(*, everywhere: bool) -> ResponseReturnValue:
    if everywhere:
        sessions.sign_out_everywhere(sessions.signed_in_user(), keep_this=False)
    else:
        sessions.sign_out()
    flash(_("You are signed out everywhere.") if everywhere else _("You are signed out."), "ok")
    return redirect(url_for("hub.front"), 303)
