"""Every signature there is in a document, each read by itself so that a broken one hides no other.

They are looked for in three places: in the fields of the form, among the objects that no field holds, and in the bytes
that no object of the present document holds. Whoever takes a signature out, or mangles its object, must not turn a
signed document into one that was never signed.
"""

import sys
from dataclasses import dataclass
from typing import Any, Final

import pikepdf

from absah.adapters.pdf_evidence_bytes import (
    read_coverage,
    read_hole,
    sub_filter_beside,
)
from absah.adapters.pdf_evidence_digests import CoveredDigests
from absah.adapters.pdf_evidence_fields import Field, Form, inherited
from absah.adapters.pdf_evidence_look import Look
from absah.adapters.pdf_evidence_opening import HOSTILE, Opened
from absah.adapters.pdf_evidence_statements import (
    read_beside,
    read_certification,
    read_locks,
    read_place,
    read_statements,
)
from absah.adapters.pdf_later_revisions import LaterRevisions, SignedValue, Subject, read_later_revisions
from absah.adapters.pyhanko_opinion import SecondReader
from absah.pki import der
from absah.pki.algorithms import DigestAlgorithm
from absah.validation.changes.permissions import needs_second_opinion
from absah.validation.evidence import (
    Change,
    ChangeKind,
    Covered,
    DigestFact,
    NotCovered,
    SecondOpinion,
    SignatureEvidence,
    SignatureFacts,
    SignaturePurpose,
    UnreadableSignature,
)

MAXIMUM_SIGNATURES: Final = 200
#: One of them is enough to spoil a document; each costs a reading of the whole file.
MAXIMUM_BURIED: Final = 8
_BARE_RSA, _DIGEST_INSIDE = "adbe.x509.rsa_sha1", "adbe.pkcs7.sha1"
_DIGESTS: Final = {
    DigestAlgorithm.SHA1: "1.3.14.3.2.26",
    DigestAlgorithm.SHA256: "2.16.840.1.101.3.4.2.1",
    DigestAlgorithm.SHA384: "2.16.840.1.101.3.4.2.2",
    DigestAlgorithm.SHA512: "2.16.840.1.101.3.4.2.3",
}


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signature dictionary, and the field that holds it, if any does."""

    name: str
    value: Any
    field: Field | None
    coverage: Covered | NotCovered


@dataclass(frozen=True, slots=True)
class _Subject:
    """What every signature of one document is looked at with."""

    digests: CoveredDigests
    opened: Opened
    later: LaterRevisions
    second: SecondReader


@dataclass(frozen=True, slots=True)
class FoundSignatures:
    """All of them, in the order in which they cover the file; whether some hang loose, and whether there were more.

    `disagreement`: two parsers see two files. `changes` are those after the first that is lawful.
    """

    facts: tuple[SignatureFacts, ...]
    loose: bool
    cut: bool
    disagreement: bool = False
    changes: tuple[Change, ...] = ()


def find_signatures(look: Look, opened: Opened, form: Form) -> FoundSignatures:
    """Look in all three places. Raises nothing of its own: what cannot be read is an `UnreadableSignature`."""
    held = [field for field in form.fields if _is_signed(field)]
    loose = _loose_signatures(opened.pdf, frozenset(_value(field).objgen for field in held))
    judged = [
        _Signed(name, value, field, _coverage_of(look, value))
        for name, value, field in (*((field.name, _value(field), field) for field in held), *loose)
    ][:MAXIMUM_SIGNATURES]
    subject = _Subject(
        digests=look.digests,
        opened=opened,
        later=read_later_revisions(
            Subject(
                document=look.document,
                password=look.password,
                structure=look.structure,
                signed=tuple(_to_look_for(one, one.coverage) for one in judged if isinstance(one.coverage, Covered)),
            )
        ),
        second=SecondReader(look.document, look.password),
    )
    seen = {_numbers(value) for value in (*(_value(field) for field in held), *(value for _, value, _ in loose))}
    buried = find_buried_signatures(look, frozenset(seen | _usage_rights(opened.pdf)))
    facts = sorted([*(_read_safely(subject, one) for one in judged), *buried], key=_order)
    return FoundSignatures(
        facts=_without_twins(tuple(facts)),
        loose=bool(loose or buried),
        cut=len(held) + len(loose) > MAXIMUM_SIGNATURES or len(buried) >= MAXIMUM_BURIED,
        disagreement=subject.later.disagreement,
        changes=subject.later.after(0),
    )


def _to_look_for(one: _Signed, coverage: Covered) -> SignedValue:
    return SignedValue(
        value=one.value.objgen[0],
        field=one.field.node.objgen[0] if one.field is not None else 0,
        byte_range=_numbers(one.value),
        revision=coverage.revision,
    )


def _coverage_of(look: Look, value: Any) -> Covered | NotCovered:
    """Whether a signature's range is lawful, and leaves out what the dictionary holds as its /Contents."""
    try:
        byte_range = tuple(int(number) for number in value["/ByteRange"])
        coverage = read_coverage(look.document, byte_range, look.structure)
        if isinstance(coverage, Covered):
            hole = read_hole(look.document, byte_range)
            if hole.rstrip(b"\x00") != bytes(value["/Contents"]).rstrip(b"\x00"):
                return NotCovered(problem="hole-is-not-the-contents")
    except HOSTILE:
        return NotCovered(problem="not-four-numbers")
    return coverage


