"""Work that all applications of a test process share.

Nothing here changes an application’s responses: compiled statements and inspected files are
cached, password hashes are cheap, and writes aren’t flushed to disk.
"""

import os
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from wiki.accounts.credentials import passwords
from wiki.database import connections, db
from wiki.files.inspection.report import InspectionReport
from wiki.files.storage import intake

HASHER = passwords._hasher  # at the cost that people pay
SMALL_FILE = 100_000  # bytes

_statements: LRUCache = LRUCache(5_000)


def share_url_rules(patch: pytest.MonkeyPatch) -> None:
    """Read each URL rule once: that takes most of the time to make an application."""
    kept: dict[tuple[object, ...], dict[str, Any]] = {}
    compile_rule = Rule.compile
    made = ("_parts", "_trace", "_converters", "arguments")  # none knows its application
    builders = ("_build", "_build_unknown")

    def kept_compile(rule: Rule) -> None:
        converters = frozenset(rule.map.converters.items())
        texts = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults))
        key = (*texts, rule.merge_slashes, rule.map.host_matching, converters)
        if key not in kept:
            compile_rule(rule)
            kept[key] = {name: getattr(rule, name) for name in made}
            kept[key] |= {name: getattr(rule, name).__func__ for name in builders}
        for name, value in kept[key].items():
            setattr(rule, name, value if name in made else value.__get__(rule, None))

    patch.setattr(Rule, "compile", kept_compile)


def share_dialects(patch: pytest.MonkeyPatch) -> None:
    """Let a statement that was compiled for one engine serve for others of the same kind."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))


def share_statements(app: Flask) -> None:
    """Let `app` reuse the statements that others have compiled."""
    with app.app_context():
        db.engine._compiled_cache = _statements


class SharedTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates for other processes in files, for this one in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        key = (bucket.key, bucket.checksum)
        if key in self._codes:
            bucket.code = self._codes[key]
            return
        super().load_bytecode(bucket)
        if bucket.code is not None:
            self._codes[key] = bucket.code


def hash_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Hash passwords as cheaply as Argon2 can; other tests look at the cost of a hash."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", hasher)


def inspect_once(patch: pytest.MonkeyPatch) -> None:
    """Keep what a process found in a small file: most tests send the same picture."""
    kept: dict[tuple[bytes, str], tuple[InspectionReport, dict[str, bytes]]] = {}
    inspect_file = intake.inspect_file

    def inspect_or_remember(source: Path, name: str, folder: Path) -> InspectionReport:
        if source.stat().st_size > SMALL_FILE:
            return inspect_file(source, name, folder)
        key = (source.read_bytes(), name)
        if key not in kept:
            report = inspect_file(source, name, folder)
            files = (report.file, *(variant.file for variant in report.variants))
            contents = {Path(file).name: Path(file).read_bytes() for file in files}
            kept[key] = (_in_folder(report, Path()), contents)
        report, contents = kept[key]
        for file, content in contents.items():
            (folder / file).write_bytes(content)
        return _in_folder(report, folder)

    patch.setattr(intake, "inspect_file", inspect_or_remember)


def _in_folder(report: InspectionReport, folder: Path) -> InspectionReport:
    """The same of files of the same names in `folder`."""
    variants = tuple(
        replace(variant, file=str(folder / Path(variant.file).name)) for variant in report.variants
    )
    return replace(report, file=str(folder / Path(report.file).name), variants=variants)


def write_lazily(patch: pytest.MonkeyPatch) -> None:
    """Let the operating system decide when writes reach the disk."""
    patch.setattr(os, "fsync", lambda _descriptor: None)
    patch.setattr(connections, "SYNCHRONOUS", "OFF")
