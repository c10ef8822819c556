"""What each route answers to whom, for a page of each sort."""

from collections.abc import Callable

from tests.access.matrix_world import (
    ADMIN,
    MEMBER,
    MENTOR,
    READERS,
    RESTORERS,
    STRANGER,
    WRITERS,
)
from wiki.access.early_auth import PUBLIC_FORMS

# What is expected. Each says what somebody gets for a page: "fine", also where a form is sent back
# with what is wrong in it, or "sign in", "forbidden", "missing".

Expected = Callable[[str, str], str]


def everybody(_who: str, _page: str) -> str:
    return "fine"


def nobody(_who: str, _page: str) -> str:
    return "missing"


def members(who: str, _page: str) -> str:
    return "sign in" if who == STRANGER else "fine"


def writers(who: str, _page: str) -> str:
    return members(who, "") if who == STRANGER or who in WRITERS else "forbidden"


def reviewers(who: str, _page: str) -> str:
    return members(who, "") if who in (STRANGER, MENTOR, ADMIN) else "forbidden"


def admins(who: str, _page: str) -> str:
    return members(who, "") if who in (STRANGER, ADMIN) else "forbidden"


def reads(who: str, page: str) -> str:
    return "fine" if who in READERS[page] else "missing"


def history(who: str, page: str) -> str:
    return "fine" if page == "deleted" and who in RESTORERS else reads(who, page)


def edits(who: str, page: str) -> str:
    return reads(who, page) if writers(who, page) == "fine" else writers(who, page)


def takes_part(who: str, page: str) -> str:
    return members(who, page) if who == STRANGER else reads(who, page)


def decides(who: str, page: str) -> str:
    """On a proposal to the page, which those see who see its history."""
    if who == STRANGER or history(who, page) == "missing":
        return members(who, page) if who == STRANGER else "missing"
    return "fine" if who in WRITERS else "forbidden"


def owns(who: str, _page: str) -> str:
    """What only the author of a proposal does, who is nobody of these."""
    return "sign in" if who == STRANGER else "missing"


def edits_comment(who: str, page: str) -> str:
    """It is somebody else's."""
    return "forbidden" if takes_part(who, page) == "fine" else takes_part(who, page)


def moderates(who: str, page: str) -> str:
    return takes_part(who, page) if who in (MENTOR, ADMIN) else edits_comment(who, page)


def erases_comment(who: str, page: str) -> str:
    return reads(who, page) if who == ADMIN else admins(who, page)


def restores(who: str, page: str) -> str:
    if writers(who, page) != "fine":
        return writers(who, page)
    return "fine" if page == "deleted" and who in RESTORERS else "missing"


def erases(who: str, page: str) -> str:
    if writers(who, page) != "fine":
        return writers(who, page)
    if history(who, page) == "missing":
        return "missing"
    return "fine" if who == ADMIN else "forbidden"


def erases_files(who: str, _page: str) -> str:
    """Also those of a deleted page."""
    return "fine" if who == ADMIN else "missing"


def sets_rules(who: str, page: str) -> str:
    """Administrators set them also where there is no page."""
    if who in (STRANGER, ADMIN):
        return members(who, page)
    return "missing" if who not in READERS[page] else "forbidden"


def asks_access(who: str, page: str) -> str:
    return "fine" if who == ADMIN else reads(who, page)


def own_groups(who: str, _page: str) -> str:
    if who == STRANGER:
        return "sign in"
    return "fine" if who in (MEMBER, ADMIN) else "missing"


def manages_group(who: str, _page: str) -> str:
    return "forbidden" if who == MEMBER else own_groups(who, "")


