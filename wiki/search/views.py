"""Search pages: views parse, call, render."""

from urllib.parse import quote

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from wiki.access.permissions import current_viewer, readable_rules
from wiki.extensions import limiter
from wiki.i18n import lazy as _l
from wiki.kinds.builtin import DEFAULT_KIND, status_label
from wiki.kinds.current import all_kinds
from wiki.kinds.kind import KindField
from wiki.pages import same_errors
from wiki.pages.history.old_text_search import search_old_texts
from wiki.pages.queries import page_rules, search_documents
from wiki.pages.queries.sql_search import search_sql
from wiki.pages.urls import page_url
from wiki.rate_limits import address_key, count_attempt
from wiki.search.document_source import DOCUMENT_SOURCE, DocumentSource
from wiki.search.documents import label_key
from wiki.search.index.index_folder import search_folder
from wiki.search.listing import (
    PAGE_LOOKUPS,
    Listing,
    PageLookups,
    is_narrowed,
    list_results,
    mark_old_text,
    old_text_phrases,
    suggestions,
)
from wiki.search.meaning.meaning import Meaning
from wiki.search.meaning.supervision import is_wanted_by
from wiki.search.miss_log import MISSED_SEARCHES
from wiki.search.query.model import Query
from wiki.search.query.parser import parse
from wiki.search.result_json import ResultWords, as_json
from wiki.search.results.facets import toggle_filter
from wiki.search.service import SEARCH, Search
from wiki.web.csrf import allow_same_origin
from wiki.web.pagination import paginate
from wiki.web.request_values import parse_number, prefers_json

RESULTS_PER_PAGE = 20
MAX_PER_PAGE = 100
SUGGESTION_COUNT = 10
# Bytes of a query; up to this length, each link on the page of results contains the query. For a
# longer one they are buttons of a single form, or a pasted text would be sent forty times.
MAX_LINKED_QUERY = 500
MISSED_RATE = "30 per hour"  # reports of missing results by one reader
OLD_TEXT_RATE = "30/minute"  # by address; each reads texts for seconds

_HEADINGS = {
    "kind": _l("Kind"),
    "status": _l("Status"),
    "tag": _l("Tag"),
    "author": _l("Last author"),
    "changed": _l("Changed"),
}
_PERIODS = {
    "after:7d": _l("Past week"),
    "after:30d": _l("Past month"),
    "after:1y": _l("Past year"),
    "before:1y": _l("Earlier"),
}

