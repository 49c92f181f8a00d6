"""The first look at a PDF that somebody handed in: is it one, may we touch it, and what is in it.

Nothing here trusts the file. qpdf reads it without repairing, because a repaired file is not the one that was handed
in; what it cannot read is refused with its own code, and walks through its structure are limited.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeVar

import pikepdf

from absah.pdf.geometry import PageGeometry, Rect, Rotation
from absah.pdf.reader.source import ByteSource, Document, as_file, source_of
from absah.pdf.refusals import (
    CertifiedNoChanges,
    Damaged,
    Empty,
    Encrypted,
    NoPages,
    NotAPdf,
    PasswordWrong,
    TooLarge,
    TooManyPages,
    Truncated,
)

_Answer = TypeVar("_Answer")
_HEADER_WITHIN = 1024  # ISO 32000-1, Annex H.3, note 13: readers accept a header within the first 1024 bytes.
_END_WITHIN = 2048
_MOST_METADATA = 1 << 20
_MOST_FIELDS = 20_000
_HOSTILE = (
    pikepdf.PikepdfError, pikepdf.PdfError, AttributeError, IndexError, KeyError, OverflowError, RecursionError,
    RuntimeError, TypeError, ValueError, zlib.error,
)  # fmt: skip
_ROTATIONS: dict[int, Rotation] = {0: 0, 90: 90, 180: 180, 270: 270}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much we accept."""

    size: int = 100 * 1024 * 1024
    pages: int = 5000


DEFAULT_LIMITS = Limits()


class Certification(IntEnum):
    """What a certifying author still allows (ISO 32000-1 Table 254, /P)."""

    NO_CHANGES = 1
    FORM_FILLING = 2
    ANNOTATIONS = 3


