"""The blueprint of webhooks: a part of administration."""

from flask import Blueprint

from wiki.access.decorators import admins_only
from wiki.web.security_headers import keep_private

webhooks = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")
webhooks.after_request(keep_private)


@webhooks.before_request
@admins_only
def refuse_others() -> None:
    """Lets administrators through, to every view of this blueprint."""
