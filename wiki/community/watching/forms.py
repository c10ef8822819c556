"""The forms of watches and notifications."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from wiki.community.watching.models import MailFrequency, WatchScope
from wiki.community.watching.watches import EVERYTHING, Target
from wiki.i18n import lazy as _l
from wiki.kinds.current import all_kinds, kind_of
from wiki.naming import NameRefused, clean_path, is_hidden
from wiki.pages.models import Page
from wiki.pages.writing.content import MAX_TAG_LENGTH
from wiki.web.csrf import ProtectedForm


class PageWatchForm(ProtectedForm):
    """Watches for a page: itself, its subtrees, tags and kind."""

    targets = SelectMultipleField(_l("Tell me about"))

    def offer(self, page: Page, tags: Collection[str]) -> None:
        """Offer the targets that cover `page`; `tags` are names."""
        self.offered = [
            (Target(WatchScope.PAGE, page_id=page.id), _("this page")),
            (Target(WatchScope.TREE, page.path), _("this page and everything below it")),
            *(
                (Target(WatchScope.TAG, tag), _("everything tagged “%(tag)s”", tag=tag))
                for tag in tags
            ),
            (
                Target(WatchScope.KIND, page.kind),
                _("every page of the kind “%(kind)s”", kind=kind_of(page.kind).label),
            ),
            (EVERYTHING, _("everything in this wiki")),
        ]
        self.targets.choices = [SelectChoice(target.key, label) for target, label in self.offered]


class AddWatchForm(ProtectedForm):
    """Adds a watch: a subtree, a tag, a kind, or everything."""

    scope = HiddenField()
    name = StringField()

    def target(self) -> Target | None:
        """The target to watch; `None` if its name is invalid, with an error at the field."""
        name, scope = (self.name.data or "").strip(), self.scope.data
        if scope == WatchScope.ALL:
            return EVERYTHING
        if scope == WatchScope.KIND and name in all_kinds():
            return Target(WatchScope.KIND, name)
        if scope == WatchScope.TAG and 0 < len(name) <= MAX_TAG_LENGTH and not _has_hidden(name):
            return Target(WatchScope.TAG, name)
        if scope == WatchScope.TREE:
            try:
                return Target(WatchScope.TREE, clean_path(name.strip("/")))
            except NameRefused:
                self.reject("name", _("No page can have this path."))
                return None
        self.reject("name", _("There is nothing of this name to watch."))
        return None


class UnwatchForm(ProtectedForm):
    """Watches to remove, by id."""

    watch = SelectMultipleField(validate_choice=False)


class PreferencesForm(ProtectedForm):
    """A user's notification preferences."""

    mail = RadioField(
        _l("Mail"),
        choices=[
            SelectChoice(MailFrequency.OFF.value, _l("Never")),
            SelectChoice(
                MailFrequency.AT_ONCE.value, _l("At once: a mail for each page, after a minute")
            ),
            SelectChoice(MailFrequency.DAILY.value, _l("Once a day, at 8:00")),
            SelectChoice(MailFrequency.WEEKLY.value, _l("Once a week, on Monday at 8:00")),
        ],
    )
    watches_created = BooleanField(
        _l("Watch pages that I write"),
        description=_l("So you hear when others improve them, or ask about them."),
    )
    watches_edited = BooleanField(_l("Watch pages that I edit"))


class MarkForm(ProtectedForm):
    """Notifications to mark: an entry of the list, or all up to a number."""

    number = HiddenField()
    since = HiddenField()


def kind_choices() -> list[tuple[str, Any]]:
    """The name and plural label of each kind of page."""
    return [(kind.name, kind.plural) for kind in all_kinds().values()]


def _has_hidden(name: str) -> bool:
    return any(map(is_hidden, name))
