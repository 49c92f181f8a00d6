"""The fast engine: reads the trailer, the catalog and one page, and appends one section (design D2).

`prepare_on` and its like give back what has to be appended, so that a large file is neither in memory nor copied; the
state of a hash over the unchanged bytes may be handed in and is then not made again. The methods of `DocumentEngine`
are a thin layer over them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple, TypeVar

from absah.kernel.errors import BadInput
from absah.kernel.rng import Rng, SystemRng
from absah.pdf.geometry import PageMissing
from absah.pdf.reader.document import LazyDocument, open_document
from absah.pdf.reader.second_reader import agrees_with_qpdf
from absah.pdf.reader.source import ByteSource, BytesSource, Document, ExtendedSource, source_of
from absah.pdf.reader.syntax import Reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.template import Templates
from absah.pdf.writer.written import written_array, written_text
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.catalog import certify, declare_extension, lock
from absah.signing.engine.dictionary import (
    CLOSING,
    TIMESTAMP_ENTRIES,
    Hole,
    signature_entries,
    signature_hole,
)
from absah.signing.engine.fields import Form, page_reference
from absah.signing.engine.permissions import check_permitted
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.engine.section import ReservedSection
from absah.signing.engine.store import add_material
from absah.signing.engine.structure import is_tagged
from absah.signing.engine.widgets import add_blank, add_field, add_picture, appearance_of, fill_field
from absah.signing.hashing import HashState, hash_of
from absah.signing.material import ValidationMaterial
from absah.signing.ports import DocumentDigest, EmptyField, ReservedDocument, SignatureField, VisibleWidget

_Result = TypeVar("_Result")
# A reader that speaks announces the field by its title (PDF/UA, ISO 14289-1 §7.18.1).
_TITLE: Final = "Tanda tangan elektronik"


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
    ) -> ReservedSection:
        """The section with a signature field and room for the CMS.

        `hashed` is the state of `wish.digest` over the whole source; it is not changed. Raises Declined,
        `pdf.page-missing`, `signing.field-filled`.
        """
        return self._attempt(source, partial(self._signature, wish, hashed))

    def prepare_timestamp_on(
        self,
        source: ByteSource | LazyDocument,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm,
        hashed: HashState | None = None,
    ) -> ReservedSection:
        """The section with a document time-stamp and room for its token. Raises Declined.

        After a section of this engine `ReservedSection.read_on` gives a document that need not be read again.
        """
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

    def prepare(self, document: Document, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        """See `DocumentEngine`. A password is not needed for what this engine does not decline."""
        del password
        source = source_of(document)
        return self.prepare_on(source, field).on(source)

    def prepare_timestamp(
        self,
        document: Document,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        password: str | None = None,
    ) -> ReservedDocument:
        """See `DocumentEngine`."""
        del password
        source = source_of(document)
        return self.prepare_timestamp_on(source, reserve, digest=digest).on(source)

    def embed_material(
        self, document: Document, material: ValidationMaterial, /, *, password: str | None = None
    ) -> ByteSource:
        """See `DocumentEngine`."""
        del password
        source = source_of(document)
        return ExtendedSource(source, self.material_on(source, material))

    # --- the work

    def _attempt(self, source: ByteSource | LazyDocument, action: Callable[[Amendment], _Result]) -> _Result:
        try:
            document = source if isinstance(source, LazyDocument) else open_document(source)
            if document.encrypted:
                raise Declined(reason=Reason.ENCRYPTED)
            if document.oddities and not agrees_with_qpdf(document):
                raise Declined(reason=Reason.SECOND_READER, problem=", ".join(sorted(document.oddities)))
            return action(Amendment(document, fresh=self.rng.token(16)))
        except PageMissing:
            raise
        except BadInput as refusal:
            raise Declined(reason=Reason.UNREADABLE, problem=refusal.code) from refusal

    def _signature(self, wish: SignatureField, hashed: HashState | None, amendment: Amendment) -> ReservedSection:
        form = Form(amendment)
        existing = form.find(wish.name) if wish.name is not None else None
        check_permitted(amendment, form, wish, existing=existing is not None)
        shown = wish.widget.appearance if isinstance(wish.widget, VisibleWidget) else None
        seen = shown is not None or bool(wish.later)
        tagging = seen and is_tagged(amendment) and next(form.values(), None) is None
        for later in wish.later:
            _add_empty(amendment, form, later, tagging=tagging)
        value = amendment.new()
        picture = add_picture(amendment, shown, self._templates) if shown is not None else None
        name = wish.name or form.free_name("Signature")
        if existing is not None:
            fill_field(amendment, form, existing, value, picture)
        else:
            _add_filled(amendment, form, name, wish, value, picture, tagging=tagging)
        references = [certify(amendment, value, wish.permissions)] if wish.certify else []
        references += lock(amendment, existing) if existing is not None else []
        declare_extension(amendment)
        if not wish.material.is_empty:
            add_material(amendment, wish.material)
        body = signature_entries(wish.at, wish.zone, wish.signer_name, wish.reason, wish.location)
        if references:
            body += b"/Reference" + written_array(references)
        hole = signature_hole(amendment.opening, value, wish.reserve, body)
        return _reserved(amendment, value, hole, _Seal(name, wish.digest, hashed))

    def _timestamp(
        self, reserve: int, digest: DigestAlgorithm, hashed: HashState | None, amendment: Amendment
    ) -> ReservedSection:
        form = Form(amendment)
        value = amendment.new()
        name = form.free_name("Timestamp")
        add_field(amendment, form, name, page_reference(amendment, 1), rect=None, says=b"/V %s" % value.written)
        declare_extension(amendment)
        hole = signature_hole(amendment.opening, value, reserve, TIMESTAMP_ENTRIES)
        return _reserved(amendment, value, hole, _Seal(name, digest, hashed))

    def _material(self, material: ValidationMaterial, amendment: Amendment) -> bytes:
        if not add_material(amendment, material):
            return b""
        declare_extension(amendment)
        return amendment.written()


class _Seal(NamedTuple):
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
    tail = CLOSING + rest
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
        amendment=amendment,
    )


def _add_filled(  # noqa: PLR0913  (a field is its name, its wish, and what it shows)
    amendment: Amendment,
    form: Form,
    name: str,
    wish: SignatureField,
    value: Reference,
    picture: Reference | None,
    /,
    *,
    tagging: bool,
) -> None:
    """A new field with its value."""
    shown = wish.widget.appearance if isinstance(wish.widget, VisibleWidget) else None
    page = page_reference(amendment, 1 if shown is None else shown.page)
    title = f"{_TITLE}: {wish.signer_name}" if wish.signer_name else _TITLE
    says = b"/V %s" % value.written
    if picture is not None:
        says += b"/AP" + appearance_of(picture)
    if wish.signer_name:
        says += b"/TU" + written_text(title)
    rect = None if shown is None else shown.rect
    tag = title if tagging and shown is not None else None
    add_field(amendment, form, name, page, rect=rect, says=says, title=tag)


def _add_empty(amendment: Amendment, form: Form, later: EmptyField, *, tagging: bool) -> None:
    """A place for somebody who signs later, with an empty picture (PDF/A wants one, ISO 19005-2 §6.3.3).

    It differs from the later one in nothing but its content, so that filling the field is nothing but filling it.
    """
    if form.find(later.name) is not None:
        raise Declined(reason=Reason.FIELD_TREE, problem="name taken")
    picture = add_blank(amendment, later.width, later.height)
    page = page_reference(amendment, later.page)
    says = b"/AP%s/TU%s" % (appearance_of(picture), written_text(_TITLE))
    add_field(amendment, form, later.name, page, rect=later.rect, says=says, title=_TITLE if tagging else None)
