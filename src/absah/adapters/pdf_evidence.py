"""Gathers the facts about a PDF: what `absah.validation` judges.

The bytes are accounted for first (`pdf_evidence_bytes`), then qpdf reads the structure, then each signed revision is
opened by itself and compared with the present document. A file that opens only after repair is still looked at,
because a broken digest must be reported as broken; but the repair is a finding.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from absah.adapters.pdf_evidence_bytes import Structure, find_byte_ranges, read_structure
from absah.adapters.pdf_evidence_fields import read_form, read_widgets
from absah.adapters.pdf_evidence_material import read_material
from absah.adapters.pdf_evidence_opening import HOSTILE, Opened, open_document
from absah.adapters.pdf_evidence_signatures import FoundSignatures, covered_end, find_buried_signatures, find_signatures
from absah.adapters.pdf_evidence_widgets import find_mismatches
from absah.adapters.pdf_hidden import find_hidden
from absah.adapters.pdf_pictures import Gallery
from absah.pdf.refusals import Damaged, Empty, NoPages, NotAPdf, TooLarge, Truncated
from absah.validation.evidence import DocumentEvidence, StructureProblem

MAXIMUM_SIZE: Final = 256 * 1024 * 1024
_HEADER_WITHIN: Final = 1024
_TAIL: Final = 2048


def gather_evidence(document: bytes, password: str | None = None) -> DocumentEvidence:
    """Everything there is to see. Raises the refusals of `absah.pdf` when the file cannot be read as a PDF at all."""
    _check_outside(document)
    try:
        opened = open_document(document, password)
        with opened.pdf:
            try:
                return _gather(document, password, opened)
            except HOSTILE as problem:
                raise Damaged(problem="structure") from problem
    except (Damaged, NoPages):
        wreck = _gather_wreck(document)
        if not wreck.signatures:
            raise
        return wreck


def _gather_wreck(document: bytes) -> DocumentEvidence:
    """What the bytes alone say of a file that nobody can open. A signature in it is broken, and must be called so."""
    structure = read_structure(document)
    return DocumentEvidence(
        size=len(document),
        sha256=hashlib.sha256(document).digest(),
        page_count=0,
        revisions=structure.revisions,
        signatures=tuple(find_buried_signatures(document, structure, frozenset())),
        problems=(*structure.problems, StructureProblem.REPAIRED),
    )


def _check_outside(document: bytes) -> None:
    if not document:
        raise Empty
    if len(document) > MAXIMUM_SIZE:
        raise TooLarge(size=len(document), most=MAXIMUM_SIZE)
    # A broken signature must be called broken: with a whole signature in it, even a mangled file is judged.
    if any(numbers[2] + numbers[3] <= len(document) for numbers in find_byte_ranges(document)):
        return
    if b"%PDF-" not in document[:_HEADER_WITHIN]:
        raise NotAPdf
    tail = document[-_TAIL:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Truncated


def _gather(document: bytes, password: str | None, opened: Opened) -> DocumentEvidence:
    pdf = opened.pdf
    if len(pdf.pages) == 0:
        raise NoPages
    structure = read_structure(document)
    widgets = read_widgets(pdf)
    form = read_form(pdf, widgets)
    signatures = find_signatures(document, password, structure, opened, form)
    hidden = find_hidden(Gallery(document, password), structure, signatures.changes, form, widgets)
    return DocumentEvidence(
        size=len(document),
        sha256=hashlib.sha256(document).digest(),
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