class FieldContent(StrEnum):
    """What stands in a signature field."""

    EMPTY = "empty"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFieldFacts:
    """A signature field: its full name, what is in it, and where it shows itself (user space), if anywhere."""

    name: str
    content: FieldContent
    page: int | None
    rect: Rect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What we know of a document before anything is done with it."""

    size: int
    version: str
    pages: tuple[PageGeometry, ...]
    fields: tuple[SignatureFieldFacts, ...]
    certification: Certification | None
    encrypted: bool
    pdfa: str | None
    tagged: bool
    xfa: bool

    @property
    def signed(self) -> bool:
        """Whether any signature or time-stamp is in it already."""
        return any(field.content is not FieldContent.EMPTY for field in self.fields)


def inspect(document: Document, password: str | None = None, *, limits: Limits = DEFAULT_LIMITS) -> DocumentFacts:
    """The facts of a document. Raises one of `absah.pdf.refusals` when it cannot be read, or is too much."""
    source = source_of(document)
    return examined(source, lambda pdf: _facts(pdf, source.size, limits), password, limits=limits)


def examined(
    document: Document,
    question: Callable[[pikepdf.Pdf], _Answer],
    password: str | None = None,
    /,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> _Answer:
    """What `question` finds out about an opened document. Whatever it stumbles over is `pdf.damaged`."""
    source = source_of(document)
    _check_outside(source, limits)
    with _opened(source, password) as pdf:
        try:
            return question(pdf)
        except _HOSTILE as problem:
            raise Damaged(problem="structure") from problem


def require_signable(facts: DocumentFacts, /) -> None:
    """Refuse what must not be signed. ISO 32000-1 §12.8.2.2: P=1, "no changes to the document shall be permitted"."""
    if facts.certification is Certification.NO_CHANGES:
        raise CertifiedNoChanges


def _check_outside(source: ByteSource, limits: Limits) -> None:
    if not source.size:
        raise Empty
    if source.size > limits.size:
        raise TooLarge(size=source.size, most=limits.size)
    if b"%PDF-" not in source.read(0, _HEADER_WITHIN):
        raise NotAPdf
    end = source.read(max(0, source.size - _END_WITHIN), _END_WITHIN)
    if b"startxref" not in end or b"%%EOF" not in end:
        raise Truncated


def _opened(source: ByteSource, password: str | None) -> pikepdf.Pdf:
    try:
        return pikepdf.Pdf.open(as_file(source), password=password or "", attempt_recovery=False)
    except pikepdf.PasswordError as problem:
        raise (Encrypted() if password is None else PasswordWrong()) from problem
    except _HOSTILE as problem:
        raise Damaged(problem="structure") from problem


def _facts(pdf: pikepdf.Pdf, size: int, limits: Limits) -> DocumentFacts:
    count = len(pdf.pages)
    if count == 0:
        raise NoPages
    if count > limits.pages:
        raise TooManyPages(pages=count, most=limits.pages)
    pages = tuple(_page(page, number) for number, page in enumerate(pdf.pages, start=1))
    form = pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    mark = pdf.Root.get("/MarkInfo", pikepdf.Dictionary())
    return DocumentFacts(
        size=size,
        version=pdf.pdf_version,
        pages=pages,
        fields=tuple(_signature_fields(pdf)),
        certification=_certification(pdf.Root),
        encrypted=pdf.is_encrypted,
        pdfa=_pdfa_claim(pdf.Root),
        tagged=bool(mark.get("/Marked", False)),
        xfa="/XFA" in form,
    )


def _page(page: pikepdf.Page, number: int) -> PageGeometry:
    media = _rect(page.mediabox)
    crop = _rect(page.cropbox)
    visible = Rect(
        left=max(media.left, min(crop.left, media.right)),
        bottom=max(media.bottom, min(crop.bottom, media.top)),
        right=min(media.right, max(crop.right, media.left)),
        top=min(media.top, max(crop.top, media.bottom)),
    )
    unit = float(page.obj.get("/UserUnit", 1))
    return PageGeometry(
        number=number,
        media=media,
        # A CropBox outside its MediaBox shows nothing; viewers then fall back to the MediaBox.
        crop=visible if visible.width > 0 and visible.height > 0 else media,
        rotation=_ROTATIONS[int(page.rotation) % 360],
        user_unit=unit if unit > 0 else 1.0,
    )


def _rect(box: pikepdf.Object) -> Rect:
    left, bottom, right, top = (float(edge) for edge in box)
    return Rect.spanning((left, bottom), (right, top))


def _signature_fields(pdf: pikepdf.Pdf) -> Iterator[SignatureFieldFacts]:
    places: dict[tuple[int, int], int] | None = None
    for name, field in signature_fields(pdf):
        places = places if places is not None else _annotation_pages(pdf)
        kids = list(field.get("/Kids", []))
        yield _field_facts(field, name, kids[0] if kids else field, places)


def signature_fields(pdf: pikepdf.Pdf, /) -> Iterator[tuple[str, pikepdf.Object]]:
    """Every terminal field of type /Sig with its full name, in the order of the form.

    A field tree that runs in circles is cut. Raises `pdf.damaged`, and whatever pikepdf does with a broken tree.
    """
    form = pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    waiting: list[tuple[pikepdf.Object, str, pikepdf.Object | None]] = [
        (field, "", None) for field in reversed(list(form.get("/Fields", [])))
    ]
    seen: set[tuple[int, int]] = set()
    while waiting:
        field, prefix, inherited = waiting.pop()
        if len(seen) > _MOST_FIELDS:
            raise Damaged(problem="fields")
        if field.is_indirect:
            if field.objgen in seen:
                continue
            seen.add(field.objgen)
        own = str(field.get("/T", ""))
        name = f"{prefix}.{own}" if prefix and own else prefix or own
        kind = field.get("/FT", inherited)
        kids = list(field.get("/Kids", []))
        if any("/T" in kid for kid in kids):
            waiting += [(kid, name, kind) for kid in reversed(kids)]
        elif kind == pikepdf.Name.Sig:
            yield name, field


def _annotation_pages(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    return {
        annotation.objgen: number
        for number, page in enumerate(pdf.pages, start=1)
        for annotation in page.obj.get("/Annots", [])
        if annotation.is_indirect
    }


def _field_facts(
    field: pikepdf.Object, name: str, widget: pikepdf.Object, places: dict[tuple[int, int], int]
) -> SignatureFieldFacts:
    value = field.get("/V", None)
    if value is None:
        content = FieldContent.EMPTY
    elif value.get("/SubFilter", None) == pikepdf.Name("/ETSI.RFC3161"):
        content = FieldContent.TIMESTAMP
    else:
        content = FieldContent.SIGNATURE
    box = _rect(widget["/Rect"]) if "/Rect" in widget else None
    shown = box is not None and box.width > 0 and box.height > 0
    return SignatureFieldFacts(name=name, content=content, page=places.get(widget.objgen), rect=box if shown else None)


def _certification(root: pikepdf.Object) -> Certification | None:
    """The permission of the certifying signature that the catalog names (ISO 32000-1 Table 258, /DocMDP)."""
    signature = root.get("/Perms", pikepdf.Dictionary()).get("/DocMDP", None)
    if signature is None:
        return None
    for reference in signature.get("/Reference", []):
        if reference.get("/TransformMethod", None) == pikepdf.Name.DocMDP:
            return Certification(int(reference.get("/TransformParams", pikepdf.Dictionary()).get("/P", 2)))
    return Certification.FORM_FILLING


def _pdfa_claim(root: pikepdf.Object) -> str | None:
    """`PDF/A-3b`, when the XMP says so. A claim, not a finding."""
    metadata = root.get("/Metadata", None)
    if not isinstance(metadata, pikepdf.Stream):
        return None
    raw = metadata.read_raw_bytes()[:_MOST_METADATA]
    if metadata.get("/Filter", None) == pikepdf.Name.FlateDecode:
        raw = zlib.decompressobj().decompress(raw, _MOST_METADATA)
    part = re.search(rb"pdfaid:part(?:=[\"']|>)\s*(\d)", raw)
    conformance = re.search(rb"pdfaid:conformance(?:=[\"']|>)\s*([A-Za-z])", raw)
    if part is None:
        return None
    return f"PDF/A-{part[1].decode()}{conformance[1].decode().lower() if conformance else ''}"
