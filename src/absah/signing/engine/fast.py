"""The fast engine: reads the trailer, the catalog and one page, and appends one section (design D2).

`prepare_on` and its like work on a `ByteSource` and give back what has to be appended, so that a large file is
neither in memory nor copied; the state of a hash over the unchanged bytes may be handed in and is then not made again.
The methods of `DocumentEngine` are a thin layer over them, for documents in memory.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from absah.kernel.errors import BadInput
from absah.kernel.rng import Rng, SystemRng
from absah.pdf.appearance import Appearance
from absah.pdf.geometry import PageMissing
from absah.pdf.reader.document import open_document
from absah.pdf.reader.second_reader import agrees_with_qpdf
from absah.pdf.reader.source import ByteSource, BytesSource
from absah.pdf.reader.syntax import Entries, Reference, as_integer
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.template import Templates, deflated
from absah.pdf.writer.written import written_array, written_number, written_text
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.catalog import certify, declare_extension, lock
from absah.signing.engine.dictionary import (
    TIMESTAMP_ENTRIES,
    Hole,
    closing,
    signature_entries,
    signature_hole,
)
from absah.signing.engine.fields import PRINT, Form, empty_field, page_reference, put_on_page, widget_entries
from absah.signing.engine.permissions import check_permitted
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.engine.section import HashState, ReservedSection, completed
from absah.signing.engine.store import add_material
from absah.signing.engine.structure import is_tagged, tag_widget
from absah.signing.material import ValidationMaterial
from absah.signing.ports import DocumentDigest, EmptyField, ReservedDocument, SignatureField, VisibleWidget

_Result = TypeVar("_Result")
# A reader that speaks announces the field by its title (PDF/UA, ISO 14289-1 §7.18.1).
_TITLE: Final = "Tanda tangan elektronik"
_CHUNK: Final = 1 << 20
_NO_MATERIAL: Final = ValidationMaterial()
_HASHES: Final[dict[DigestAlgorithm, Callable[[], HashState]]] = {
    DigestAlgorithm.SHA256: hashlib.sha256,
    DigestAlgorithm.SHA384: hashlib.sha384,
    DigestAlgorithm.SHA512: hashlib.sha512,
}


def hash_of(source: ByteSource, algorithm: DigestAlgorithm, /) -> HashState:
    """The state of a hash over all bytes of a source, read a piece at a time."""
    state = _HASHES[algorithm]()
    if isinstance(source, BytesSource):
        state.update(source.content)
        return state
    for offset in range(0, source.size, _CHUNK):
        state.update(source.read(offset, _CHUNK))
    return state


@dataclass(frozen=True, slots=True)
class _Field:
    """A signature field under amendment: its name, its entries, and those of its widget, which may be the same."""

    name: str
    entries: Entries
    widget: Entries


@dataclass(frozen=True, slots=True)
class FastEngine:
    """Signs what it can read strictly; raises `Declined` for the rest."""

    rng: Rng = field(default_factory=SystemRng)
    _templates: Templates = field(default_factory=Templates)

    # --- on sources

    def prepare_on(
        self,
        source: ByteSource,
        wish: SignatureField,
        /,
        *,
        hashed: HashState | None = None,
        material: ValidationMaterial = _NO_MATERIAL,
    ) -> ReservedSection:
        """The section with a signature field and room for the CMS. `material` comes into the same revision (B-LT).

        `hashed` is the state of `wish.digest` over the whole source; it is not changed. Raises Declined,
        `pdf.page-missing`, `signing.field-filled`.
        """
        return self._attempt(source, partial(self._signature, wish, hashed, material))

    def prepare_timestamp_on(
        self, source: ByteSource, reserve: int, /, *, digest: DigestAlgorithm, hashed: HashState | None = None
    ) -> ReservedSection:
        """The section with a document time-stamp and room for its token. Raises Declined."""
        return self._attempt(source, partial(self._timestamp, reserve, digest, hashed))

    def material_on(self, source: ByteSource, material: ValidationMaterial, /) -> bytes:
        """The section that adds to the document security store; empty when everything is there. Raises Declined."""
        return self._attempt(source, partial(self._material, material))

    def declines(self, document: bytes, wish: SignatureField, /) -> Reason | None:
        """Why this engine would not do it, if so. It does the work to find out."""
        try:
            self.prepare_on(BytesSource(document), wish)
        except Declined as refusal:
            return refusal.reason
        return None

    # --- as DocumentEngine

    def prepare(self, document: bytes, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        """See `DocumentEngine`. A password is not needed for what this engine does not decline."""
        del password
        return self.prepare_on(BytesSource(document), field).on(document)

    def prepare_timestamp(
        self,
        document: bytes,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        password: str | None = None,
    ) -> ReservedDocument:
        """See `DocumentEngine`."""
        del password
        return self.prepare_timestamp_on(BytesSource(document), reserve, digest=digest).on(document)

    def complete(self, reserved: ReservedDocument, cms: bytes, /) -> bytes:
        """See `DocumentEngine`."""
        return completed(reserved, cms)

    def embed_material(self, document: bytes, material: ValidationMaterial, /, *, password: str | None = None) -> bytes:
        """See `DocumentEngine`."""
        del password
        return document + self.material_on(BytesSource(document), material)

    # --- the work

    def _attempt(self, source: ByteSource, action: Callable[[Amendment], _Result]) -> _Result:
        try:
            document = open_document(source)
            if document.encrypted:
                raise Declined(reason=Reason.ENCRYPTED)
            if document.oddities and not agrees_with_qpdf(document):
                raise Declined(reason=Reason.SECOND_READER, problem=", ".join(sorted(document.oddities)))
            return action(Amendment(document, fresh=self.rng.token(16)))
        except PageMissing:
            raise
        except BadInput as refusal:
            raise Declined(reason=Reason.UNREADABLE, problem=refusal.code) from refusal

    def _signature(
        self, wish: SignatureField, hashed: HashState | None, material: ValidationMaterial, amendment: Amendment
    ) -> ReservedSection:
        form = Form(amendment)
        seen = bool(wish.later) or isinstance(wish.widget, VisibleWidget)
        tagging = seen and is_tagged(amendment) and next(form.values(), None) is None
        made = self._field(amendment, form, wish, tagging=tagging)
        value = amendment.new()
        made.entries[b"V"] = value.written
        if isinstance(wish.widget, VisibleWidget):
            made.widget[b"AP"] = b"<</N %s>>" % self._picture(amendment, wish.widget.appearance).written
            made.widget[b"F"] = b"%d" % ((as_integer(made.widget.get(b"F")) or 0) | PRINT)
        references = [certify(amendment, value, wish.permissions)] if wish.certify else []
        references += lock(amendment, made.entries)
        form.mark_signed()
        declare_extension(amendment)
        if not material.is_empty:
            add_material(amendment, material)
        body = signature_entries(
            at=wish.at.astimezone(wish.zone.info),
            name=wish.signer_name,
            reason=wish.reason,
            location=wish.location,
            references=b"/Reference" + written_array(references) if references else b"",
        )
        hole = signature_hole(amendment.opening, value, wish.reserve, body)
        return _reserved(amendment, value, hole, _Seal(made.name, wish.digest, hashed))

    def _timestamp(
        self, reserve: int, digest: DigestAlgorithm, hashed: HashState | None, amendment: Amendment
    ) -> ReservedSection:
        form = Form(amendment)
        value = amendment.new()
        name = form.free_name("Timestamp")
        page = page_reference(amendment, 1)
        entries = widget_entries(page, None)
        entries[b"V"] = value.written
        put_on_page(amendment, page, form.insert(name, entries))
        form.mark_signed()
        declare_extension(amendment)
        hole = signature_hole(amendment.opening, value, reserve, TIMESTAMP_ENTRIES)
        return _reserved(amendment, value, hole, _Seal(name, digest, hashed))

    def _material(self, material: ValidationMaterial, amendment: Amendment) -> bytes:
        if not add_material(amendment, material):
            return b""
        declare_extension(amendment)
        return amendment.written()

    def _field(self, amendment: Amendment, form: Form, wish: SignatureField, *, tagging: bool) -> _Field:
        """The empty field of the wished name, or a new one on its page."""
        existing = form.find(wish.name) if wish.name is not None else None
        check_permitted(amendment, form, wish, existing=existing is not None)
        for later in wish.later:
            _add_empty(amendment, form, later, tagging=tagging)
        if existing is not None:
            widget = amendment.dictionary(empty_field(amendment, existing))
            return _Field(wish.name or "", amendment.dictionary(existing), widget)
        name = wish.name or form.free_name("Signature")
        shown = wish.widget.appearance if isinstance(wish.widget, VisibleWidget) else None
        page = page_reference(amendment, shown.page if shown is not None else 1)
        entries = widget_entries(page, shown.rect if shown is not None else None)
        reference = form.insert(name, entries)
        put_on_page(amendment, page, reference)
        title = f"{_TITLE}: {wish.signer_name}" if wish.signer_name else _TITLE
        if wish.signer_name:
            entries[b"TU"] = written_text(title)
        if shown is not None and tagging:
            tag_widget(amendment, page, reference, title)
        return _Field(name, entries, entries)

    def _picture(self, amendment: Amendment, shown: Appearance) -> Reference:
        """The form XObject of an appearance (§8.10.2)."""
        resources = self._templates.of(shown.resources).into(amendment)
        data = deflated(shown.content)
        head = b"/Type/XObject/Subtype/Form/BBox%s/Matrix%s/Resources%s/Filter/FlateDecode" % (
            written_array([written_number(edge) for edge in (0, 0, shown.width, shown.height)]),
            written_array([written_number(number) for number in shown.matrix]),
            resources,
        )
        return amendment.add_stream(head, data)


@dataclass(frozen=True, slots=True)
class _Seal:
    """What the hole is for: the field's name, how to hash, and the hash of the original if somebody has it."""

    name: str
    algorithm: DigestAlgorithm
    hashed: HashState | None