def _loose_signatures(pdf: pikepdf.Pdf, held: frozenset[tuple[int, int]]) -> list[tuple[str, Any, None]]:
    """Signatures that no field of the form holds: what is left when somebody takes a signature out of a document.

    Usage rights (Reader extensions) are signatures of a vendor over an empty form, and never in a field.
    """
    found: list[tuple[str, Any, None]] = []
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary) or "/ByteRange" not in item or "/Contents" not in item:
            continue
        if item.objgen not in held and not _grants_usage_rights(item):
            found.append((f"#{item.objgen[0]}", item, None))
    return found


def find_buried_signatures(look: Look, seen: frozenset[tuple[int, ...]]) -> list[SignatureEvidence]:
    """Signatures in the bytes that no object of the present document holds: cleared, or their object was mangled.

    Whoever damages the object of a signature must not turn a signed document into one that was never signed.
    """
    found, document = [], look.document
    for byte_range in [numbers for numbers in look.ranges if numbers not in seen][:MAXIMUM_BURIED]:
        cms = read_hole(document, byte_range)
        sub_filter = sub_filter_beside(document, byte_range)
        found.append(
            SignatureEvidence(
                field_name=f"@{byte_range[1]}",
                purpose=_purpose(sub_filter, ""),
                sub_filter=sub_filter,
                cms=cms,
                coverage=read_coverage(document, byte_range, look.structure),
                digests=_digests(look.digests, byte_range, cms, sub_filter),
            )
        )
    return found


def _numbers(value: Any) -> tuple[int, ...]:
    """A /ByteRange as written; none of its numbers where one of them is none."""
    listed = value.get("/ByteRange")
    try:
        return tuple(int(one) for one in listed) if isinstance(listed, pikepdf.Array) else ()
    except (TypeError, ValueError):
        return ()


def _usage_rights(pdf: pikepdf.Pdf) -> set[tuple[int, ...]]:
    granted = pdf.Root.get("/Perms")
    values = list(granted.values()) if isinstance(granted, pikepdf.Dictionary) else []
    dictionaries = [value for value in values if isinstance(value, pikepdf.Dictionary)]
    return {_numbers(value) for value in dictionaries if _grants_usage_rights(value)}


def _purpose(sub_filter: str, kind: str) -> SignaturePurpose:
    stamped = sub_filter == "ETSI.RFC3161" or kind == "/DocTimeStamp"
    return SignaturePurpose.TIMESTAMP if stamped else SignaturePurpose.SIGNATURE


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
    return (covered_end(found) or sys.maxsize, found.field_name)


def _without_twins(signatures: tuple[SignatureFacts, ...]) -> tuple[SignatureFacts, ...]:
    """Two fields with one name, or over the same bytes: a reader may show either, so none of the later is taken."""
    names: set[str] = set()
    ends: set[int] = set()
    kept: list[SignatureFacts] = []
    for found in signatures:
        end = covered_end(found)
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
    contents = bytes(value["/Contents"])
    coverage = signed.coverage
    changes, opinion, material = _later(subject, signed)
    return SignatureEvidence(
        field_name=signed.name,
        purpose=_purpose(sub_filter, str(value.get("/Type", ""))),
        sub_filter=sub_filter,
        cms=contents,
        coverage=coverage,
        digests=_digests(subject.digests, byte_range, contents, sub_filter) if isinstance(coverage, Covered) else (),
        statements=read_statements(value),
        certificates=read_beside(value),
        certification=read_certification(value),
        locks=read_locks(value, signed.field),
        place=read_place(signed.field) if signed.field is not None else None,
        changes=changes,
        second_opinion=opinion,
        earlier_material=material,
    )


def _digests(
    covered: CoveredDigests, byte_range: tuple[int, ...], cms: bytes, sub_filter: str
) -> tuple[DigestFact, ...]:
    """Digests with every algorithm that the CMS names anywhere: which of them counts is for the checks to say.

    A bare RSA signature names none, and one that carries its digest does not name that one's.
    """
    unnamed = {_BARE_RSA: frozenset(DigestAlgorithm), _DIGEST_INSIDE: frozenset({DigestAlgorithm.SHA1})}
    always = unnamed.get(sub_filter, frozenset())
    named = (one for one in DigestAlgorithm if one in always or der.oid(_DIGESTS[one]) in cms)
    return tuple(DigestFact(algorithm=one, value=covered.digest(one, byte_range)) for one in named)


def _later(subject: _Subject, signed: _Signed) -> tuple[tuple[Change, ...], SecondOpinion, frozenset[bytes]]:
    """What came after the signed revision, who else finds it suspicious, and the DSS of the signed revision."""
    coverage, later = signed.coverage, subject.later
    if isinstance(coverage, NotCovered):
        return (), SecondOpinion.NOT_ASKED, frozenset()
    if signed.value.objgen[0] not in later.held:
        return (Change(kind=ChangeKind.OTHER, where="signature"),), SecondOpinion.NOT_ASKED, frozenset()
    changes = later.after(coverage.revision)
    material = later.material.get(coverage.revision, frozenset())
    if coverage.whole_file or not needs_second_opinion(changes):
        return changes, SecondOpinion.NOT_ASKED, material
    return changes, subject.second.opinion_on(signed.name), material


def covered_end(found: SignatureFacts) -> int:
    """Where a lawful signature ends; 0 for one that is not."""
    if isinstance(found, SignatureEvidence) and isinstance(found.coverage, Covered):
        return found.coverage.end
    return 0