search = Blueprint("search", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(search)
    app.jinja_env.globals.update(facet_label=facet_label, facet_heading=facet_heading)
    root = search_folder(app)
    SEARCH.put(app, Search(root, Meaning(root) if is_wanted_by(app) else None))
    source = DocumentSource(search_documents.load_documents, search_documents.page_states)
    DOCUMENT_SOURCE.put(app, source)
    lookups = PageLookups(
        search_documents.load_hits,
        search_documents.load_names,
        search_documents.hidden_pages,
        page_rules.allowed_pages,
        search_sql,
        same_errors.same_error,
    )
    PAGE_LOOKUPS.put(app, lookups)


@search.after_request
def set_cache_headers(response: Response) -> Response:
    """Keep results out of shared caches; browsers may revalidate them."""
    if request.endpoint != "search.opensearch":
        response.headers["Cache-Control"] = "private, no-cache"
    if request.endpoint == "search.results":
        response.vary.add("Accept")  # HTML or JSON
    return response


@search.get("/search")
def results() -> ResponseReturnValue:
    per_page, by_date = _number("per_page", RESULTS_PER_PAGE, MAX_PER_PAGE), _is_by_date()
    first = (_number("page", 1, 10**6) - 1) * per_page
    listing = _listing(first, per_page, by_date=by_date)
    pagination = paginate(listing.total, per_page)
    if prefers_json():
        return jsonify(as_json(listing, pagination, _WORDS, by_date=by_date))
    shown = {"listing": listing, "pagination": pagination, "by_date": by_date, "kinds": all_kinds()}
    shown["counts_misses"] = MISSED_SEARCHES.current()
    shown["is_long"] = _is_long(listing.query)
    return render_template("search/results.html", **shown, text=listing.query.text)


@search.post("/search/missed")
@allow_same_origin
def missed() -> ResponseReturnValue:
    """Record that the results were not what the reader was looking for."""
    query, searcher = parse(request.form.get("q", "")), _searcher()
    if not MISSED_SEARCHES.current():
        abort(404)
    count_attempt(MISSED_RATE, "missed", searcher)
    audience = readable_rules(current_viewer())
    SEARCH.current().misses.log(query, searcher, audience, is_miss=True, was_pressed=True)
    flash(_("Thank you. This was counted, without your name, as something missing here."), "ok")
    return redirect(url_for(".results", q=None if _is_long(query) else query.text), 303)


@search.get("/search/old")
@limiter.limit(OLD_TEXT_RATE)
def old() -> ResponseReturnValue:
    query, before = parse(request.args.get("q", "")), _number("before", 0, 10**18)
    wanted = old_text_phrases(query)
    former = search_old_texts(current_viewer(), wanted, before=before)
    return render_template(
        "search/old.html",
        query=query,
        found=[(each, mark_old_text(query, each.text)) for each in former.found],
        before=before,
        resume=former.resume,
        has_words=bool(wanted),
        is_narrowed=is_narrowed(query),
    )


@search.get("/search/suggest")
def suggest() -> ResponseReturnValue:
    text = request.args.get("q", "")[:200]
    pages, queries = suggestions(*_parts(), current_viewer(), text, SUGGESTION_COUNT)
    urls = [url_for("pages.read", path=page.path, _external=True) for page in pages]
    urls += [url_for(".results", q=query, _external=True) for query in queries]
    notes = [_note(page.kind) for page in pages] + [_("Popular search")] * len(queries)
    return jsonify([text, [*(page.title for page in pages), *queries], notes, urls])


@search.get("/opensearch.xml")
def opensearch() -> ResponseReturnValue:
    response = make_response(render_template("search/opensearch.xml"))
    response.mimetype = "application/opensearchdescription+xml"
    return response


def facet_heading(field: str) -> str:
    """The heading of a facet; for a field with choices, its label in the first kind that has it."""
    known = _field(field)
    return str(known.label if known else _HEADINGS.get(field, field.partition(":")[2]))


def _field(facet: str) -> KindField | None:
    """The field of a facet of choices; `None` for other facets."""
    if not facet.startswith("field:"):
        return None
    fields = (kind.field(facet.removeprefix("field:")) for kind in all_kinds().values())
    return next((field for field in fields if field), None)


def facet_label(field: str, name: str) -> str:
    """The label of a facet's value."""
    if known := _field(field):
        return next((choice for choice in known.choices if label_key(choice) == name), name)
    if field == "kind" and (kind := all_kinds().get(name)):
        return str(kind.plural)
    if field == "status":
        return str(status_label(name)).capitalize()
    return str(_PERIODS.get(name, name)) if field == "changed" else name


_WORDS = ResultWords(facet_heading, facet_label, page_url)


def _note(kind: str) -> str:
    """The line below a suggestion; ordinary pages have none."""
    return str(all_kinds()[kind].label) if kind in all_kinds() and kind != DEFAULT_KIND else ""


def _query_text() -> str:
    """The query, with the value of a facet that a button chose or dropped."""
    text, choice = request.args.get("q", ""), request.args.get("narrow")
    return toggle_filter(text, choice) if choice else text


def _is_long(query: Query) -> bool:
    """Whether the query is too long for links."""
    return len(quote(query.text)) > MAX_LINKED_QUERY


def _listing(first: int, count: int, *, by_date: bool) -> Listing:
    return list_results(
        *_parts(),
        current_viewer(),
        _query_text(),
        first=first,
        count=count,
        by_date=by_date,
        searcher=_searcher(),
        counts_misses=MISSED_SEARCHES.current(),
    )


def _searcher() -> str:
    """A key of the person who searches, so that each counts once."""
    user_id = current_viewer().user_id
    return f"network {address_key()}" if user_id is None else f"user {user_id}"


def _is_by_date() -> bool:
    return request.args.get("sort") == "date"


def _parts() -> tuple[Search, PageLookups]:
    return SEARCH.current(), PAGE_LOOKUPS.current()


def _number(name: str, default: int, highest: int) -> int:
    """A number of the query string; the default for anything else."""
    return min(parse_number(request.args.get(name), 10**18) or default, highest)
