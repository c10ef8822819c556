"""The blueprint of administration, which is for administrators only."""

from flask import Blueprint

from wiki.access.decorators import admins_only
from wiki.access.permissions import current_viewer
from wiki.accounts.audit_log import log_event
from wiki.database import write_transaction
from wiki.web.security_headers import keep_private

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.after_request(keep_private)


@admin.before_request
@admins_only
def refuse_others() -> None:
    """Allow administrators only, for every view of this blueprint."""


def log_action(action: str, *, about: int | None = None, subject: str = "") -> None:
    """Log an action of the current administrator that nothing else records."""
    with write_transaction() as session:
        log_event(session, action, by=current_viewer().user_id, about=about, subject=subject)
