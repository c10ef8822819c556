"""Administration: the overview, people, invitations, settings, deleted pages."""

from flask import (
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.groups.membership import list_groups
from wiki.access.permissions import current_viewer
from wiki.access.rulebook import rulebook
from wiki.accounts import users
from wiki.accounts.registration.invitation_form import InvitationForm
from wiki.accounts.registration.invitations import (
    InvitationNotFound,
    UnknownGroup,
    count_invitations,
    create_invitation,
    invitation_link,
    invitations,
    revoke_invitation,
)
from wiki.accounts.registration_settings import registration_mode
from wiki.admin.blueprint import admin
from wiki.admin.forms import IdentityForm
from wiki.admin.settings_table import settings_table
from wiki.app_state import current_settings
from wiki.files.errors import FileRefused
from wiki.files.messages import message_of
from wiki.hub.health import readiness
from wiki.hub.logo import logo_from
from wiki.identity.accent import DEFAULT_ACCENT, palette, parse_colour
from wiki.identity.current import current_identity, forget_identity
from wiki.identity.update import (
    IdentityConflict,
    IdentityRefused,
    IdentityUpdate,
    LogoImage,
    update_identity,
)
from wiki.mail.queue import count_mails
from wiki.mail.sender_settings import can_mail
from wiki.pages.erasure import deleted as deleted_items
from wiki.pages.maintenance.sanitizer_disagreements import count_disputed, disputed_pages
from wiki.pages.protection.descriptions import editors_of, readers_of, rule_tree
from wiki.pages.queries.page_lists import count_by_kind
from wiki.web.pagination import paginate

OVERVIEW_LENGTH = 5  # items of each list in the overview


@admin.get("/")
def overview() -> ResponseReturnValue:
    return render_template(
        "admin/overview.html",
        checks=readiness(current_app),
        page_count=sum(count_by_kind(current_viewer()).values()),
        people_counts=users.count_by_role(),
        deleted=deleted_items.list_deleted_pages(limit=OVERVIEW_LENGTH),
        deleted_count=deleted_items.count_deleted_pages(),
        disputed=disputed_pages(limit=OVERVIEW_LENGTH),
        disputed_count=count_disputed(),
        erasures=deleted_items.list_erasures(limit=OVERVIEW_LENGTH),
        erasure_count=deleted_items.count_erasures(),
        registration=registration_mode(),
        mail_counts=count_mails() if can_mail() else None,
    )


@admin.get("/rules")
def rules() -> ResponseReturnValue:
    return render_template(
        "admin/rules.html",
        rules=rule_tree(),
        count=len(rulebook().rules),
        readers_of=readers_of,
        editors_of=editors_of,
    )


@admin.get("/groups")
def groups() -> ResponseReturnValue:
    return redirect(url_for("groups.all_groups"))


@admin.get("/invitations", endpoint="invitations")
def list_invitations() -> ResponseReturnValue:
    return _show_invitations(InvitationForm(formdata=None, groups=list_groups()))


def _show_invitations(form: InvitationForm) -> ResponseReturnValue:
    pagination = paginate(count_invitations())
    found = invitations(offset=pagination.offset, limit=pagination.per_page)
    shown = {"invitations": found, "pagination": pagination, "form": form}
    mode = registration_mode()
    page = render_template("admin/invitations/list.html", **shown, registration=mode)
    return page, 422 if form.errors else 200


@admin.post("/invitations")
def invite_by_link() -> ResponseReturnValue:
    """Create an invitation link; shown once and not stored."""
    form = InvitationForm(groups=list_groups())
    if not form.validate():
        return _show_invitations(form)
    try:
        token = create_invitation(form.terms(), by=current_viewer().user_id)
    except UnknownGroup:
        form.form_errors = [_("One of these groups has been deleted in the meantime.")]
        return _show_invitations(form)
    return render_template(
        "admin/invitations/created.html",
        link=invitation_link(token),
        terms=form.terms(),
        registration=registration_mode(),
    )


@admin.post("/invitations/<id:number>/revoke")
def revoke_link(number: int) -> ResponseReturnValue:
    try:
        revoke_invitation(number, by=current_viewer().user_id)
    except InvitationNotFound:
        abort(404)
    flash(_("Invitation revoked."), "ok")
    return redirect(url_for(".invitations"), 303)


@admin.route("/settings", methods=["GET", "POST"])
def wiki_settings() -> ResponseReturnValue:
    forget_identity()  # the form has to show the stored values
    identity = current_identity()
    form = IdentityForm(obj=identity)
    if form.validate_on_submit():
        try:
            return _preview(form) if "preview" in request.form else _change_identity(form)
        except IdentityRefused as refused:
            form.show(refused)
        except IdentityConflict:
            return _show_settings(_show_conflict(form), 409)
    return _show_settings(form, 422 if form.errors else 200)


def _change_identity(form: IdentityForm) -> ResponseReturnValue:
    """Store the identity.

    Raises `IdentityRefused`, `IdentityConflict`; a refused logo is an error in the form.
    """
    logos: dict[str, LogoImage | None] = {}
    for theme, field, remove in (
        ("light", form.logo, form.remove_logo),
        ("dark", form.logo_dark, form.remove_logo_dark),
    ):
        if remove.data:
            logos[theme] = None
        if field.data:
            try:
                logos[theme] = logo_from(field.data.stream, field.data.filename)
            except FileRefused as refused:
                form.reject(field.name, message_of(refused))
    texts = (form.name.data or "", form.tagline.data or "", form.welcome.data or "")
    if form.errors:
        return _show_settings(form, 422)
    wanted = IdentityUpdate(*texts, logos, accent=form.accent.data or "")
    update_identity(wanted, since=form.seen(), by=current_viewer().user_id)
    flash(_("Saved. Every page shows it within a second or two."), "ok")
    return redirect(url_for(".wiki_settings"), 303)


def _preview(form: IdentityForm) -> ResponseReturnValue:
    """The form in its accent colour. Raises `IdentityRefused` if that isn’t a colour."""
    written = form.accent.data or ""
    colour = parse_colour(written)
    if written.strip() and colour is None:
        raise IdentityRefused(accent="no-colour")
    return _show_settings(form, 200, accent=colour or DEFAULT_ACCENT)


def _show_conflict(form: IdentityForm) -> IdentityForm:
    words = _(
        "Somebody else has changed this in the meantime. Check their changes before you save."
    )
    form.form_errors = [words]
    form.version.data = str(current_identity().version)
    return form


def _show_settings(
    form: IdentityForm, status: int, *, accent: str | None = None
) -> ResponseReturnValue:
    """The settings page; `accent` is a colour to preview before it is saved."""
    shown = settings_table(current_settings())
    made = palette(accent) if accent else None
    page = render_template(
        "admin/settings.html", form=form, settings=shown, accent=accent, palette=made
    )
    return page, status


@admin.get("/deleted")
def deleted_pages() -> ResponseReturnValue:
    pagination = paginate(deleted_items.count_deleted_pages())
    pages = deleted_items.list_deleted_pages(offset=pagination.offset, limit=pagination.per_page)
    return render_template("admin/deleted.html", pages=pages, pagination=pagination)


@admin.get("/erasures")
def erasures() -> ResponseReturnValue:
    pagination = paginate(deleted_items.count_erasures())
    found = deleted_items.list_erasures(offset=pagination.offset, limit=pagination.per_page)
    return render_template("admin/erasures.html", erasures=found, pagination=pagination)
