"""The first signing engine: pyHanko's low-level writer behind `absah.signing.ports.DocumentEngine` (design D3).

It only ever appends: the bytes that came in are a prefix of the bytes that go out, checked every time. pyHanko writes
the structure; the picture, the signed attributes and the CMS are ours. A file that its strict reader refuses is tried
once more leniently (hybrid cross-references, small mistakes of old producers); whatever then still goes wrong inside
pyHanko becomes `signing.engine-refused`.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.form_tools import get_single_field_annot
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError, PdfReadError
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject

from absah.adapters.pyhanko_demands import check_demands, locking
from absah.adapters.pyhanko_objects import compressed_stream, entry, to_pyhanko
from absah.adapters.pyhanko_structure import may_tag, tag_field
from absah.pdf.appearance import Appearance
from absah.pdf.geometry import Rect
from absah.pdf.intake import Certification
from absah.pdf.objects import Name, PdfValue
from absah.pdf.reader.source import ByteSource, BytesSource, Document, ExtendedSource, source_of, whole
from absah.pdf.refusals import Encrypted, PasswordWrong
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.material import ValidationMaterial
from absah.signing.ports import DocumentDigest, EmptyField, ReservedDocument, SignatureField, VisibleWidget
from absah.signing.refusals import EngineRefused

_Result = TypeVar("_Result")
_Action: TypeAlias = Callable[[IncrementalPdfFileWriter, bytes], _Result]

# What pyHanko is known to let out of odd files besides its own errors: it trusts types and asserts structure.
_LIBRARY_FAILURES = (
    PdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip
_PRINTED = 4  # annotation flag bit 3 (ISO 32000-1 Table 165)
_LONGEST_PROBLEM = 120
_TITLE = "Tanda tangan elektronik"


@dataclass(frozen=True, slots=True)
class PyHankoEngine:
    """Signs what pyHanko can write to."""

    def prepare(self, document: Document, field: SignatureField, /, *, password: str | None = None) -> ReservedDocument:
        def action(writer: IncrementalPdfFileWriter, original: bytes) -> ReservedDocument:
            check_demands(writer, field)
            tagging = may_tag(writer)
            for later in field.later:
                _keep_place(writer, later, tagging=tagging)
            if not field.material.is_empty:
                _add_to_store(writer, field.material)
            slot = _Slot(
                name=field.name or _free_name(writer, "Signature"),
                placeholder=SignatureObject(
                    timestamp=field.at.astimezone(field.zone.info),
                    subfilter=SigSeedSubFilter.PADES,
                    name=field.signer_name,
                    reason=field.reason,
                    location=field.location,
                    bytes_reserved=2 * field.reserve,
                ),
                digest=field.digest,
                appearance=field.widget.appearance if isinstance(field.widget, VisibleWidget) else None,
                title=field.signer_name,
                tagging=tagging and (field.name is None or not _is_field(writer, field.name)),
                certify=field.certify,
                permissions=field.permissions,
            )
            return _reserve(writer, original, slot)

        return _attempt(document, password, action)

    def prepare_timestamp(
        self,
        document: Document,
        reserve: int,
        /,
        *,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        password: str | None = None,
    ) -> ReservedDocument:
        def action(writer: IncrementalPdfFileWriter, original: bytes) -> ReservedDocument:
            name = _free_name(writer, "Timestamp")
            placeholder = DocumentTimestamp(bytes_reserved=2 * reserve)
            return _reserve(writer, original, _Slot(name=name, placeholder=placeholder, digest=digest))

        return _attempt(document, password, action)

    def embed_material(
        self, document: Document, material: ValidationMaterial, /, *, password: str | None = None
    ) -> ByteSource:
        def action(writer: IncrementalPdfFileWriter, original: bytes) -> ByteSource:
            if not _add_to_store(writer, material):
                return source_of(document)
            writer.register_extension(ESIC_EXTENSION_1)
            output = io.BytesIO()
            writer.write(output)
            return ExtendedSource(source_of(document), _appended(original, output.getvalue()))

        return _attempt(document, password, action)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """Everything that a new value of a signature field is made of."""

    name: str
    placeholder: PdfSignedData
    digest: DigestAlgorithm
    appearance: Appearance | None = None
    title: str | None = None
    tagging: bool = False
    certify: bool = False
    permissions: Certification = Certification.FORM_FILLING


class _Writer(IncrementalPdfFileWriter):
    """Leaves the document's metadata as they are: whoever signs does not edit, and the clock is not pyHanko's to read.

    pyHanko would write a new date and producer into every revision, also into one that only brings validation material;
    a verifier may then ask what else was edited after the signature (ours does).
    """

    def _update_meta(self) -> None:
        """Nothing. The matrix of signatures notices if pyHanko gives this step another name."""


def _attempt(document: Document, password: str | None, action: _Action[_Result]) -> _Result:
    """Run an action on a writer: strict first, lenient if reading fails."""
    original = whole(document)
    # pyHanko's first object follows at once, and PDF/A wants it on a line of its own (ISO 19005-2 §6.1.9).
    read = original if original.endswith((b"\n", b"\r")) else original + b"\n"
    for strict in (True, False):
        try:
            writer = _Writer(io.BytesIO(read), strict=strict)
            _unlock(writer, password)
            return action(writer, original)
        except _LIBRARY_FAILURES as problem:
            if strict and isinstance(problem, PdfReadError):
                continue
            raise EngineRefused(problem=f"{type(problem).__name__}: {problem}"[:_LONGEST_PROBLEM]) from problem
    raise AssertionError("the second attempt returns or raises")


def _unlock(writer: IncrementalPdfFileWriter, password: str | None) -> None:
    if not writer.prev.encrypted:
        return
    if writer.encrypt(password or "").status is AuthStatus.FAILED:
        raise Encrypted if password is None else PasswordWrong


def _reserve(writer: IncrementalPdfFileWriter, original: bytes, slot: _Slot) -> ReservedDocument:
    """Walk pyHanko's embedding protocol up to the digest, and stop there."""
    shown = slot.appearance
    spec = _field_spec(slot.name, shown.page if shown else 1, shown.rect if shown else None, slot.title)
    protocol = PdfCMSEmbedder(spec).write_cms(field_name=slot.name, writer=writer)
    reference = next(protocol)
    if shown is not None:
        _dress(writer, reference.get_object(), shown)
        if slot.tagging:
            tag_field(writer, reference, _titled(slot.title))
    elif "/Metadata" in writer.root:
        _leave_blank(writer, reference.get_object())
    certified = MDPPerm(slot.permissions.value) if slot.certify else None
    locked = locking(reference.get_object(), digest=slot.digest.value, certified=certified)
    protocol.send(SigObjSetup(sig_placeholder=slot.placeholder, mdp_setup=locked))
    if slot.certify:
        writer.update_root()  # /Perms is a new entry of the catalog
    writer.register_extension(ESIC_EXTENSION_1)  # EN 319 142-1 §5.1: CAdES-based values are an extension of PDF 1.7
    prepared, output = protocol.send(SigIOSetup(md_algorithm=slot.digest.value))
    appended = _appended(original, output.getvalue())
    start, end = prepared.reserved_region_start, prepared.reserved_region_end
    return ReservedDocument(
        original=BytesSource(original),
        appended=appended,
        byte_range=(0, start, end, len(original) + len(appended) - end),
        digest=DocumentDigest(prepared.document_digest),
        algorithm=slot.digest,
        field_name=slot.name,
    )


