"""The settings that administrators decide in the browser."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer
from wiki.admin.blueprint import admin
from wiki.admin.options.change import (
    OptionsConflict,
    OptionsRefused,
    change_settings,
    settings_hash,
)
from wiki.admin.options.form import OptionsForm, options_form, sections
from wiki.hub_settings.current import stored_values


@admin.route("/options", methods=["GET", "POST"])
def options() -> ResponseReturnValue:
    form = options_form(stored_values(), settings_hash())
    if form.validate_on_submit():
        try:
            return _change(form)
        except OptionsRefused as refused:
            for name, words in refused.problems.items():
                form.show_problem(name, str(words))
        except OptionsConflict:
            return _show(_conflict(form), 409)
    return _show(form, 422 if form.errors else 200)


def _change(form: OptionsForm) -> ResponseReturnValue:
    """Raises `OptionsRefused`, `OptionsConflict`."""
    change_settings(form.written(), since=form.state.data or "", by=current_viewer().user_id)
    flash(_("Saved."), "ok")
    return redirect(url_for(".options"), 303)


def _conflict(form: OptionsForm) -> OptionsForm:
    words = _(
        "Somebody else has changed this in the meantime. Check their changes before you save."
    )
    form.form_errors = [words]
    form.state.data = settings_hash()
    return form


def _show(form: OptionsForm, status: int) -> ResponseReturnValue:
    return render_template("admin/options/options.html", form=form, sections=sections()), status
