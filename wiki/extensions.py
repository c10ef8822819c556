"""The instances of all extensions, bound to an application by `create_app`."""

import os

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager

from wiki.database import db
from wiki.database.connections import listen_to_engine
from wiki.database.schema import init_migrations
from wiki.rate_limits import limiter as limiter  # noqa: PLC0414  # our own
from wiki.web.csrf import CSRFProtection
from wiki.web.signing import SessionInterface

login_manager = LoginManager()
csrf = CSRFProtection()
babel = Babel()
compress = Compress()


def init_app(app: Flask) -> None:
    db.init_app(app)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        init_migrations(app)  # for `flask db`
    app.session_interface = SessionInterface()
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app)
    compress.init_app(app)
    with app.app_context():
        listen_to_engine(db.engine)
