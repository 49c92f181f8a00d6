"""Verifying a document: gather the facts, judge them. The one call that the command line and the pages make."""

from pathlib import Path
from typing import Final, Protocol

from absah.adapters.isolation.pool import IsolatedPool
from absah.validation.evidence import DocumentEvidence
from absah.validation.process import ValidationContext, validate
from absah.validation.report import Report

#: What a worker imports before its first document.
WARM: Final = ("absah.adapters.pdf_evidence",)
_GATHER: Final = "absah.adapters.pdf_evidence:gather_evidence"
_GATHER_FROM_FILE: Final = "absah.adapters.pdf_evidence:gather_from_file"


class StatusSource(Protocol):
    """Who is asked for what is missing to judge a document: the network (`StatusFetcher`), a register."""

    def completed(self, evidence: DocumentEvidence, context: ValidationContext, /) -> ValidationContext:
        """The context with what could be had. Raises nothing."""
        ...


def verify_document(
    document: bytes | Path,
    context: ValidationContext,
    password: str | None = None,
    *,
    fetcher: StatusSource | None = None,
    pool: IsolatedPool | None = None,
) -> Report:
    """The report on a PDF. With a fetcher, what is missing to judge it is asked for first.

    A document that is named by its path is never in memory as a whole. With a pool it is opened by one of its workers
    and nowhere else; only facts come back. Whoever serves strangers gives one.

    Raises only coded errors, and only when the file cannot be read as a PDF at all: the refusals of
    `absah.pdf.refusals` (not a PDF, empty, truncated, damaged, encrypted, wrong password, no pages, too large), and
    those of the pool.
    """
    evidence = _gathered(document, password, pool)
    return validate(evidence, context if fetcher is None else fetcher.completed(evidence, context))


def _gathered(document: bytes | Path, password: str | None, pool: IsolatedPool | None) -> DocumentEvidence:
    if pool is None:
        from absah.adapters.pdf_evidence import gather_evidence, gather_from_file  # noqa: PLC0415  (three libraries)

        if isinstance(document, Path):
            return gather_from_file(b"", str(document), password)
        return gather_evidence(document, password)
    if isinstance(document, Path):
        found = pool.run(_GATHER_FROM_FILE, b"", str(document.resolve()), password)
    else:
        found = pool.run(_GATHER, document, password)
    if not isinstance(found, DocumentEvidence):
        raise TypeError(f"a worker answered with {type(found).__name__}")
    return found
