"""Shows who may read and edit a page, and why, and changes that."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import Forbidden, members_only
from wiki.access.groups.membership import list_groups
from wiki.access.models import ROOT_RULE_ID, Level
from wiki.access.permissions import (
    Viewer,
    can_administer,
    can_protect,
    current_viewer,
    readable_rules,
)
from wiki.access.rulebook import Rule, rulebook
from wiki.accounts.authentication.sessions import signed_in_user
from wiki.accounts.users import user_by_name
from wiki.naming import NameRefused, path_key
from wiki.pages.blueprint import pages
from wiki.pages.errors import PageNotFound
from wiki.pages.forms import path_problem
from wiki.pages.models import Page
from wiki.pages.protection.descriptions import (
    describe_rule,
    editors_of,
    readers_of,
    viewer_of,
    why,
)
from wiki.pages.protection.forms import RuleForm
from wiki.pages.protection.rule_changes import (
    RuleEffect,
    RuleRefused,
    is_protection,
    lift_protection,
    preview_removal,
    preview_rule,
    protect_page,
    remove_rule,
    set_rule,
)
from wiki.pages.queries.page_queries import visible_page


@pages.get("/access/", defaults={"path": ""}, endpoint="access")
@pages.get("/access/<wikipath:path>", endpoint="access")
def show_access(path: str) -> ResponseReturnValue:
    """Who may read and edit the page at `path`, and why."""
    page = _page_at(path)
    path = page.path if page else path
    return _show(path, page, _form_at(path))


@pages.post("/access/", defaults={"path": ""}, endpoint="set_access")
@pages.post("/access/<wikipath:path>", endpoint="set_access")
@members_only
def change_access(path: str) -> ResponseReturnValue:
    """Preview, set or remove a rule, or protect a page."""
    page = _page_at(path)
    path = page.path if page else path
    action = request.form.get("action", "set")
    if action in ("protect", "lift") and page is not None:
        return _protect(page, is_lifted=action == "lift")
    if not can_administer(current_viewer()):
        raise Forbidden
    return _remove(path, page) if action == "remove" else _set(path, page)


def _page_at(path: str) -> Page | None:
    """The page at `path`; `None` for the whole wiki, or a path without a page.

    Only administrators may set a rule for a path without a page; the rule of the whole wiki is
    shown to those who may read under it. Raises `PageNotFound`.
    """
    viewer = current_viewer()
    try:
        if path:
            return visible_page(viewer, path)
        if ROOT_RULE_ID not in readable_rules(viewer):
            raise PageNotFound
    except PageNotFound:
        if not can_administer(viewer):
            raise
    return None


def _form_at(path: str) -> RuleForm:
    """The form filled with the rule in force, narrowed to `path`."""
    form, rule = RuleForm(formdata=None), rulebook().nearest(path_key(path))
    is_here = rule.key == path_key(path)
    note = describe_rule(rule).note if is_here else ""
    form.show(rule, note, covers=rule.covers if is_here else "tree")
    return form


def _set(path: str, page: Page | None) -> ResponseReturnValue:
    form = RuleForm()
    form.offer_groups(list_groups())
    if not form.validate_on_submit():
        return _show(path, page, form), 422
    try:
        terms = form.terms()
        effect = preview_rule(path, terms)
        if effect.changes_readers and form.confirmed.data != effect.digest:
            form.confirmed.data = effect.digest
            return _show(path, page, form, effect)
        set_rule(path, terms, by=signed_in_user())
    except RuleRefused as error:
        form.reject_rule(error)
        return _show(path, page, form), 422
    except NameRefused as error:
        flash(path_problem(error), "danger")
        return _show(path, page, form), 422
    flash(_("The rule has been set."), "ok")
    return redirect(url_for(".access", path=path), 303)


def _remove(path: str, page: Page | None) -> ResponseReturnValue:
    form = _form_at(path)
    try:
        effect = preview_removal(path)
        if effect.changes_readers and request.form.get("confirmed") != effect.digest:
            form.confirmed.data = effect.digest
            return _show(path, page, form, effect, is_removal=True)
        remove_rule(path, by=signed_in_user())
    except RuleRefused:
        flash(_("There is no rule here that could be removed."), "warn")
        return _show(path, page, form), 409
    flash(_("The rule has been removed. The one above applies again."), "ok")
    return redirect(url_for(".access", path=path), 303)


def _protect(page: Page, *, is_lifted: bool) -> ResponseReturnValue:
    """Let only mentors edit the page or, if `is_lifted`, those who could before."""
    if not can_protect(current_viewer(), page):
        raise Forbidden
    path = page.path
    try:
        if is_lifted:
            lift_protection(path, by=signed_in_user())
            flash(_("The page is no longer protected."), "ok")
        else:
            protect_page(path, by=signed_in_user())
            flash(_("The page is protected: only mentors may edit it."), "ok")
    except RuleRefused:
        flash(_("An administrator has set a rule here, which only they may change."), "warn")
    return redirect(url_for(".access", path=path), 303)


def _show(
    path: str,
    page: Page | None,
    form: RuleForm,
    effect: RuleEffect | None = None,
    *,
    is_removal: bool = False,
) -> str:
    viewer, book = current_viewer(), rulebook()
    rule = book.nearest(path_key(path))
    form.offer_groups(list_groups())
    return render_template(
        "pages/protection/access.html",
        path=path,
        page=page,
        form=form,
        rule=rule,
        in_force=describe_rule(rule),
        is_here=rule.key == path_key(path),
        readers=readers_of(rule),
        editors=editors_of(rule),
        effect=effect,
        is_removal=is_removal,
        readers_of=readers_of,
        editors_of=editors_of,
        may_set=can_administer(viewer),
        may_protect=page is not None and can_protect(viewer, page) and book.at(page.key) is None,
        may_lift=page is not None
        and can_protect(viewer, page)
        and is_protection(book, rule)
        and rule.key == page.key,
        **_reasons(viewer, rule),
    )


def _reasons(viewer: Viewer, rule: Rule) -> dict[str, object]:
    """Why the viewer, or for administrators the person they ask about, may read and edit."""
    name = request.args.get("person", "")
    asked = user_by_name(name) if name and can_administer(viewer) else None
    who = viewer_of(asked) if asked else viewer
    return {
        "asked_name": name,
        "asked": asked,
        "is_blocked": who.is_blocked,
        "why_read": why(who, rule, Level.READ),
        "why_edit": why(who, rule, Level.EDIT),
    }
