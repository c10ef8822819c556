"""Downloading your own data, and closing your account."""

from flask import flash, redirect, render_template, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused, LastAdministrator
from wiki.accounts.forms import AccountForm
from wiki.accounts.leaving.archive import make_archive
from wiki.accounts.leaving.closing import close_account
from wiki.accounts.leaving.forms import CloseForm
from wiki.rate_limits import LimitReached


@accounts.get("/data")
@signed_in_only
def own_data() -> ResponseReturnValue:
    return render_template("accounts/leaving/data.html", form=AccountForm(formdata=None))


@accounts.post("/data")
@signed_in_only
def download_data() -> ResponseReturnValue:
    form = AccountForm()
    try:
        archive = make_archive(signed_in_user())
    except LimitReached as reached:
        form.show(reached)
        return form_page("accounts/leaving/data.html", form)
    name = f"{current_user.username}.zip"
    return send_file(archive, "application/zip", as_attachment=True, download_name=name)


@accounts.route("/close", methods=["GET", "POST"])
@signed_in_only
def close() -> ResponseReturnValue:
    form = CloseForm()
    if form.validate_on_submit():
        try:
            return _close(form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
        except LastAdministrator:
            words = _("You are the last administrator. Appoint another one first.")
            form.form_errors = [words]
    return form_page("accounts/leaving/close.html", form)


def _close(form: CloseForm) -> ResponseReturnValue:
    close_account(signed_in_user(), form.text("current_password"))
    session.clear()
    logout_user()
    flash(_("Your account is closed. Thank you for what you wrote here."), "ok")
    return redirect(url_for("hub.front"), 303)
