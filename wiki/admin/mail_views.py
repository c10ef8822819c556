"""The mail queue, for administrators."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.admin.blueprint import admin
from wiki.admin.forms import TestMailForm
from wiki.app_state import current_settings
from wiki.database import write_transaction
from wiki.i18n import lazy as _l
from wiki.mail import queue
from wiki.mail.kinds import TEST
from wiki.mail.message import mail_sender
from wiki.mail.models import Mail, MailState
from wiki.mail.queue import MailNotFound
from wiki.mail.sender_settings import can_mail
from wiki.web.pagination import paginate

WAITING_SHOWN = 50  # waiting mails listed; beyond that, only their number is shown

register_actions(
    {
        "mail-test": _l("Test mail queued"),
        "mail-retry": _l("Mail sent again"),
        "mail-discard": _l("Mail discarded"),
    }
)


@admin.get("/mail", endpoint="mail")
def show_mail() -> ResponseReturnValue:
    return _show_mail(TestMailForm(formdata=None, recipient=signed_in_user().email or ""))


def _show_mail(form: TestMailForm) -> tuple[str, int]:
    counts = queue.count_mails()
    pagination = paginate(counts[MailState.FAILED])
    span = {"offset": pagination.offset, "limit": pagination.per_page}
    shown: dict[str, Any] = {
        "server": current_settings().smtp_url,
        "sender": mail_sender() if can_mail() else None,
        "counts": counts,
        "waiting": queue.list_mails(MailState.WAITING, limit=WAITING_SHOWN),
        "failed": queue.list_mails(MailState.FAILED, **span),
        "kept_days": queue.SENT_KEPT.days,
        "pagination": pagination,
        "form": form,
    }
    return render_template("admin/mail.html", **shown), 422 if form.errors else 200


@admin.post("/mail/test")
def send_test_mail() -> ResponseReturnValue:
    if not can_mail():
        return _show_mail(TestMailForm(formdata=None))[0], 409
    form = TestMailForm()
    if not form.validate() or (address := form.address()) is None:
        return _show_mail(form)
    with write_transaction() as session:
        queue.enqueue(session, TEST, address)
        log_event(session, "mail-test", by=current_viewer().user_id)
    flash(_("A test mail is queued. If it stays below or fails, its line says why."), "ok")
    return redirect(url_for(".mail"), 303)


@admin.post("/mail/<id:number>/retry")
def retry_mail(number: int) -> ResponseReturnValue:
    return _decide(number, queue.retry, "mail-retry", _("The mail is sent again now."))


@admin.post("/mail/<id:number>/discard")
def discard_mail(number: int) -> ResponseReturnValue:
    return _decide(number, queue.discard, "mail-discard", _("The mail is discarded."))


def _decide(
    number: int, decide: Callable[..., Mail], action: str, words: str
) -> ResponseReturnValue:
    """Apply `decide` to a mail, log it as `action`, and flash `words`."""
    try:
        with write_transaction() as session:
            mail = decide(session, number)
            log_event(session, action, by=current_viewer().user_id, subject=mail.kind)
    except MailNotFound:
        abort(404)
    flash(words, "ok")
    return redirect(url_for(".mail"), 303)
