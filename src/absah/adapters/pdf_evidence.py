"""Gathers the facts about a PDF: what `absah.validation` judges.

The bytes are accounted for first (`pdf_evidence_bytes`), then qpdf reads the structure, then each signed revision is
opened by itself and compared with the present document. A file that opens only after repair is still looked at,
because a broken digest must be reported as broken; but the repair is a finding.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from absah.adapters.document_bytes import DocumentBytes, document_bytes
from absah.adapters.file_source import FileSource
from absah.adapters.pdf_evidence_bytes import Structure, read_marks
from absah.adapters.pdf_evidence_digests import CoveredDigests
from absah.adapters.pdf_evidence_fields import read_form, read_widgets
from absah.adapters.pdf_evidence_look import Look
from absah.adapters.pdf_evidence_material import read_material
from absah.adapters.pdf_evidence_opening import HOSTILE, Opened, open_document
from absah.adapters.pdf_evidence_signatures import FoundSignatures, covered_end, find_buried_signatures, find_signatures
from absah.adapters.pdf_evidence_widgets import find_mismatches
from absah.adapters.pdf_hidden import find_hidden
from absah.adapters.pdf_pictures import Gallery
from absah.pdf.reader.source import Document
from absah.pdf.refusals import Damaged, Empty, NoPages, NotAPdf, TooLarge, Truncated
from absah.pki.algorithms import DigestAlgorithm
from absah.validation.evidence import DocumentEvidence, StructureProblem

MAXIMUM_SIZE: Final = 256 * 1024 * 1024
MAXIMUM_ON_DISK: Final = 2 << 30
_HEADER_WITHIN: Final = 1024
_TAIL: Final = 2048


def gather_evidence(document: Document, password: str | None = None) -> DocumentEvidence:
    """Everything there is to see. Raises the refusals of `absah.pdf` when the file cannot be read as a PDF at all."""
    seen = document_bytes(document)
    _check_size(seen)
    digests = CoveredDigests(seen)
    with digests.read_along() as heard:
        structure, ranges = read_marks(seen, heard)
    look = Look(document=seen, password=password, structure=structure, ranges=ranges, digests=digests)
    _check_outside(look)
    try:
        opened = open_document(look)
        with opened.pdf:
            try:
                return _gather(look, opened)
            except HOSTILE as problem:
                raise Damaged(problem="structure") from problem
    except (Damaged, NoPages):
        wreck = _gather_wreck(look)
        if not wreck.signatures:
            raise
        return wreck


def gather_from_file(_: bytes, path: str, password: str | None) -> DocumentEvidence:
    """The same of a file on disk, which is never in memory as a whole. For a worker, which is told where it lies."""
    with FileSource(Path(path)) as source:
        return gather_evidence(source, password)


def _gather_wreck(look: Look) -> DocumentEvidence:
    """What the bytes alone say of a file that nobody can open. A signature in it is broken, and must be called so."""
    return DocumentEvidence(
        size=len(look.document),
        sha256=look.digests.whole(DigestAlgorithm.SHA256),
        page_count=0,
        revisions=look.structure.revisions,
        signatures=tuple(find_buried_signatures(look, frozenset())),
        problems=(*look.structure.problems, StructureProblem.REPAIRED),
    )


def _check_size(document: DocumentBytes) -> None:
    size, most = len(document), MAXIMUM_SIZE if isinstance(document, bytes) else MAXIMUM_ON_DISK
    if not size:
        raise Empty
    if size > most:
        raise TooLarge(size=size, most=most)


def _check_outside(look: Look) -> None:
    """Refuse what is not even outwardly a PDF."""
    document = look.document
    # A broken signature must be called broken: with a whole signature in it, even a mangled file is judged.
    if any(numbers[2] + numbers[3] <= len(document) for numbers in look.ranges):
        return
    if b"%PDF-" not in document[:_HEADER_WITHIN]:
        raise NotAPdf
    tail = document[-_TAIL:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Truncated


def _gather(look: Look, opened: Opened) -> DocumentEvidence:
    pdf, document, structure = opened.pdf, look.document, look.structure
    if len(pdf.pages) == 0:
        raise NoPages
    widgets = read_widgets(pdf)
    form = read_form(pdf, widgets)
    signatures = find_signatures(look, opened, form)
    hidden = find_hidden(Gallery(document, look.password), structure, signatures.changes, form, widgets)
    return DocumentEvidence(
        size=len(document),
        sha256=look.digests.whole(DigestAlgorithm.SHA256),
        page_count=len(pdf.pages),
        revisions=structure.revisions,
        signatures=signatures.facts,
        material=read_material(pdf),
        problems=tuple(_problems(structure, opened, signatures, cut=form.cut or signatures.cut or hidden.cut)),
        widgets=find_mismatches(widgets, pdf.Root.get("/AcroForm")),
        hidden=hidden.found,
    )


def _problems(
    structure: Structure, opened: Opened, signatures: FoundSignatures, *, cut: bool
) -> Iterator[StructureProblem]:
    yield from structure.problems
    if opened.repaired:
        yield StructureProblem.REPAIRED
    if signatures.disagreement:
        yield StructureProblem.READERS_DISAGREE
    if cut:
        yield StructureProblem.LIMIT_REACHED
    ends = [end for found in signatures.facts if (end := covered_end(found))]
    # Before the first signature ends, a strange mark is covered by it (an embedded file); after it, it is a trap.
    if any(mark.end > min(ends) for mark in structure.detached if ends):
        yield StructureProblem.DETACHED_REVISION
    if signatures.loose:
        yield StructureProblem.DETACHED_SIGNATURE
