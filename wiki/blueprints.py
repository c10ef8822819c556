"""Registers the blueprints of all features."""

from flask import Flask


def init_app(app: Flask) -> None:
    import wiki.access.groups.routes as groups  # noqa: PLC0415
    import wiki.accounts.routes as accounts  # noqa: PLC0415
    import wiki.admin.routes as admin  # noqa: PLC0415
    import wiki.api.routes as api  # noqa: PLC0415
    import wiki.community.routes as community  # noqa: PLC0415
    import wiki.files.routes as files  # noqa: PLC0415
    import wiki.git.routes as git  # noqa: PLC0415
    import wiki.hub.views as hub  # noqa: PLC0415
    import wiki.pages.routes as pages  # noqa: PLC0415
    import wiki.search.views as search  # noqa: PLC0415
    from wiki.web.csp_reports import reports  # noqa: PLC0415

    for feature in (accounts, groups, files, pages, community, hub, git, search, admin, api):
        feature.init_app(app)
    app.register_blueprint(reports)
