"""Gathers the facts about a PDF: what `absah.validation` judges.

The bytes are accounted for first (`pdf_evidence_bytes`), then qpdf reads the structure, then each signed revision is
opened by itself and compared with the present document. A file that opens only after repair is still looked at,
because a broken digest must be reported as broken; but the repair is a finding.
"""

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pikepdf

from absah.adapters.pdf_evidence_bytes import Structure, covered_parts, read_coverage, read_hole, read_structure
from absah.adapters.pdf_evidence_fields import Field, Form, inherited, read_form, read_widgets
from absah.adapters.pdf_evidence_widgets import find_mismatches
from absah.adapters.pyhanko_opinion import SecondReader
from absah.adapters.revision_changes import compare_revisions
from absah.kernel.clock import Instant, instant
from absah.pdf.refusals import Damaged, Empty, Encrypted, NoPages, NotAPdf, PasswordWrong, TooLarge, Truncated
from absah.pki import der
from absah.pki.algorithms import DigestAlgorithm
from absah.validation.evidence import (
    Change,
    ChangeKind,
    Covered,
    DigestFact,
    DocumentEvidence,
    Material,
    NotCovered,
    SecondOpinion,
    SignatureEvidence,
    SignatureFacts,
    SignaturePlace,
    SignaturePurpose,
    Statements,
    StructureProblem,
    UnreadableSignature,
)

MAXIMUM_SIZE = 256 * 1024 * 1024
MAXIMUM_SIGNATURES = 200
MAXIMUM_MATERIAL = 2000
MAXIMUM_PIECE = 8 * 1024 * 1024

