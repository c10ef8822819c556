"""The settings of your own account: password, e-mail address, time zone, sessions."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication import sessions
from wiki.accounts.authentication.user_agents import browser_name
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused
from wiki.accounts.messages import signed_out_here_only
from wiki.accounts.second_factor.factor import second_factor_of
from wiki.accounts.settings.account import change_account, set_timezone
from wiki.accounts.settings.forms import SettingsForm, TimezoneForm
from wiki.accounts.tokens.tokens import count_live_tokens, revoke_all_tokens
from wiki.rate_limits import LimitReached


@accounts.route("/settings", methods=["GET", "POST"])
@signed_in_only
def account_settings() -> ResponseReturnValue:
    form = SettingsForm(email=current_user.email)
    if form.validate_on_submit():
        try:
            return _change_account(form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    times = TimezoneForm(formdata=None, timezone=current_user.timezone or "")
    return form_page("accounts/settings/settings.html", form, times=times, **_shown())


def _shown() -> dict[str, Any]:
    """The other variables of the settings page."""
    return {
        "token_count": count_live_tokens(current_user.id),
        "has_second_factor": second_factor_of(current_user.id) is not None,
        "person": sessions.signed_in_user(),
    }


def _change_account(form: SettingsForm) -> ResponseReturnValue:
    is_confirming = change_account(
        sessions.signed_in_user(),
        current_password=form.text("current_password"),
        password=form.text("password"),
        # A form without the field keeps the address.
        email=form.text("email") if form.email.raw_data else None,
    )
    if form.revoke_tokens.data:
        revoke_all_tokens(current_user.id)
    flash(_("Settings saved."), "ok")
    if is_confirming:
        flash(_("Open the link that we sent to the new address, to confirm it."), "ok")
    return redirect(url_for(".account_settings"), 303)


@accounts.post("/settings/timezone")
@signed_in_only
def choose_timezone() -> ResponseReturnValue:
    times = TimezoneForm()
    if not times.validate_on_submit():
        form = SettingsForm(formdata=None, email=current_user.email)
        page = render_template(
            "accounts/settings/settings.html", form=form, times=times, **_shown()
        )
        return page, 422
    set_timezone(sessions.signed_in_user(), times.timezone.data)
    flash(_("Time zone saved."), "ok")
    return redirect(url_for(".account_settings"), 303)


@accounts.get("/settings/sessions")
@signed_in_only
def show_sessions() -> ResponseReturnValue:
    found = sessions.active_sessions(current_user.id)
    return render_template(
        "accounts/settings/sessions.html", sessions=found, browser_name=browser_name
    )


@accounts.post("/settings/sessions")
@signed_in_only
def end_sessions() -> ResponseReturnValue:
    """End one session, all sessions, or by default all but the current one."""
    session_id = request.form.get("session", "")
    if "everywhere" in request.form or session_id == current_user.session_id:
        return _leave(everywhere="everywhere" in request.form)
    if session_id:
        sessions.end_session(current_user.id, session_id)
        flash(_("That browser is signed out."), "ok")
    else:
        sessions.sign_out_elsewhere(sessions.signed_in_user())
        flash(_("You are signed out everywhere but here."), "ok")
    return redirect(url_for(".show_sessions"), 303)


def _leave(*, everywhere: bool) -> ResponseReturnValue:
    if everywhere:
        is_stored = sessions.sign_out_everywhere(sessions.signed_in_user())
    else:
        is_stored = sessions.sign_out()
    if is_stored:
        flash(_("You are signed out everywhere.") if everywhere else _("You are signed out."), "ok")
    else:
        flash(signed_out_here_only(), "warn")
    return redirect(url_for("hub.front"), 303)
