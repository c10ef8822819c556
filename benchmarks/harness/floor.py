"""The floor: a minimal application with Flask, Jinja and one row by primary key.

`python -m benchmarks.harness.floor --port 8100 --folder FOLDER` serves `/page/1` … `/page/200`,
20 kB each, by the same Gunicorn with the same settings as `nexus serve`.
"""

import argparse
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from gunicorn.workers.base import Worker
from jinja2 import DictLoader
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from wiki.config import Settings
from wiki.ops.serve import Server, _bind

PAGES = 200
BODY = 19_500  # bytes; 20 kB with the page frame


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Row(db.Model):  # type: ignore[name-defined, misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    html: Mapped[str]


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ row.title }}</title>
<link rel="stylesheet" href="/static/page.css">
</head>
<body>
<header><nav><ul>
{% for name in names %}<li><a href="/{{ name | lower }}">{{ name }}</a></li>
{% endfor %}</ul></nav></header>
<main>
<h1>{{ row.title }}</h1>
{{ row.html | safe }}
</main>
<footer><p>Page {{ row.id }}</p></footer>
</body>
</html>
"""
NAMES = ("Home", "Pages", "Tags", "Changes", "Search", "Account", "Help", "About")


def create_floor(folder: Path) -> Flask:
    app = Flask("floor")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'floor.sqlite3'}"
    # Not `render_template_string`, which compiles the template at every request.
    app.jinja_loader = DictLoader({"page.html": PAGE})
    db.init_app(app)

    @app.get("/page/<int:number>")
    def page(number: int) -> str:
        return render_template("page.html", row=db.get_or_404(Row, number), names=NAMES)

    return app


def fill(folder: Path) -> None:
    """Create the database with its rows."""
    with create_floor(folder).app_context():
        db.create_all()
        for number in range(1, PAGES + 1):
            paragraph = f"<p>{'What a page says takes words. ' * 9}{number}</p>\n"
            html = paragraph * (BODY // len(paragraph))
            db.session.add(Row(id=number, title=f"Page {number}", html=html))
        db.session.commit()


class FloorServer(Server):
    """The server of the wiki, with the minimal application."""

    def __init__(self, folder: Path, port: int, workers: int) -> None:
        self.folder = folder
        settings = Settings(instance=folder, database_url="", secret_key="")
        super().__init__(settings, _bind("127.0.0.1", port), workers)

    def load(self) -> Any:
        return create_floor(self.folder)

    def _start_worker(self, worker: Worker) -> None:
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--workers", type=int, required=True)
    options = parser.parse_args()
    FloorServer(options.folder, options.port, options.workers).run()
