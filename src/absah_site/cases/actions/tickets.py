"""A case that begins with a file: a signed document that somebody doubts, verified on the spot."""

import json
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.validation.report import Report
from absah_site.actors import Actor
from absah_site.agreements.actions.papers import Upload
from absah_site.cases.actions.cases import add_paper, open_case
from absah_site.validation import access as verification

_PDF: Final = b"%PDF-"


@transaction.atomic
def open_with_file(  # noqa: PLR0913  (every one is named)
    agreement: UUID,
    kind: str,
    subject: str,
    fields: Mapping[str, str],
    upload: Upload | None,
    /,
    *,
    now: Instant,
    by: Actor,
) -> UUID:
    """Open a case; a file is added to it, and for a PDF what the verification says of it today."""
    identifier = open_case(agreement, kind, subject, fields, now=now, by=by)
    if upload is None:
        return identifier
    add_paper(agreement, identifier, upload, "document", now=now, by=by)
    report = _report_on(upload.content, now=now)
    if report is not None:
        written = json.dumps(report.to_dict(), ensure_ascii=False, indent=1).encode()
        file = Upload(name="verifikasi.json", content=written)
        add_paper(agreement, identifier, file, "verification", now=now, by=by)
    return identifier


def _report_on(content: bytes, *, now: Instant) -> Report | None:
    """What the verifier says; None where it cannot read the file, which is for the people of the case to say."""
    if not content.startswith(_PDF):
        return None
    try:
        return verification.report_on(content, password=None, now=now)
    except AbsahError:
        return None