EXPECTED: dict[str, Expected] = {
    **dict.fromkeys(
        ("static", "reports.csp_report", "hub.healthz", "hub.readyz", "hub.theme", "hub.robots"),
        everybody,
    ),
    **dict.fromkeys(("hub.favicon", "hub.touch_icon", "hub.manifest"), everybody),
    "git.refs": nobody,  # without a service, as programs ask that don't speak with servers
    "git.upload_pack": everybody,
    **dict.fromkeys(("crawling.llms", "crawling.sitemap", "crawling.sitemap_part"), everybody),
    "git.receive_pack": members,
    "hub.logo": nobody,  # none is set
    "hub.accent": everybody,
    # Lists
    **dict.fromkeys(
        ("hub.front", "hub.kinds", "hub.kind", "hub.tags", "hub.all_pages", "files.all_files"),
        everybody,
    ),
    **dict.fromkeys(("search.results", "search.suggest", "search.old", "search.missed"), everybody),
    **dict.fromkeys(("pages.changes", "pages.changes_feed", "pages.person"), everybody),
    **dict.fromkeys(("search.opensearch", "pages.diagram", "pages.root"), everybody),
    "hub.tag": reads,
    **dict.fromkeys(("offline.about", "offline.hub_file"), everybody),
    "offline.submit_changes": members,
    "offline.conflict": writers,
    # A page
    **dict.fromkeys(("pages.read", "pages.links", "pages.blame"), reads),
    **dict.fromkeys(("pages.history", "pages.diff", "pages.raw"), history),
    **dict.fromkeys(("pages.below", "pages.related", "pages.print_tree"), reads),
    "pages.access": asks_access,
    "pages.set_access": sets_rules,
    **dict.fromkeys(
        (
            "pages.edit",
            "pages.save",
            "pages.rename_page",
            "pages.delete_page",
            "pages.restore_revision",
        ),
        edits,
    ),
    **dict.fromkeys(("pages.undo_edit", "pages.tick_task", "pages.pictures_from_elsewhere"), edits),
    "pages.save_draft": takes_part,
    "pages.undelete_page": restores,
    "pages.erase_page": erases,
    # Its files
    **dict.fromkeys(("files.show", "files.content"), reads),
    **dict.fromkeys(
        ("files.rename_file", "files.delete_file", "files.restore_file", "files.receive"), edits
    ),
    "files.undelete_file": lambda who, page: (
        nobody(who, page) if who in WRITERS else writers(who, page)
    ),
    "files.erase_file": erases_files,
    "files.upload": edits,
    # Its discussion, which readers take part in
    "discussion.all_threads": everybody,
    **dict.fromkeys(("discussion.talk", "discussion.thread"), reads),
    **dict.fromkeys(("discussion.comment_page", "discussion.comment_versions"), reads),
    **dict.fromkeys(("discussion.begin", "discussion.start", "discussion.comment"), takes_part),
    **dict.fromkeys(("discussion.edit", "discussion.save"), edits_comment),
    **dict.fromkeys(("discussion.settle", "discussion.delete"), moderates),
    "discussion.restore": takes_part,
    "discussion.erase": erases_comment,
    # Writing
    **dict.fromkeys(("pages.new", "pages.save_new", "files.deleted_files"), writers),
    **dict.fromkeys(("pages.preview", "pages.drafts", "pages.titles"), members),
    **dict.fromkeys(("pages.draft", "pages.confirm_discard", "pages.discard"), members),
    # Proposing
    "proposals.queue": everybody,
    "proposals.show": history,
    **dict.fromkeys(("proposals.new", "proposals.send_new", "proposals.next_one"), members),
    **dict.fromkeys(("proposals.propose", "proposals.send"), takes_part),
    **dict.fromkeys(("proposals.accept", "proposals.improve", "proposals.answer"), decides),
    **dict.fromkeys(("proposals.save_improved", "proposals.choose"), decides),
    "proposals.accept_chosen": decides,
    **dict.fromkeys(("proposals.withdraw", "proposals.wanted", "proposals.without"), owns),
    "proposals.add": owns,
    # Of the world's proposer, who is a learner already: nothing is left to do.
    "proposals.promote": lambda who, page: (
        reviewers(who, page) if who not in (MENTOR, ADMIN) else history(who, page)
    ),
    # Accounts
    **dict.fromkeys(("accounts.login", "accounts.logout", "accounts.register"), everybody),
    "accounts.new_password": nobody,  # without the link to it
    **dict.fromkeys(
        ("accounts.account_settings", "accounts.show_sessions", "accounts.end_sessions"), members
    ),
    **dict.fromkeys(("accounts.choose_timezone", "accounts.tokens"), members),
    **dict.fromkeys(("accounts.revoke", "accounts.revoke_all"), members),
    **dict.fromkeys(("accounts.own_data", "accounts.download_data", "accounts.close"), members),
    "accounts.change_name": members,
    "accounts.forgotten_password": everybody,
    **dict.fromkeys(("accounts.passkey_login", "accounts.passkey_options"), everybody),
    **dict.fromkeys(("accounts.passkeys", "accounts.new_passkey", "accounts.remove"), members),
    "accounts.confirm_address": nobody,  # without the link to it
    **dict.fromkeys(("accounts.openid_login", "accounts.openid_callback"), nobody),
    "accounts.openid_register": nobody,  # without a provider
    **dict.fromkeys(("accounts.identities", "accounts.link_identity"), members),
    "accounts.unlink_identity": members,
    "accounts.login_code": lambda _who, _page: "sign in",  # first with one's password
    **dict.fromkeys(("accounts.second_factor", "accounts.set_up_second_factor"), members),
    **dict.fromkeys(("accounts.switch_second_factor_off", "accounts.send_link"), members),
    # Groups
    "groups.all_groups": members,
    "groups.create_group": admins,
    "groups.group": own_groups,
    "groups.change_members": manages_group,
    "groups.edit_group": manages_group,
    **dict.fromkeys(("groups.invitations", "groups.invite_into_group"), manages_group),
    "groups.revoke_link_into_group": manages_group,
    "groups.delete_group": admins,
    # Watching, and being told; nobody in this world was told anything
    "watching.watch_page": lambda who, page: (
        members(who, page) if who == STRANGER else reads(who, page)
    ),
    **dict.fromkeys(("watching.watched", "watching.stop_watching", "watching.add_watch"), members),
    **dict.fromkeys(("watching.notifications", "watching.mark_notifications"), members),
    "watching.open_notification": lambda who, _page: "sign in" if who == STRANGER else "missing",
    "watching.settings": members,
    **dict.fromkeys(("watching.unsubscribe", "watching.unsubscribe_now"), nobody),  # no such link
    # What is wanted; nothing of the key that is sent is
    **dict.fromkeys(("wanted.board", "challenges.board", "projects.board"), everybody),
    "wanted.release": members,
    "wanted.claim": lambda who, page: "missing" if members(who, page) == "fine" else "sign in",
    **dict.fromkeys(("wanted.dismiss", "wanted.restore"), reviewers),
    # Freshness
    "freshness.due": members,
    "freshness.state": reads,
    "freshness.answer": reads,
    # What people say of challenges, and these pages are none; no kind was added
    **dict.fromkeys(
        ("challenges.challenge", "challenges.say"),
        lambda who, page: "missing" if members(who, page) == "fine" else "sign in",
    ),
    "challenges.nearest": writers,
    **dict.fromkeys(
        ("admin.change_own_kind", "admin.retire_own_kind"),
        lambda who, page: "missing" if admins(who, page) == "fine" else admins(who, page),
    ),
    # The API
    **dict.fromkeys(("api.root", "api.openapi", "api_reference.reference"), everybody),
    **dict.fromkeys(("api.list_pages", "api.read_me", "graphql.ask"), everybody),
    "api.create_session": lambda who, _page: "sign in" if who == STRANGER else "fine",
    **dict.fromkeys(("api.list_changes", "api.search_pages", "api.suggest"), everybody),
    **dict.fromkeys(("api.list_tags", "api.list_kinds"), everybody),
    **dict.fromkeys(("api.read_page", "api.list_revisions", "api.compare"), reads),
    "api.list_backlinks": reads,
    "api.find_answers": everybody,
    **dict.fromkeys(
        ("api.add_vote", "api.remove_vote"),  # none of the pages is a challenge
        lambda who, page: "missing" if members(who, page) == "fine" else "sign in",
    ),
    **dict.fromkeys(("api.list_all_files", "api.list_threads", "api.list_proposals"), everybody),
    "api.read_person": everybody,
    **dict.fromkeys(("api.read_file", "api.read_file_content", "api.read_thread"), reads),
    **dict.fromkeys(("api.add_file", "api.update_file", "api.remove_file"), edits),
    **dict.fromkeys(("api.add_thread", "api.add_comment", "api.add_proposal"), takes_part),
    "api.add_watch": takes_part,
    **dict.fromkeys(("api.settle", "api.remove_comment"), moderates),
    "api.update_comment": edits_comment,
    "api.read_proposal": history,
    **dict.fromkeys(("api.amend_proposal", "api.withdraw_proposal"), owns),
    **dict.fromkeys(("api.accept_proposal", "api.answer_proposal"), decides),
    **dict.fromkeys(("api.list_own_watches", "api.remove_watch"), members),
    **dict.fromkeys(("api.list_all_people", "api.list_all_rules"), admins),
    **dict.fromkeys(("api.set_rule", "api.remove_rule"), admins),
    "api.add_page": writers,
    **dict.fromkeys(("api.update_page", "api.remove_page", "api.add_rename"), edits),
    "api.add_restoration": edits,
    "api.add_undeletion": restores,
    # Cleaning up, and the wiki itself
    **dict.fromkeys(("pages.mark_looked_at", "pages.mass_undo"), reviewers),
}


