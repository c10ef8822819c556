"""The blueprint of webhooks, for administrators."""

from flask import Blueprint

from wiki.access.decorators import admins_only
from wiki.web.security_headers import keep_private

webhooks = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")
webhooks.after_request(keep_private)


@webhooks.before_request
@admins_only
def refuse_others() -> None:
    """Allow only administrators to use this blueprint's views."""
