"""The blueprint of administration: every address of it is for administrators alone."""

from flask import Blueprint

from wiki.access.decorators import admins_only
from wiki.web.security_headers import keep_private

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.after_request(keep_private)


@admin.before_request
@admins_only
def refuse_others() -> None:
    """Lets administrators through, to every view of this blueprint."""
