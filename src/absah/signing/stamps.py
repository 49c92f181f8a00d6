"""A signature shown at more than one place: plain stamps in a revision right before the signature, which covers them.

ISO 32000-1 §12.7.4.5: "signature fields shall never refer to more than one annotation", because the meaning of a
signature may depend on its place. So one place is the field; the others are stamp annotations with the same picture,
locked and read-only. A stamp proves nothing by itself, and no later signature may add one: it would change the
document under the earlier signature.
"""

from typing import ClassVar, Final

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pdf.appearance import Appearance
from absah.pdf.reader.document import LazyDocument, open_document
from absah.pdf.reader.second_reader import agrees_with_qpdf
from absah.pdf.reader.source import ByteSource, Document, ExtendedSource, source_of
from absah.pdf.reader.syntax import Reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.template import deflated, template_of
from absah.pdf.writer.written import written_array, written_number, written_text
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.fields import append_to, page_reference
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.engine.structure import Tag, is_tagged, tag_annotation
from absah.signing.hashing import hash_of

_PRINT_READ_ONLY_LOCKED: Final = 4 | 64 | 128  # ISO 32000-1 Table 165
_IDENTIFIER: Final = 16


class ExtraPlaceAfterSignature(RuleBroken):
    """Only the first signature of a document can be shown at several places."""

    code: ClassVar[str] = "signing.extra-place-after-signature"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.2")


class ExtraPlaceRefused(BadInput):
    """No stamp can be added to a file of this structure. Parameter: problem."""

    code: ClassVar[str] = "signing.extra-place-refused"


def with_stamps(document: Document, shown: tuple[Appearance, ...], title: str, /) -> ByteSource:
    """The document with one more revision that holds these pictures. `title` is what a reader that speaks says of them.

    Raises ExtraPlaceRefused.
    """
    source = source_of(document)
    if not shown:
        return source
    try:
        fresh = hash_of(source, DigestAlgorithm.SHA256).digest()[:_IDENTIFIER]
        amendment = Amendment(_opened(source), fresh=fresh)
        for picture in shown:
            page = page_reference(amendment, picture.page)
            append_to(amendment, page, b"Annots", _stamp(amendment, page, picture, title))
        return ExtendedSource(source, amendment.written())
    except (BadInput, Declined) as refusal:
        raise ExtraPlaceRefused(problem=refusal.code) from refusal


def _opened(source: ByteSource) -> LazyDocument:
    opened = open_document(source)
    if opened.encrypted:
        raise Declined(reason=Reason.ENCRYPTED)
    if opened.oddities and not agrees_with_qpdf(opened):
        raise Declined(reason=Reason.SECOND_READER)
    return opened


def _stamp(amendment: Amendment, page: Reference, picture: Appearance, title: str) -> Reference:
    """A stamp annotation (§12.5.6.12) with its form XObject, in its place in the structure of a tagged document."""
    head = b"/Type/XObject/Subtype/Form/BBox%s/Matrix%s/Resources%s/Filter/FlateDecode" % (
        written_array([written_number(edge) for edge in (0, 0, picture.width, picture.height)]),
        written_array([written_number(number) for number in picture.matrix]),
        template_of(picture.resources).into(amendment),
    )
    form = amendment.add_stream(head, deflated(picture.content))
    edges = written_array([written_number(edge) for edge in picture.rect.corners])
    own = amendment.new()
    tag = tag_annotation(amendment, page, own, title, tag=Tag.ANNOTATION) if is_tagged(amendment) else b""
    body = b"<</Type/Annot/Subtype/Stamp/Rect%s/F %d/P %s/Contents%s/AP<</N %s>>%s>>"
    says = written_text(title)
    amendment.place(own, body % (edges, _PRINT_READ_ONLY_LOCKED, page.written, says, form.written, tag))
    return own
