"""Single comments: editing, history, deleting, restoring, erasing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.decorators import Forbidden, admins_only, members_only
from wiki.access.permissions import current_viewer
from wiki.community.discussion.blueprint import discussion
from wiki.community.discussion.comments.changes import (
    FoundComment,
    delete_comment,
    edit_comment,
    erase_comment,
    find_comment,
    restore_comment,
)
from wiki.community.discussion.comments.versions import comment_history
from wiki.community.discussion.errors import CommentChanged, CommentRefused
from wiki.community.discussion.forms import EditCommentForm, EraseCommentForm
from wiki.community.discussion.preview import preview_of
from wiki.community.discussion.rights import may_delete, may_edit, may_restore
from wiki.community.discussion.thread_page import comment_url
from wiki.pages.writing.content import clean_summary
from wiki.web.csrf import ProtectedForm, allow_same_origin


@discussion.get("/comments/<id:comment_id>/edit")
@members_only
def edit(comment_id: int) -> ResponseReturnValue:
    found = _editable(comment_id)
    form = EditCommentForm(formdata=None)
    form.text.data, form.version.data = found.comment.text, str(found.comment.version)
    return _ask_for_text(found, form)


@discussion.post("/comments/<id:comment_id>/edit")
@allow_same_origin
@members_only
def save(comment_id: int) -> ResponseReturnValue:
    found, form = _editable(comment_id), EditCommentForm()
    if request.form.get("action") == "preview":
        return _ask_for_text(found, form)
    try:
        posted = edit_comment(current_viewer(), comment_id, form.message(), form.base_version)
    except CommentRefused as error:
        form.refuse(error)
        return _ask_for_text(found, form), 422
    except CommentChanged:
        return _ask_after_change(comment_id, form), 409
    return redirect(comment_url(current_viewer(), posted), 303)


def _editable(comment_id: int) -> FoundComment:
    found = find_comment(current_viewer(), comment_id)
    if not may_edit(current_viewer(), found.comment, found.home):
        raise Forbidden
    return found


def _ask_for_text(found: FoundComment, form: EditCommentForm) -> str:
    return render_template(
        "community/discussion/edit.html",
        found=found,
        form=form,
        preview=preview_of(form.text.data, found.home.page_id, found.home.path),
        back=comment_url(current_viewer(), found.posted),
    )


def _ask_after_change(comment_id: int, form: EditCommentForm) -> str:
    found = find_comment(current_viewer(), comment_id)
    form.version.data = str(found.comment.version)
    flash(_("You have edited this comment elsewhere. Saving replaces that version."), "warn")
    return _ask_for_text(found, form)


@discussion.get("/comments/<id:comment_id>")
def comment_page(comment_id: int) -> ResponseReturnValue:
    """Redirect to the comment on the right page of its thread."""
    found = find_comment(current_viewer(), comment_id)
    return redirect(comment_url(current_viewer(), found.posted))


@discussion.get("/comments/<id:comment_id>/history")
def comment_versions(comment_id: int) -> ResponseReturnValue:
    found = find_comment(current_viewer(), comment_id)
    return render_template(
        "community/discussion/versions.html",
        found=found,
        history=comment_history(found),
        back=comment_url(current_viewer(), found.posted),
        may_restore=may_restore(current_viewer(), found.comment, found.home),
        form=ProtectedForm(),
    )


@discussion.route("/comments/<id:comment_id>/delete", methods=["GET", "POST"])
@members_only
def delete(comment_id: int) -> ResponseReturnValue:
    found, form = find_comment(current_viewer(), comment_id), ProtectedForm()
    if found.comment.deleted_at is not None:
        flash(_("It has already been deleted."), "note")
        return redirect(url_for(".comment_versions", comment_id=comment_id), 303)
    if not may_delete(current_viewer(), found.comment, found.home):
        raise Forbidden
    if not form.validate_on_submit():
        back = comment_url(current_viewer(), found.posted)
        return render_template(
            "community/discussion/delete.html", found=found, form=form, back=back
        )
    delete_comment(current_viewer(), comment_id)
    flash(_("Deleted. You can bring it back."), "ok")
    return redirect(url_for(".comment_versions", comment_id=comment_id), 303)


@discussion.post("/comments/<id:comment_id>/restore")
@members_only
def restore(comment_id: int) -> ResponseReturnValue:
    found = restore_comment(current_viewer(), comment_id)
    flash(_("Brought back."), "ok")
    return redirect(comment_url(current_viewer(), found.posted), 303)


@discussion.route("/comments/<id:comment_id>/erase", methods=["GET", "POST"])
@admins_only
def erase(comment_id: int) -> ResponseReturnValue:
    found, form = find_comment(current_viewer(), comment_id), EraseCommentForm()
    if found.comment.erased_at is not None:
        flash(_("It has already been erased."), "note")
        return redirect(url_for(".comment_versions", comment_id=comment_id), 303)
    if not form.validate_on_submit():
        return _ask_to_erase(found, form)
    try:
        erase_comment(current_viewer(), comment_id, clean_summary(form.why.data or ""))
    except CommentRefused as error:
        form.refuse(error)
        return _ask_to_erase(found, form), 422
    flash(_("Erased permanently."), "ok")
    return redirect(url_for(".comment_versions", comment_id=comment_id), 303)


def _ask_to_erase(found: FoundComment, form: EraseCommentForm) -> str:
    back = url_for(".comment_versions", comment_id=found.comment.id)
    return render_template("community/discussion/erase.html", found=found, form=form, back=back)
