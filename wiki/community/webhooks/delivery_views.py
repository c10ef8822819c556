"""Undelivered messages of a webhook over HTTP: retrying and discarding them."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.community.webhooks import deliveries
from wiki.community.webhooks.blueprint import webhooks
from wiki.community.webhooks.deliveries import Retry


@webhooks.post("/<id:number>/messages/<id:delivery_id>/retry", endpoint="retry")
def retry_delivery(number: int, delivery_id: int) -> ResponseReturnValue:
    retry = deliveries.retry_delivery(number, delivery_id, by=current_viewer().user_id)
    _flash_retry(retry, _("The message is sent again now."))
    return redirect(url_for(".one", number=number), 303)


@webhooks.post("/<id:number>/messages/<id:delivery_id>/discard", endpoint="discard")
def discard_delivery(number: int, delivery_id: int) -> ResponseReturnValue:
    deliveries.discard_delivery(number, delivery_id, by=current_viewer().user_id)
    flash(_("The message is discarded."), "ok")
    return redirect(url_for(".one", number=number), 303)


@webhooks.post("/<id:number>/messages/retry", endpoint="retry_all")
def retry_all_failed(number: int) -> ResponseReturnValue:
    retry = deliveries.retry_failed(number, by=current_viewer().user_id)
    _flash_retry(retry, _("The failed messages are sent again now, in order."))
    return redirect(url_for(".one", number=number), 303)


def _flash_retry(retry: Retry, now: str) -> None:
    words = {
        Retry.NOW: now,
        Retry.ONCE_ON: _("This waits until the webhook is switched on."),
        Retry.LATER: _("This waits as long as the receiver has asked for."),
    }
    flash(words[retry], "ok" if retry is Retry.NOW else "warn")


@webhooks.post("/<id:number>/messages/discard", endpoint="discard_all")
def discard_all_failed(number: int) -> ResponseReturnValue:
    """Discard all undelivered messages and events."""
    deliveries.discard_unsent(number, by=current_viewer().user_id)
    flash(_("What was not sent is discarded."), "ok")
    return redirect(url_for(".one", number=number), 303)
