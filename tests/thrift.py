"""What tests share, although each has its own application.

Nothing here changes an application's answers: compiled statements are kept for the next one, its
hashes are cheap, and its writes aren't forced to the disk, which only matters in a power cut.
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
    """Keep the functions that build URLs: they take most of the time to make an application."""
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
    """Let `app` reuse the statements that others have compiled."""
    with app.app_context():
        db.engine._compiled_cache = _statements


def hash_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Hash passwords as cheaply as Argon2 can; other tests look at the cost of a hash."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", hasher)


def write_lazily(patch: pytest.MonkeyPatch) -> None:
    """Let the operating system decide when writes reach the disk."""
    patch.setattr(os, "fsync", lambda _descriptor: None)
    patch.setattr(connections, "SYNCHRONOUS", "OFF")
