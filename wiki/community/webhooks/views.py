"""Webhooks over HTTP, for administrators."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.community.webhooks import deliveries, manage
from wiki.community.webhooks.address import masked
from wiki.community.webhooks.blueprint import webhooks
from wiki.community.webhooks.forms import WebhookForm
from wiki.community.webhooks.manage import WebhookConflict, WebhookRefused
from wiki.community.webhooks.messages.public_events import choices
from wiki.community.webhooks.models import DeliveryState, Webhook
from wiki.community.webhooks.sending.delivery import Verdict
from wiki.community.webhooks.sending.sender import can_post
from wiki.community.webhooks.sending.trial_message import try_webhook
from wiki.database import utcnow
from wiki.kinds.current import kind_of
from wiki.web.csrf import ProtectedForm
from wiki.web.pagination import paginate

SHOWN = 20  # waiting or sent messages that are listed


@webhooks.get("/", endpoint="all")
def list_webhooks() -> ResponseReturnValue:
    found = manage.all_webhooks()
    counts = deliveries.counts_of([webhook.id for webhook in found])
    shown = {"webhooks": found, "counts": counts, "masked": masked, "kind_of": kind_of}
    return render_template("community/webhooks/list.html", **shown, can_post=can_post())


@webhooks.route("/new", methods=["GET", "POST"], endpoint="new")
def new_webhook() -> ResponseReturnValue:
    form = WebhookForm()
    if not can_post():
        return render_template("community/webhooks/new.html", form=None), 409
    if form.validate_on_submit():
        try:
            webhook = manage.create_webhook(form.terms(), by=current_viewer().user_id)
        except WebhookRefused as refused:
            form.show(refused)
        else:
            return _created(webhook)
    page = render_template("community/webhooks/new.html", form=form)
    return page, 422 if form.errors else 200


def _created(webhook: Webhook) -> ResponseReturnValue:
    """Show the signing key once, for the receiver; Discord needs none."""
    if webhook.signing_key:
        return _show_key(webhook, webhook.signing_key)
    flash(_("The webhook is created and switched on. Send a test message."), "ok")
    return redirect(url_for(".one", number=webhook.id), 303)


def _show_key(webhook: Webhook, key: str) -> str:
    return render_template("community/webhooks/key.html", webhook=webhook, key=key)


@webhooks.get("/<id:number>", endpoint="one")
def show_webhook(number: int) -> ResponseReturnValue:
    webhook = manage.get_webhook(number)
    counts = deliveries.counts_of([number])[number]
    pagination = paginate(counts.failed)
    span = {"offset": pagination.offset, "limit": pagination.per_page}
    listed: dict[str, Any] = {
        "failed": deliveries.list_deliveries(number, DeliveryState.FAILED, **span),
        "waiting": deliveries.list_deliveries(number, DeliveryState.WAITING, limit=SHOWN),
        "sent": deliveries.list_deliveries(number, DeliveryState.SENT, limit=SHOWN),
    }
    shown = {"webhook": webhook, "masked": masked, "counts": counts, "choices": choices()}
    shown |= {"is_paused": bool(webhook.paused_until and webhook.paused_until > utcnow())}
    shown |= {"kind_of": kind_of, "kept_days": deliveries.SENT_KEPT.days, "can_post": can_post()}
    return render_template("community/webhooks/one.html", **shown, **listed, pagination=pagination)


@webhooks.route("/<id:number>/edit", methods=["GET", "POST"], endpoint="edit")
def edit_webhook(number: int) -> ResponseReturnValue:
    webhook = manage.get_webhook(number)
    form, status = WebhookForm(webhook), 200
    if form.validate_on_submit():
        try:
            return _change(number, form)
        except WebhookRefused as refused:
            form.show(refused)
        except WebhookConflict:
            form, status = _conflict(number, form), 409
    shown = {"webhook": webhook, "masked": masked, "form": form}
    page = render_template("community/webhooks/edit.html", **shown)
    return page, 422 if form.errors and status == 200 else status


def _change(number: int, form: WebhookForm) -> ResponseReturnValue:
    """Store the form's values. Raises `WebhookRefused`, `WebhookConflict`."""
    had_key = bool(manage.get_webhook(number).signing_key)
    by = current_viewer().user_id
    webhook = manage.change_webhook(number, form.terms(), version=form.seen(), by=by)
    if webhook.signing_key and not had_key:
        return _show_key(webhook, webhook.signing_key)
    flash(_("The webhook is changed."), "ok")
    return redirect(url_for(".one", number=number), 303)


def _conflict(number: int, form: WebhookForm) -> WebhookForm:
    """The form with what was typed, which can now be sent again."""
    form.version.data = str(manage.get_webhook(number).version)
    message = _("Somebody else has changed this webhook meanwhile. Send again to overwrite that.")
    form.form_errors = [message]
    return form


@webhooks.post("/<id:number>/switch", endpoint="switch")
def switch_webhook(number: int) -> ResponseReturnValue:
    is_on = request.form.get("on") == "1"
    manage.switch_webhook(number, is_on=is_on, by=current_viewer().user_id)
    flash(_("The webhook is on.") if is_on else _("The webhook is off."), "ok")
    return redirect(url_for(".one", number=number), 303)


@webhooks.post("/<id:number>/test", endpoint="test")
def test_webhook(number: int) -> ResponseReturnValue:
    outcome = try_webhook(number, by=current_viewer().user_id)
    if outcome.verdict is Verdict.TAKEN:
        flash(_("The receiver has accepted the test message (%(code)s).", code=outcome.code), "ok")
    else:
        flash(_("The test message failed. %(why)s", why=outcome.reason), "danger")
    return redirect(url_for(".one", number=number), 303)


@webhooks.post("/<id:number>/key", endpoint="key")
def replace_key(number: int) -> ResponseReturnValue:
    key = manage.replace_key(number, by=current_viewer().user_id)
    return _show_key(manage.get_webhook(number), key)


@webhooks.route("/<id:number>/delete", methods=["GET", "POST"], endpoint="delete")
def delete_webhook(number: int) -> ResponseReturnValue:
    webhook, form = manage.get_webhook(number), ProtectedForm()
    if not form.validate_on_submit():
        counts = deliveries.counts_of([number])[number]
        shown = {"webhook": webhook, "counts": counts, "form": form}
        return render_template("community/webhooks/delete.html", **shown)
    name = manage.delete_webhook(number, by=current_viewer().user_id)
    flash(_("The webhook “%(name)s” has been deleted.", name=name), "ok")
    return redirect(url_for(".all"), 303)
