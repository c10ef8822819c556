"""Confirming an e-mail address by link, and requesting another link."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.accounts import messages
from wiki.accounts.authentication import sessions
from wiki.accounts.blueprint import accounts, signed_in_only
from wiki.accounts.email_confirmation import confirm_email, user_of_confirmation
from wiki.accounts.errors import ConfirmationRefused
from wiki.accounts.settings.account import send_confirmation
from wiki.mail.sender_settings import can_mail
from wiki.rate_limits import LimitReached
from wiki.rate_limits.messages import wait_message
from wiki.web.csrf import allow_same_origin

# The HTTP status for each reason to refuse a confirmation link.
REFUSED_CONFIRMATION_STATUS = {"expired": 410, "replaced": 410, "disabled": 403, "invalid": 404}


@accounts.route("/email/confirm", methods=["GET", "POST"])
@allow_same_origin
def confirm_address() -> ResponseReturnValue:
    """GET only asks for confirmation, since mail scanners open every link."""
    token = request.values.get("link", "")
    person = user_of_confirmation(token)
    if request.method == "POST":
        person = confirm_email(token)
    return render_template("accounts/settings/confirm_email.html", person=person, link=token)


@accounts.post("/email/link")
@signed_in_only
def send_link() -> ResponseReturnValue:
    person = sessions.signed_in_user()
    try:
        if not can_mail():
            flash(_("This wiki can’t send mail."), "warn")
        elif send_confirmation(person):
            flash(_("A link is on its way to %(address)s.", address=person.email), "ok")
    except LimitReached as reached:
        refusal = _("This address has been sent links already.")
        flash(f"{refusal} {wait_message(reached.wait)}", "warn")
    return redirect(url_for(".account_settings"), 303)


@accounts.errorhandler(ConfirmationRefused)
def confirmation_refused(refused: ConfirmationRefused) -> ResponseReturnValue:
    reason = messages.confirmation_refused(refused.reason)
    page = render_template("accounts/settings/not_confirmed.html", reason=reason)
    return page, REFUSED_CONFIRMATION_STATUS[refused.reason]
