"""Turns an upload into a logo: inspected like any upload, then scaled down."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import IO

from wiki.files.errors import FileRefused
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.sandbox import inspect_file
from wiki.files.storage.intake import received
from wiki.identity.update import LogoImage

UPLOAD_LIMIT = 5  # megabytes
STORED_LIMIT = 100_000  # bytes, since every page loads the logo
STORED_WIDTH = 320  # pixels, twice the width shown in the header, for high-density screens


def logo_from(source: IO[bytes], name: str) -> LogoImage:
    """The logo to store. Raises `wiki.files.errors.FileRefused`, `StoreUnavailable`."""
    with received(source, UPLOAD_LIMIT) as sent:
        return _picture(inspect_file(sent, name, sent.parent))


def _picture(report: InspectionReport) -> LogoImage:
    if not report.media_type.startswith("image/") or not report.width or not report.height:
        raise FileRefused("no-picture")
    report = _sized(report)
    body = Path(report.file).read_bytes()
    if len(body) > STORED_LIMIT:
        raise FileRefused("large-logo")
    width, height = report.width or 1, report.height or 1
    return LogoImage(body, sha256(body).hexdigest(), report.media_type, width, height)


def _sized(report: InspectionReport) -> InspectionReport:
    """The smallest thumbnail that is wide enough, in a format that all browsers support."""
    wide_enough = [
        variant
        for variant in report.variants
        if variant.media_type == "image/webp" and variant.width >= STORED_WIDTH
    ]
    if not wide_enough:
        return report
    best = min(wide_enough, key=lambda variant: variant.width)
    height = max(1, round((report.height or 1) * best.width / (report.width or 1)))
    return replace(
        report, file=best.file, media_type=best.media_type, width=best.width, height=height
    )
