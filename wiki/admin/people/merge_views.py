"""Merges one person’s account into another, for administrators."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from wiki.access.permissions import current_viewer
from wiki.accounts.credentials.usernames import username_key
from wiki.accounts.errors import LastAdministrator
from wiki.accounts.merging.merge import MergePreview, MergeRefused, merge_accounts, preview_merge
from wiki.accounts.merging.messages import merge_message
from wiki.accounts.models import User
from wiki.accounts.users import get_user
from wiki.admin.blueprint import admin
from wiki.i18n import lazy as _l
from wiki.web.csrf import ProtectedForm


class TargetForm(Form):
    """The account to merge into, from the query string."""

    into = StringField(
        _l("Account that stays"),
        [InputRequired(_l("Enter the name of the account that is to stay."))],
        description=_l("The other name of this person, under which everything appears then."),
    )

    @property
    def name(self) -> str:
        return (self.into.data or "").strip()


class MergeForm(ProtectedForm):
    """Confirmation: the name of the account that ends, typed again."""

    name = StringField(_l("Type the name of the account that ends"))

    def is_sure(self, person: User) -> bool:
        """Whether the typed name is that of `person`; otherwise adds an error to the form."""
        is_same = username_key((self.name.data or "").strip()) == person.username_key
        if not is_same:
            self.reject("name", _("Type %(name)s to confirm.", name=person.username))
        return is_same


@admin.route("/people/<username>/merge", methods=["GET", "POST"])
def merge(username: str) -> ResponseReturnValue:
    """GET asks for the account to merge into or, with `into`, shows a preview; POST merges."""
    person, by = get_user(username), current_viewer().user_id
    target, form, preview = TargetForm(request.args), MergeForm(), None
    if "into" in request.args and target.validate():
        try:
            preview = preview_merge(person.username, target.name, by=by)
            if form.validate_on_submit() and form.is_sure(person):
                return _merge(preview)
        except (MergeRefused, LastAdministrator) as refused:
            target.into.errors = [merge_message(refused)]
    shown = {"person": person, "target": target, "preview": preview, "form": form}
    page = render_template("admin/people/merge.html", **shown)
    return page, 422 if target.errors or form.errors else 200


def _merge(preview: MergePreview) -> ResponseReturnValue:
    """Merge the accounts. Raises whatever `merge_accounts` raises."""
    source, target = preview.source.username, preview.target.username
    merge_accounts(source, target, by=current_viewer().user_id)
    words = _("%(source)s has been merged into %(target)s.", source=source, target=target)
    flash(words, "ok")
    return redirect(url_for(".person", username=target), 303)
