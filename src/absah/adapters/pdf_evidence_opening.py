"""Opening a PDF that nobody vouches for: as it is, else repaired, else the part of it that is whole."""

import zlib
from dataclasses import dataclass

import pikepdf

from absah.adapters.document_bytes import DocumentBytes, cut
from absah.adapters.pdf_evidence_look import Look
from absah.pdf.reader.source import as_file
from absah.pdf.refusals import Damaged, Encrypted, PasswordWrong

#: What pikepdf may raise on odd objects.
HOSTILE = (
    pikepdf.PikepdfError, pikepdf.PdfError, AttributeError, IndexError, KeyError, OverflowError, RecursionError,
    RuntimeError, TypeError, ValueError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that qpdf reads, and whether it had to be repaired for that."""

    pdf: pikepdf.Pdf
    repaired: bool


def open_document(look: Look) -> Opened:
    """Read it as it is; else repaired; else the last revision that is whole, without what was put behind it."""
    document, password = look.document, look.password
    end = max((mark.end for mark in look.structure.revisions), default=len(document))
    attempts = ((document, False), (document, True), (cut(document, end), False))
    problem: Exception | None = None
    for number, (content, repair) in enumerate(attempts):
        try:
            pdf = open_revision(content, password, repair=repair)
        except pikepdf.PasswordError as refusal:
            raise (Encrypted() if password is None else PasswordWrong()) from refusal
        except HOSTILE as refusal:
            problem = refusal
        else:
            return Opened(pdf, number > 0 or _warned(pdf))
    raise Damaged(problem="structure") from problem


def open_revision(document: DocumentBytes, password: str | None, *, repair: bool) -> pikepdf.Pdf:
    return pikepdf.Pdf.open(
        as_file(document),
        password=password or "",
        attempt_recovery=repair,
        suppress_warnings=True,
        inherit_page_attributes=False,
    )


def _warned(pdf: pikepdf.Pdf) -> bool:
    return any("reconstruct" in str(warning) or "file is damaged" in str(warning) for warning in pdf.get_warnings())