def _reserved(amendment: Amendment, value: Reference, hole: Hole, seal: _Seal) -> ReservedSection:
    amendment.lead(value, len(amendment.opening), hole.after)
    rest = amendment.written()
    start = amendment.start
    byte_range = hole.range_for(start, start + hole.after + len(rest))
    lead = hole.written(byte_range)
    tail = closing() + rest
    state = hash_of(amendment.document.source, seal.algorithm) if seal.hashed is None else seal.hashed.copy()
    state.update(lead)
    state.update(tail)
    return ReservedSection(
        lead=lead,
        tail=tail,
        room=hole.reserve,
        original_size=start,
        byte_range=byte_range,
        digest=DocumentDigest(state.digest()),
        algorithm=seal.algorithm,
        field_name=seal.name,
    )


def _add_empty(amendment: Amendment, form: Form, later: EmptyField, *, tagging: bool) -> None:
    """A place for somebody who signs later, with an empty picture (PDF/A wants one, ISO 19005-2 §6.3.3).

    It differs from the later one in nothing but its content, so that filling the field is nothing but filling it.
    """
    if form.find(later.name) is not None:
        raise Declined(reason=Reason.FIELD_TREE, problem="name taken")
    page = page_reference(amendment, later.page)
    entries = widget_entries(page, later.rect)
    box = written_array([written_number(edge) for edge in (0, 0, later.width, later.height)])
    entries_of_picture = b"/Type/XObject/Subtype/Form/BBox%s/Resources<<>>/Filter/FlateDecode" % box
    picture = amendment.add_stream(entries_of_picture, deflated(b""))
    entries[b"AP"] = b"<</N %s>>" % picture.written
    reference = form.insert(later.name, entries)
    put_on_page(amendment, page, reference)
    if tagging:
        tag_widget(amendment, page, reference, _TITLE)