_HEADER_WITHIN = 1024
_TAIL = 2048
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?'?.*", re.DOTALL)
#: What pikepdf may raise on odd objects.
HOSTILE = (
    pikepdf.PikepdfError, pikepdf.PdfError, AttributeError, IndexError, KeyError, OverflowError, RecursionError,
    RuntimeError, TypeError, ValueError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document that qpdf reads, and whether it had to be repaired for that."""

    pdf: pikepdf.Pdf
    repaired: bool


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signature dictionary, and the field that holds it, if any does."""

    name: str
    value: Any
    field: Field | None


@dataclass(frozen=True, slots=True)
class _Subject:
    """What every signature of one document is looked at with."""

    document: bytes
    password: str | None
    structure: Structure
    opened: _Opened
    values: frozenset[tuple[int, int]]
    second: SecondReader


def gather_evidence(document: bytes, password: str | None = None) -> DocumentEvidence:
    """Everything there is to see. Raises the refusals of `absah.pdf` when the file cannot be read as a PDF at all."""
    _check_outside(document)
    with _open(document, password) as pdf:
        try:
            return _gather(document, password, _Opened(pdf, _repaired(pdf)))
        except HOSTILE as problem:
            raise Damaged(problem="structure") from problem


def _check_outside(document: bytes) -> None:
    if not document:
        raise Empty
    if len(document) > MAXIMUM_SIZE:
        raise TooLarge(size=len(document), most=MAXIMUM_SIZE)
    # A broken signature must be called broken: with a whole signature in it, even a mangled file is judged.
    if any(int(found[3]) + int(found[4]) <= len(document) for found in _BYTE_RANGE.finditer(document)):
        return
    if b"%PDF-" not in document[:_HEADER_WITHIN]:
        raise NotAPdf
    tail = document[-_TAIL:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Truncated


def _open(document: bytes, password: str | None) -> pikepdf.Pdf:
    try:
        try:
            return _pikepdf(document, password, repair=False)
        except pikepdf.PasswordError:
            raise
        except HOSTILE:
            return _pikepdf(document, password, repair=True)
    except pikepdf.PasswordError as problem:
        raise (Encrypted() if password is None else PasswordWrong()) from problem
    except HOSTILE as problem:
        raise Damaged(problem="structure") from problem


def _pikepdf(document: bytes, password: str | None, *, repair: bool) -> pikepdf.Pdf:
    return pikepdf.Pdf.open(
        io.BytesIO(document), password=password or "", attempt_recovery=repair, suppress_warnings=True
    )


def _repaired(pdf: pikepdf.Pdf) -> bool:
    return any("reconstruct" in str(warning) or "file is damaged" in str(warning) for warning in pdf.get_warnings())


def _gather(document: bytes, password: str | None, opened: _Opened) -> DocumentEvidence:
    pdf = opened.pdf
    if len(pdf.pages) == 0:
        raise NoPages
    structure = read_structure(document)
    widgets = read_widgets(pdf)
    form = read_form(pdf, widgets)
    signed = [_Signed(field.name, _value(field), field) for field in form.fields if _is_signed(field)]
    loose = _loose_signatures(pdf, frozenset(one.value.objgen for one in signed))
    judged = [*signed, *loose][:MAXIMUM_SIGNATURES]
    subject = _Subject(
        document=document,
        password=password,
        structure=structure,
        opened=opened,
        values=frozenset(one.value.objgen for one in judged if one.field is not None),
        second=SecondReader(document, password),
    )
    signatures = tuple(sorted((_read_safely(subject, one) for one in judged), key=_order))
    return DocumentEvidence(
        size=len(document),
        sha256=hashlib.sha256(document).digest(),
        page_count=len(pdf.pages),
        revisions=structure.revisions,
        signatures=_without_twins(signatures),
        material=_material(pdf),
        problems=tuple(_problems(subject, form, signatures, len(signed) + len(loose), loose=bool(loose))),
        widgets=find_mismatches(widgets, pdf.Root.get("/AcroForm")),
    )


def _problems(
    subject: _Subject, form: Form, signatures: tuple[SignatureFacts, ...], count: int, *, loose: bool
) -> Iterator[StructureProblem]:
    yield from subject.structure.problems
    if subject.opened.repaired:
        yield StructureProblem.REPAIRED
    if form.cut or count > MAXIMUM_SIGNATURES:
        yield StructureProblem.LIMIT_REACHED
    ends = [end for found in signatures if (end := _covered_end(found))]
    # Before the first signature ends, a strange mark is covered by it (an embedded file); after it, it is a trap.
    if any(mark.end > min(ends) for mark in subject.structure.detached if ends):
        yield StructureProblem.DETACHED_REVISION
    if loose:
        yield StructureProblem.DETACHED_SIGNATURE


def _covered_end(found: SignatureFacts) -> int:
    """Where a lawful signature ends; 0 for one that is not."""
    if isinstance(found, SignatureEvidence) and isinstance(found.coverage, Covered):
        return found.coverage.end
    return 0


def _loose_signatures(pdf: pikepdf.Pdf, held: frozenset[tuple[int, int]]) -> list[_Signed]:
    """Signatures that no field of the form holds: what is left when somebody takes a signature out of a document.

    Usage rights (Reader extensions) are signatures of a vendor over an empty form, and never in a field.
    """
    found = []
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary) or "/ByteRange" not in item or "/Contents" not in item:
            continue
        if item.objgen not in held and not _grants_usage_rights(item):
            found.append(_Signed(f"#{item.objgen[0]}", item, None))
    return found


def _grants_usage_rights(value: Any) -> bool:
    references = value.get("/Reference")
    if not isinstance(references, pikepdf.Array):
        return False
    methods = (str(one.get("/TransformMethod", "")) for one in references if isinstance(one, pikepdf.Dictionary))
    return any(method in {"/UR", "/UR3"} for method in methods)


def _is_signed(field: Field) -> bool:
    return isinstance(_value(field), pikepdf.Dictionary) and inherited(field.node, "/FT") == "/Sig"


def _value(field: Field) -> Any:
    return field.node.get("/V")


def _order(found: SignatureFacts) -> tuple[int, str]:
    return (_covered_end(found) or MAXIMUM_SIZE, found.field_name)


def _without_twins(signatures: tuple[SignatureFacts, ...]) -> tuple[SignatureFacts, ...]:
    """Two fields with one name, or over the same bytes: a reader may show either, so none of the later is taken."""
    names: set[str] = set()
    ends: set[int] = set()
    kept: list[SignatureFacts] = []
    for found in signatures:
        end = _covered_end(found)
        if found.field_name in names or end in ends:
            kept.append(UnreadableSignature(field_name=found.field_name, problem="duplicate"))
            continue
        names.add(found.field_name)
        ends |= {end} if end else set()
        kept.append(found)
    return tuple(kept)


def _read_safely(subject: _Subject, signed: _Signed) -> SignatureFacts:
    """One signature; whatever is wrong with its dictionary stays with it."""
    try:
        return _read(subject, signed)
    except HOSTILE as problem:
        return UnreadableSignature(field_name=signed.name, problem=type(problem).__name__)


def _read(subject: _Subject, signed: _Signed) -> SignatureEvidence:
    value = signed.value
    byte_range = tuple(int(number) for number in value["/ByteRange"])
    sub_filter = str(value.get("/SubFilter", "")).lstrip("/")
    coverage = read_coverage(subject.document, byte_range, subject.structure)
    stamped = sub_filter == "ETSI.RFC3161" or str(value.get("/Type", "")) == "/DocTimeStamp"
    contents = bytes(value["/Contents"])
    if isinstance(coverage, Covered):
        hole = read_hole(subject.document, byte_range)
        if hole.rstrip(b"\x00") != contents.rstrip(b"\x00"):
            coverage = NotCovered(problem="hole-is-not-the-contents")
    changes, opinion, material = _later(subject, signed, byte_range, coverage)
    return SignatureEvidence(
        field_name=signed.name,
        purpose=SignaturePurpose.TIMESTAMP if stamped else SignaturePurpose.SIGNATURE,
        sub_filter=sub_filter,
        cms=contents,
        coverage=coverage,
        digests=_digests(subject.document, byte_range, contents) if isinstance(coverage, Covered) else (),
        statements=_statements(value),
        certification=_certification(value),
        place=_place(signed.field) if signed.field is not None else None,
        changes=changes,
        second_opinion=opinion,
        earlier_material=material,
    )


def _digests(document: bytes, byte_range: tuple[int, ...], cms: bytes) -> tuple[DigestFact, ...]:
    """Digests with every algorithm that the CMS names anywhere: which of them counts is for the checks to say."""
    parts = covered_parts(document, byte_range)
    found = []
    for algorithm in DigestAlgorithm:
        if der.oid(oids_of_digest(algorithm)) in cms:
            digest = hashlib.new(algorithm.value, usedforsecurity=False)
            for part in parts:
                digest.update(part)
            found.append(DigestFact(algorithm=algorithm, value=digest.digest()))
    return tuple(found)


def oids_of_digest(algorithm: DigestAlgorithm) -> str:
    """The object identifier of a digest algorithm, dotted."""
    return {
        DigestAlgorithm.SHA1: "1.3.14.3.2.26",
        DigestAlgorithm.SHA256: "2.16.840.1.101.3.4.2.1",
        DigestAlgorithm.SHA384: "2.16.840.1.101.3.4.2.2",
        DigestAlgorithm.SHA512: "2.16.840.1.101.3.4.2.3",
    }[algorithm]


def _later(
    subject: _Subject, signed: _Signed, byte_range: tuple[int, ...], coverage: Covered | NotCovered
) -> tuple[tuple[Change, ...], SecondOpinion, frozenset[bytes]]:
    """What came after the signed revision, who else finds it suspicious, and the DSS of the signed revision."""
    if isinstance(coverage, NotCovered):
        return (), SecondOpinion.NOT_ASKED, frozenset()
    if coverage.whole_file:
        return (), SecondOpinion.NOT_ASKED, _fingerprints(_material(subject.opened.pdf))
    try:
        with _pikepdf(subject.document[: coverage.end], subject.password, repair=False) as before:
            if not _holds(before, signed, byte_range):
                return (_unexplained("signature"),), SecondOpinion.NOT_ASKED, frozenset()
            changes = compare_revisions(before, subject.opened.pdf, signed_values=subject.values)
            material = _fingerprints(_material(before))
    except HOSTILE:
        return (_unexplained("revision"),), SecondOpinion.NOT_ASKED, frozenset()
    return changes, subject.second.opinion_on(signed.name), material


def _unexplained(where: str) -> Change:
    return Change(kind=ChangeKind.OTHER, where=where)


def _holds(before: pikepdf.Pdf, signed: _Signed, byte_range: tuple[int, ...]) -> bool:
    """Whether the signed revision by itself has this signature, in this field."""
    for field in read_form(before).fields:
        if _is_signed(field) and tuple(int(number) for number in _value(field)["/ByteRange"]) == byte_range:
            return signed.field is None or field.name == signed.name
    return False


def _statements(value: Any) -> Statements:
    return Statements(
        time=read_date(_text(value, "/M")),
        name=_text(value, "/Name"),
        reason=_text(value, "/Reason"),
        location=_text(value, "/Location"),
    )


def _text(value: Any, key: str) -> str:
    found = value.get(key)
    if not isinstance(found, pikepdf.String):
        return ""
    return "".join(letter for letter in str(found)[:500] if letter.isprintable())


def read_date(written: str) -> Instant | None:
    """A PDF date (ISO 32000-2 §7.9.4), or None where it is none. Without a zone it is taken as UTC."""
    found = _DATE.fullmatch(written)
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(part or default) for part, default in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0)) if found[8] else timedelta(0)
    try:
        zone = timezone(-offset if found[8] == "-" else offset) if found[8] else UTC
        return instant(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def _certification(value: Any) -> int | None:
    """P of the DocMDP transform (ISO 32000-2 Table 257; 2 where it is not said)."""
    references = value.get("/Reference")
    if not isinstance(references, pikepdf.Array):
        return None
    for reference in references:
        if isinstance(reference, pikepdf.Dictionary) and str(reference.get("/TransformMethod", "")) == "/DocMDP":
            parameters = reference.get("/TransformParams")
            permission = parameters.get("/P", 2) if isinstance(parameters, pikepdf.Dictionary) else 2
            return permission if isinstance(permission, int) and permission in {1, 2, 3} else 1
    return None


def _place(field: Field) -> SignaturePlace | None:
    """Where it is seen; None for an invisible one."""
    box = field.widgets[0].get("/Rect")
    if not field.page or not isinstance(box, pikepdf.Array) or len(box) != 4:
        return None
    left, bottom, right, top = (float(edge) for edge in box)
    if left == right or bottom == top:
        return None
    rect = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return SignaturePlace(page=field.page, rect=rect)


def _material(pdf: pikepdf.Pdf) -> Material:
    """What the DSS holds (EN 319 142-1 §5.4.2), that of its VRI dictionaries included."""
    store = pdf.Root.get("/DSS")
    if not isinstance(store, pikepdf.Dictionary):
        return Material()
    found = Material(
        certificates=_pieces(store.get("/Certs")), crls=_pieces(store.get("/CRLs")), ocsps=_pieces(store.get("/OCSPs"))
    )
    related = store.get("/VRI")
    if isinstance(related, pikepdf.Dictionary):
        for key in list(related.keys())[:MAXIMUM_SIGNATURES]:
            entry = related[key]
            if isinstance(entry, pikepdf.Dictionary):
                found = found.joined(
                    Material(
                        certificates=_pieces(entry.get("/Cert")),
                        crls=_pieces(entry.get("/CRL")),
                        ocsps=_pieces(entry.get("/OCSP")),
                    )
                )
    return found


def _pieces(listed: Any) -> tuple[bytes, ...]:
    if not isinstance(listed, pikepdf.Array):
        return ()
    pieces = (_piece(item) for item in list(listed)[:MAXIMUM_MATERIAL] if isinstance(item, pikepdf.Stream))
    return tuple(piece for piece in pieces if piece)


def _piece(stream: Any) -> bytes:
    """A stream's data, unpacked up to a limit. Filters other than Flate have no business here."""
    raw = bytes(stream.read_raw_bytes())
    wrapped = stream.get("/Filter")
    if isinstance(wrapped, pikepdf.Array) and len(wrapped) == 1:
        wrapped = wrapped[0]
    if wrapped is None or (isinstance(wrapped, pikepdf.Array) and len(wrapped) == 0):
        return raw if len(raw) <= MAXIMUM_PIECE else b""
    if str(wrapped) != "/FlateDecode" or "/DecodeParms" in stream:
        return b""
    opener = zlib.decompressobj()
    data = opener.decompress(raw, MAXIMUM_PIECE)
    return b"" if opener.unconsumed_tail else data


def _fingerprints(material: Material) -> frozenset[bytes]:
    pieces = (*material.certificates, *material.crls, *material.ocsps)
    return frozenset(hashlib.sha256(piece).digest() for piece in pieces)