def _keep_place(writer: IncrementalPdfFileWriter, later: EmptyField, /, *, tagging: bool) -> None:
    """An empty field with an empty picture, which differs from the later one in nothing but its content."""
    append_signature_field(writer, _field_spec(later.name, later.page, later.rect, ""))
    added = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    picture = get_single_field_annot(added.get_object())["/AP"]["/N"]
    picture[pdf_name("/BBox")] = to_pyhanko((0, 0, later.width, later.height), writer)
    picture.compress()
    if tagging:
        tag_field(writer, added, _TITLE)


def _field_spec(name: str, page: int, rect: Rect | None, title: str | None = None) -> SigFieldSpec:
    """A field on a page (from 1). A reader that speaks announces it by its title (PDF/UA, ISO 14289-1 §7.18.1).

    `title` is who signs; empty where that is not known yet, None in a field that needs none.
    """
    return SigFieldSpec(
        sig_field_name=name,
        on_page=page - 1,
        box=rect.corners if rect is not None else None,  # type: ignore[arg-type]  # pyHanko writes floats as well
        readable_field_name=None if title is None else _titled(title),
    )


def _titled(title: str | None) -> str:
    return f"{_TITLE}: {title}" if title else _TITLE


def _appended(original: bytes, written: bytes) -> bytes:
    """What was added to the original, if that is the prefix of the result; otherwise earlier signatures would break."""
    if not written.startswith(original):
        raise EngineRefused(problem="the original bytes did not stay")
    return written[len(original) :]


def _dress(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject, appearance: Appearance) -> None:
    """Give the field's widget our picture."""
    widget = get_single_field_annot(field)
    entries: dict[str, PdfValue] = {
        "Type": Name("XObject"),
        "Subtype": Name("Form"),
        "BBox": (0, 0, appearance.width, appearance.height),
        "Matrix": appearance.matrix,
        "Resources": appearance.resources,
    }
    form = compressed_stream(entries, appearance.content, writer)
    widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
    widget[pdf_name("/F")] = generic.NumberObject(int(entry(widget, "/F", 0)) | _PRINTED)
    writer.update_container(widget)


def _leave_blank(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject) -> None:
    """Give a widget that shows nothing an empty picture: PDF/A-1 wants one in every field (ISO 19005-1 §6.9)."""
    widget = get_single_field_annot(field)
    if "/AP" not in widget:
        form = compressed_stream({"Type": Name("XObject"), "Subtype": Name("Form"), "BBox": (0, 0, 0, 0)}, b"", writer)
        widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
        writer.update_container(widget)


def _add_to_store(writer: IncrementalPdfFileWriter, material: ValidationMaterial) -> bool:
    """Merge into the one /DSS of the document (ISO 32000-2 §12.8.4.3). Whether anything was new."""
    root = writer.root
    store = entry(root, "/DSS", None)
    is_new = store is None
    if store is None:
        store = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})
    changed = False
    for key, ders in (("/Certs", material.certificates), ("/CRLs", material.crls), ("/OCSPs", material.ocsps)):
        present = list(entry(store, key, ()))
        known = {reference.get_object().data for reference in present}
        missing = [der for der in ders if der not in known]
        if missing:
            added = [writer.add_object(compressed_stream({}, der, writer)) for der in missing]
            store[pdf_name(key)] = generic.ArrayObject([*present, *added])
            changed = True
    if changed and is_new:
        root[pdf_name("/DSS")] = writer.add_object(store)
        writer.update_root()
    elif changed:
        writer.update_container(store)
    return changed


def _is_field(writer: IncrementalPdfFileWriter, name: str) -> bool:
    return any(name == full for full, *_ in enumerate_sig_fields(writer))


def _free_name(writer: IncrementalPdfFileWriter, stem: str) -> str:
    """`Signature1`, or the first number that no field of the form's top level has."""
    fields = entry(entry(writer.root, "/AcroForm", {}), "/Fields", ())
    taken = {entry(field.get_object(), "/T", None) for field in fields}
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