# What there is none of, to be revoked or sent again.
NOT_THERE = {"accounts.revoke", "admin.lift", "admin.revoke_link", "groups.revoke_link_into_group"}
NOT_THERE |= {"accounts.unlink_identity", "accounts.remove"}
NOT_THERE |= {"wanted.dismiss", "wanted.restore"}
NOT_THERE |= {"admin.retry_mail", "admin.discard_mail"}
NOT_THERE |= {f"webhooks.{act}" for act in ("one", "edit", "test", "switch", "key", "delete")}
NOT_THERE |= {f"webhooks.{act}" for act in ("retry", "discard", "retry_all", "discard_all")}


def expected_of(endpoint: str, method: str, who: str, page: str) -> str:
    # Accounts look after themselves, and the others don't know of this address.
    is_open = endpoint.startswith("accounts.") or endpoint in {*PUBLIC_FORMS, "files.erase_file"}
    if method != "GET" and who == STRANGER and not is_open:
        return "sign in"  # before anything is looked for
    is_of_admins = endpoint.startswith(("admin.", "webhooks."))
    assert endpoint in EXPECTED or is_of_admins, f"who may use {endpoint}?"
    expected = EXPECTED.get(endpoint, admins)(who, page)
    return "missing" if expected == "fine" and endpoint in NOT_THERE else expected
