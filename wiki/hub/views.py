"""The front page and lists of pages."""

from collections.abc import Mapping

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue

from wiki.access.permissions import current_viewer
from wiki.accounts.redirects import safe_path
from wiki.app_state import current_settings
from wiki.community.credit.bylines import recent_authors_byline
from wiki.files.delivery.responses import SVG_POLICY
from wiki.hub.crawling.llms import in_one_line
from wiki.hub.crawling.views import crawling
from wiki.hub.forms import ThemeForm
from wiki.hub.health import readiness
from wiki.hub.offline.views import offline
from wiki.identity.accent import VERSION as ACCENT_VERSION
from wiki.identity.accent import parse_colour
from wiki.identity.accent import stylesheet as accent_stylesheet
from wiki.identity.current import current_identity
from wiki.identity.update import get_logo as stored_logo
from wiki.kinds.builtin import DEFAULT_KIND, STATUSES
from wiki.kinds.current import all_kinds, offered_kinds
from wiki.kinds.kind import Kind
from wiki.pages.queries import page_lists
from wiki.web.pagination import paginate
from wiki.web.theme import THEME_COOKIE, chosen_theme

START_PATH = "guides/start-here"
LOGO_MAX_AGE = 365 * 24 * 3600  # seconds; its address changes with its content
LIGHT_PAPER = "#fbfaf7"  # background of the light theme, shown while the app loads
THEME_COOKIE_AGE = 365 * 24 * 3600  # seconds

# Items on the front page; together they fill about one phone screen.
FRONT_PAGES_PER_KIND = 3
FRONT_CHALLENGES = 5
FRONT_CHANGES = 6

hub = Blueprint("hub", __name__)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["site_kinds"] = _site_kinds
    app.jinja_env.filters["in_one_line"] = in_one_line
    app.register_blueprint(hub)
    app.register_blueprint(crawling)
    app.register_blueprint(offline)


def _site_kinds() -> list[Kind]:
    """The kinds shown in the menu."""
    return [kind for kind in offered_kinds() if kind.name != DEFAULT_KIND]


@hub.get("/")
def front() -> ResponseReturnValue:
    viewer = current_viewer()
    digest = page_lists.load_front_page(
        viewer,
        start_path=START_PATH,
        each=FRONT_PAGES_PER_KIND,
        challenges=FRONT_CHALLENGES,
        changes=FRONT_CHANGES,
    )
    thanks = recent_authors_byline(viewer)
    return render_template("hub/front.html", front=digest, kinds=all_kinds(), thanks=thanks)


@hub.get("/kinds/")
def kinds() -> ResponseReturnValue:
    counts = page_lists.count_by_kind(current_viewer())
    return render_template("hub/kinds.html", kinds=_listed_kinds(counts), counts=counts)


@hub.get("/kinds/<kind>")
def kind(kind: str) -> ResponseReturnValue:
    found = all_kinds().get(kind) or abort(404)
    status = _status_of(found)
    viewer = current_viewer()
    pagination = paginate(page_lists.count_pages_of_kind(viewer, kind, status))
    pages = page_lists.pages_of_kind(
        viewer, kind, status, offset=pagination.offset, limit=pagination.per_page
    )
    return render_template(
        "hub/kind.html",
        kind=found,
        statuses=STATUSES if found.has_status else {},
        status=status,
        pages=pages,
        pagination=pagination,
    )


@hub.get("/tags/")
def tags() -> ResponseReturnValue:
    return render_template("hub/tags.html", tags=page_lists.all_tags(current_viewer()))


@hub.get("/tags/<tag>")
def tag(tag: str) -> ResponseReturnValue:
    viewer = current_viewer()
    found = page_lists.tag_by_name(viewer, tag) or abort(404)
    if tag != found.key:
        return redirect(url_for(".tag", tag=found.key, page=request.args.get("page")), 301)
    pagination = paginate(found.count)
    pages = page_lists.pages_by_tag(
        viewer, found.key, offset=pagination.offset, limit=pagination.per_page
    )
    return render_template("hub/tag.html", tag=found, pages=pages, pagination=pagination)


