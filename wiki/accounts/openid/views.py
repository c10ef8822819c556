"""Signing in with the provider, and registering with an identity."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from wiki.accounts.authentication import second_step, sessions
from wiki.accounts.blueprint import accounts, form_page, next_page
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import User
from wiki.accounts.openid import handshake as handshakes
from wiki.accounts.openid import identities, protocol
from wiki.accounts.openid.errors import OpenidRefused
from wiki.accounts.openid.forms import ChooseNameForm
from wiki.accounts.openid.handshake import Arrival, Handshake
from wiki.accounts.openid.messages import STATUS, refusal
from wiki.accounts.redirects import safe_path
from wiki.accounts.registration.register import check_may_register
from wiki.accounts.registration.setup_code import needs_setup_code
from wiki.accounts.users import has_users
from wiki.app_state import current_settings
from wiki.rate_limits import LimitReached, address_key, count_attempt
from wiki.setting_types.openid_provider import OpenidProvider

# Each request makes the server ask the provider. A class may share one address.
OPENID_RATE_BY_ADDRESS = "120 per minute"


@accounts.get("/openid")
def openid_login() -> ResponseReturnValue:
    """Redirect to the provider; with `again`, also for people who are signed in, to
    reauthenticate.
    """
    _provider()
    if current_user.is_authenticated and "again" not in request.args:
        return redirect(next_page(), 303)
    next_path, invitation = safe_path(request.args.get("next")), request.args.get("invite", "")
    return to_provider(Handshake(protocol.new_secrets(), next_path or "", invitation))


def to_provider(handshake: Handshake) -> ResponseReturnValue:
    """Redirect to the provider. Raises `OpenidRefused`, `LimitReached`."""
    provider = _provider()
    count_attempt(OPENID_RATE_BY_ADDRESS, "openid", address_key())
    url = protocol.authorization_url(provider, handshake.secrets, _callback())
    handshakes.keep(handshake)
    return redirect(url, 303)


@accounts.get("/openid/callback")
def openid_callback() -> ResponseReturnValue:
    """The address that the provider redirects to."""
    provider = _provider()
    count_attempt(OPENID_RATE_BY_ADDRESS, "openid", address_key())
    handshake = handshakes.take(request.args.get("state", ""))
    secrets = handshake.secrets
    identity = protocol.identify(provider, request.args, secrets, _callback())
    if handshake.linking is not None:
        return _link(handshake.linking, identity)
    found = identities.user_of(identity)
    if found is not None:
        return _sign_in(found, handshake.next_path)
    handshakes.keep_arrival(Arrival(identity, handshake.next_path, handshake.invitation))
    return redirect(url_for(".openid_register"), 303)


def _link(user_id: int, identity: protocol.OpenIDIdentity) -> ResponseReturnValue:
    # Somebody else may have signed in here in the meantime.
    if not current_user.is_authenticated or current_user.id != user_id:
        raise OpenidRefused("stale")
    identities.link_to_account(user_id, identity)
    flash(_("Linked. You can sign in with %(name)s from now on.", name=_provider().name), "ok")
    return redirect(url_for(".identities"), 303)


def _sign_in(person: User, next_path: str) -> ResponseReturnValue:
    if not person.is_enabled:
        raise OpenidRefused("disabled")
    if second_step.is_needed(person):
        second_step.begin(person, remember=False)
        return redirect(url_for(".login_code", next=next_path or None), 303)
    sessions.sign_in(person)
    return redirect(next_path or url_for("hub.front"), 303)


@accounts.route("/openid/register", methods=["GET", "POST"])
def openid_register() -> ResponseReturnValue:
    """Create an account for an identity that has none. Raises `RegistrationClosed`."""
    provider, arrival = _provider(), handshakes.arrival()
    identity = arrival.identity
    check_may_register(arrival.invitation, identity.email)
    form = ChooseNameForm(
        needs_code=not has_users() and needs_setup_code(),
        username=identities.suggested_name(identity),
    )
    if form.validate_on_submit():
        try:
            return _register(arrival, form)
        except (AccountRefused, LimitReached) as error:
            form.show(error)
    shown = {"email": identity.email, "name": provider.name}
    return form_page("accounts/openid/register.html", form, **shown)


def _register(arrival: Arrival, form: ChooseNameForm) -> ResponseReturnValue:
    code = form.text("code") if "code" in form else ""
    name, token = form.text("username"), arrival.invitation
    person = identities.register_with_identity(arrival.identity, name, code=code, token=token)
    sessions.sign_in(person)
    flash(_("Welcome, %(name)s.", name=person.username), "ok")
    return redirect(arrival.next_path or url_for("hub.front"), 303)


def _provider() -> OpenidProvider:
    return current_settings().openid_provider or abort(404)


def _callback() -> str:
    return url_for(".openid_callback", _external=True)


@accounts.errorhandler(OpenidRefused)
def openid_refused(refused: OpenidRefused) -> ResponseReturnValue:
    words = refusal(refused.reason, current_settings().oidc_name)
    page = render_template("accounts/openid/refused.html", reason=words, said=refused.said)
    return page, STATUS[refused.reason]
