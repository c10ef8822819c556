"""The pages with health checks and security checks."""

from flask import render_template
from flask.typing import ResponseReturnValue

from wiki.admin.blueprint import admin
from wiki.admin.health_checks import health_checks
from wiki.admin.security_checks import security_checks


@admin.get("/health")
def health() -> ResponseReturnValue:
    return render_template("admin/health.html", checks=health_checks())


@admin.get("/security")
def security() -> ResponseReturnValue:
    return render_template("admin/security.html", checks=security_checks())
