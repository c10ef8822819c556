"""Changing your own username."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.blueprint import accounts, form_page, signed_in_only
from wiki.accounts.errors import AccountRefused
from wiki.accounts.settings.account import change_username
from wiki.accounts.settings.forms import NameForm
from wiki.rate_limits import LimitReached


@accounts.route("/name", methods=["GET", "POST"])
@signed_in_only
def change_name() -> ResponseReturnValue:
    form = NameForm(username=current_user.username)
    if form.validate_on_submit():
        try:
            password = form.text("current_password")
            name = change_username(signed_in_user(), form.text("username"), password)
            flash(_("Your name is now %(name)s.", name=name), "ok")
            return redirect(url_for(".account_settings"), 303)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    return form_page("accounts/settings/name.html", form)
