"""Verifying a document: gather the facts, judge them. The one call that the command line and the pages make."""

from absah.adapters.pdf_evidence import gather_evidence
from absah.adapters.status_fetch import StatusFetcher
from absah.validation.process import ValidationContext, validate
from absah.validation.report import Report


def verify_document(
    document: bytes, context: ValidationContext, password: str | None = None, *, fetcher: StatusFetcher | None = None
) -> Report:
    """The report on a PDF. With a fetcher, what is missing to judge it is asked for first.

    Raises only coded errors, and only when the file cannot be read as a PDF at all: the refusals of
    `absah.pdf.refusals` (not a PDF, empty, truncated, damaged, encrypted, wrong password, no pages, too large).
    """
    evidence = gather_evidence(document, password)
    return validate(evidence, context if fetcher is None else fetcher.completed(evidence, context))
