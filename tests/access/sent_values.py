"""What a request of the matrix needs so that it gets to the page, and no further."""

QUESTIONS = {
    "pages.restore_revision": "?revision=1",
    "pages.undo_edit": "?revision=2",
    "pages.erase_page": "?revision=1",
    "pages.diff": "?from=1&to=2",
    "pages.raw": "?revision=1",
    "files.upload": "?page={path}",
    "api.list_revisions": "?page={path}",
    "api.compare": "?page={path}",
    "api.list_backlinks": "?page={path}",
    "api.list_all_files": "?page=public/quince",
    "api.remove_rule": "?path={page}",
    "api.remove_vote": "?page={path}&vote=same",
    "api.search_pages": "?q={word}t",
    "api.suggest": "?q={word}",
    "search.results": "?q={word}t",
    "search.suggest": "?q={word}",
    "search.old": "?q={word}o",
    "pages.titles": "?q={word}",
    "pages.new": "?path={path}",
}
SENT = {
    "pages.save": {"text": "New.", "title": "New", "base_revision": "2"},
    "pages.restore_revision": {"revision": "1"},
    "pages.undo_edit": {"revision": "2"},
    "pages.erase_page": {"revision": "1"},
    "pages.tick_task": {"task": "0", "base_revision": "3"},
    "pages.save_draft": {"page": "{path}", "text": "New."},
    "proposals.send": {"text": "New.", "title": "New", "base_revision": "2"},
    "proposals.send_new": {"title": "New", "text": "![[{page}/former]]", "action": "preview"},
    "proposals.accept": {"version": "1"},
    "proposals.answer": {"version": "1", "reason": "No.", "action": "decline"},
    "proposals.save_improved": {"version": "1", "title": "New", "text": "New."},
    "pages.preview": {"page": "{path}", "path": "{path}", "text": "![[{page}/former]]"},
    "pages.save_new": {"title": "New", "text": "![[{page}/former]]", "action": "preview"},
    "pages.set_access": {"action": "set", "covers": "tree", "read_rank": "0", "edit_rank": "2"},
    "files.receive": {"page": "{path}"},
    "discussion.comment": {"text": "Mine."},
    "discussion.start": {"text": "Mine."},
    "discussion.save": {"text": "Mine.", "version": "1"},
    "discussion.erase": {"why": "A password"},
    "files.restore_file": {"version": "1"},
    "challenges.nearest": {"kind": "challenge", "title": "{page}"},
    "pages.mark_looked_at": {"shown": "1"},
}
# The same for the API: a head, with the page's id, and a body of JSON or a form.
HEADS = {
    endpoint: {"If-Match": '"{id}-3"'}
    for endpoint in (
        "api.update_page",
        "api.remove_page",
        "api.add_rename",
        "api.add_restoration",
    )
}
BODIES: dict[str, dict[str, object]] = {
    "api.add_page": {"title": "New", "path": "new"},
    "api.update_page": {"text": "New."},
    "api.add_rename": {"page": "PATH", "path": "public/elsewhere"},
    "api.add_restoration": {"page": "PATH", "revision": 1},
    "api.add_undeletion": {"page": "PATH"},
}
BODIES |= {
    "api.update_file": {"name": "other.png"},
    "api.add_thread": {"page": "PATH", "text": "Mine."},
    "api.add_comment": {"text": "Mine."},
    "api.settle": {"resolved": True},
    "api.update_comment": {"text": "Mine.", "version": 1},
    "api.add_vote": {"page": "PATH", "vote": "same"},
    "api.add_watch": {"scope": "page", "name": "PATH"},
    "api.add_proposal": {"pages": [{"page": "PATH", "base_revision": 3, "text": "New."}]},
    "api.amend_proposal": {"version": 1, "pages": [{"title": "New"}]},
    "api.accept_proposal": {"version": 1},
    "api.answer_proposal": {"version": 1, "action": "decline", "reason": "No."},
    "api.set_rule": {"path": "PAGE", "read": "anybody", "edit": "learner"},
}
BODIES["graphql.ask"] = {
    "query": 'query ($w: String!) { page(path: "PATH") { title text tags backlinks { title } '
    "links { title } revisions { summary } } pages(first: 50) { items { title } } "
    "search(q: $w) { items { title snippet } } }",
    "variables": {"w": "tremolo"},
}
UPLOADED = {"api.add_file": {"page": "{path}"}}
# What isn't tried, since it ends the session that the next request needs.
UNTRIED = {"accounts.logout": {"GET", "POST"}, "accounts.end_sessions": {"POST"}}
