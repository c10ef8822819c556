"""What tests needn't pay for again and again, each with an application of its own.

Nothing here changes what an application answers: what it compiles is kept for the next one, its
hashes are cheap ones, and what it writes isn't forced on to the disk, as only a power cut shows.
"""

import os

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from wiki.accounts.credentials import passwords
from wiki.database import connections, db

HASHER = passwords._hasher  # at the cost that people pay

_statements: LRUCache = LRUCache(5_000)


def share_url_builders(patch: pytest.MonkeyPatch) -> None:
    """Keep the functions that build URLs: they are most of what making an application takes."""
    kept: dict[tuple[object, ...], object] = {}
    compile_builder = Rule._compile_builder

    def kept_builder(rule: Rule, append_unknown: bool = True) -> object:
        key = (rule.rule, rule.endpoint, repr(rule.defaults), rule.subdomain, append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", kept_builder)


def share_dialects(patch: pytest.MonkeyPatch) -> None:
    """Let a statement that was compiled for one engine serve for others of the same kind."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))


def share_statements(app: Flask) -> None:
    """Let `app` take the statements that others have compiled."""
    with app.app_context():
        db.engine._compiled_cache = _statements


def hash_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Hash passwords as cheaply as Argon2 can; what a hash costs is for their own tests."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", hasher)


def write_lazily(patch: pytest.MonkeyPatch) -> None:
    """Leave it to the operating system when what is written reaches the disk."""
    patch.setattr(os, "fsync", lambda _descriptor: None)
    patch.setattr(connections, "SYNCHRONOUS", "OFF")