@hub.get("/pages")
def all_pages() -> ResponseReturnValue:
    viewer = current_viewer()
    letter = request.args.get("letter") or None
    letters = page_lists.count_by_letter(viewer)
    if letter and letter not in letters:
        abort(404)
    pagination = paginate(letters[letter] if letter else sum(letters.values()))
    pages = page_lists.pages_by_title(
        viewer, letter, offset=pagination.offset, limit=pagination.per_page
    )
    return render_template(
        "hub/all_pages.html", letters=letters, letter=letter, pages=pages, pagination=pagination
    )


@hub.route("/theme", methods=["GET", "POST"])
def theme() -> ResponseReturnValue:
    form = ThemeForm(data={"theme": chosen_theme(), "next": request.args.get("next", "")})
    if not form.validate_on_submit():
        return render_template("hub/theme.html", form=form), 422 if form.errors else 200
    response = make_response(redirect(safe_path(form.next.data) or url_for(".front"), 303))
    response.set_cookie(
        THEME_COOKIE,
        form.theme.data,
        max_age=THEME_COOKIE_AGE,
        path=current_app.config["SESSION_COOKIE_PATH"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
    return response


@hub.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@hub.get("/readyz")
def readyz() -> ResponseReturnValue:
    checks = readiness(current_app)
    is_ready = checks["database"] == "ok"
    answer = {"status": "ok" if is_ready else "unavailable", **checks}
    return answer, 200 if is_ready else 503


@hub.get("/robots.txt")
def robots() -> ResponseReturnValue:
    is_public = current_settings().public_reading
    text = render_template("hub/robots.txt", is_public=is_public)
    return Response(text, mimetype="text/plain")


@hub.get("/logo/<theme>")
def logo(theme: str) -> ResponseReturnValue:
    found = stored_logo(theme) or abort(404)
    response = Response(found.body, mimetype=found.media_type)
    is_fixed = request.args.get("v") == found.hash[:12]
    response.cache_control.public, response.cache_control.max_age = True, LOGO_MAX_AGE * is_fixed
    response.headers["Content-Security-Policy"] = SVG_POLICY
    response.set_etag(found.hash)
    return response.make_conditional(request)


@hub.get("/accent/<colour>.css")
def accent(colour: str) -> ResponseReturnValue:
    """The accent colour as a stylesheet; it depends on its URL only."""
    known = parse_colour(colour) or abort(404)
    response = Response(accent_stylesheet(known), mimetype="text/css")
    is_current = request.args.get("v") == str(ACCENT_VERSION)
    response.cache_control.public, response.cache_control.max_age = True, LOGO_MAX_AGE * is_current
    response.add_etag()
    return response.make_conditional(request)


@hub.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    return send_from_directory(
        current_app.static_folder or "", "icons/favicon.svg", max_age=24 * 3600
    )


@hub.get("/apple-touch-icon.png")
def touch_icon() -> ResponseReturnValue:
    """The icon that iOS requests when the wiki is added to the home screen."""
    return send_from_directory(
        current_app.static_folder or "", "icons/apple-touch-icon.png", max_age=24 * 3600
    )


@hub.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """The web app manifest, with the name for the home screen."""
    name = current_identity().name
    icon = url_for("static", filename="icons/favicon.svg")
    about = {
        "name": name,
        "short_name": name,
        "start_url": url_for("hub.front"),
        "scope": url_for("hub.front"),
        "display": "minimal-ui",
        "background_color": LIGHT_PAPER,
        "theme_color": LIGHT_PAPER,
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    }
    response = Response(current_app.json.dumps(about), mimetype="application/manifest+json")
    response.add_etag()
    return response.make_conditional(request)


def _listed_kinds(counts: Mapping[str, int]) -> list[Kind]:
    """The kinds offered for new pages, and retired ones that still have pages."""
    return [kind for kind in all_kinds().values() if not kind.is_retired or kind.name in counts]


def _status_of(kind: Kind) -> str | None:
    """The requested `status=` if pages of this kind can have it, otherwise `None`."""
    status = request.args.get("status") or None
    if status and not (kind.has_status and status in STATUSES):
        abort(404)
    return status
