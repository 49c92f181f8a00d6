"""Evidence built by hand: what an adapter would have seen in documents that nobody ever wrote."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier
from tests.fixtures_pki import NOW, Party, Pki, make_pki
from tests.report_schema import checked

from absah.kernel.clock import Instant, instant
from absah.kernel.rng import Serial
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, sign_bytes
from absah.pki.cms import build_signed_attributes, build_signed_data, with_signature_timestamp
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for
from absah.pki.revocation import Good, RevocationReason, RevocationStatus
from absah.pki.tsp import Accuracy, TokenPlan, build_timestamp_token
from absah.validation.evidence import (
    Covered,
    DigestFact,
    DocumentEvidence,
    Material,
    Revision,
    SignatureEvidence,
    SignatureFacts,
    SignaturePurpose,
    Statements,
)
from absah.validation.material import Knowledge, Suspension, read_material
from absah.validation.policy import load_policy
from absah.validation.process import ValidationContext, validate
from absah.validation.report import Report
from absah.validation.trust import TrustAnchors

SHA256 = DigestAlgorithm.SHA256
DOCUMENT = b"the bytes that were signed"
DIGEST = SHA256.digest(DOCUMENT)
LATER = instant(NOW + timedelta(hours=1))


def after(**delta: float) -> Instant:
    return instant(NOW + timedelta(**delta))


def make_crl(issuer: Party, *entries: RevokedEntry, at: Instant = NOW, days: float = 30, **plan: object) -> bytes:
    until = instant(at + timedelta(days=days))
    return build_crl(
        CrlPlan(issuer_der=issuer.certificate, number=1, this_update=at, next_update=until, entries=entries, **plan),
        issuer.key,
    )


def revoked(party: Party, at: Instant, reason: RevocationReason = RevocationReason.KEY_COMPROMISE) -> RevokedEntry:
    return RevokedEntry(serial=party.serial, at=at, reason=reason)


def make_ocsp(
    issuer: Party,
    subject: Party,
    responder: Party,
    *,
    status: RevocationStatus | None = None,
    at: Instant = NOW,
    until: Instant | None = None,
) -> bytes:
    single = SingleStatus(
        cert_id=cert_id_for(issuer.certificate, subject.serial, DigestAlgorithm.SHA1),
        status=status or Good(),
        this_update=at,
        next_update=until,
    )
    plan = OcspPlan(responder_der=responder.certificate, produced_at=at, responses=(single,))
    return build_ocsp_response(plan, responder.key)


def make_token(
    imprint: bytes,
    *,
    at: Instant = NOW,
    tsa: Party | None = None,
    certificates: bool = True,
    digest: DigestAlgorithm = SHA256,
) -> bytes:
    pki = make_pki()
    tsa = tsa or pki.tsa
    plan = TokenPlan(
        policy="2.25.1",
        digest_algorithm=digest,
        imprint=imprint,
        serial=Serial(7),
        time=at,
        nonce=None,
        accuracy=Accuracy(seconds=1),
        include_certificates=certificates,
    )
    return build_timestamp_token(plan, (tsa.certificate, pki.issuing.certificate), tsa.key)


def make_cms(
    party: Party | None = None,
    *,
    digest: bytes = DIGEST,
    attributes: bytes | None = None,
    certificates: bool = True,
    content: bytes | None = None,
    content_type: str = oids.DATA,
) -> bytes:
    """A detached CMS over `digest`. `attributes` replaces the signed attributes."""
    pki = make_pki()
    party = party or pki.person
    signed = attributes or build_signed_attributes(content_type, digest, party.certificate, SHA256)
    return build_signed_data(
        content=content,
        content_type=content_type,
        certificates=(party.certificate, pki.issuing.certificate),
        signed_attributes=signed,
        signature=sign_bytes(party.key, signed, SHA256),
        digest=SHA256,
        key_algorithm=KeyAlgorithm.P256,
        include_certificates=certificates,
    )


def stamped(cms: bytes, *, at: Instant = NOW, tsa: Party | None = None, certificates: bool = True) -> bytes:
    from absah.pki.cms import parse_signed_data

    value = parse_signed_data(cms).signers[0].signature
    return with_signature_timestamp(cms, make_token(SHA256.digest(value), at=at, tsa=tsa, certificates=certificates))


def signature(cms: bytes | None = None, **changes: object) -> SignatureEvidence:
    usual = SignatureEvidence(
        field_name="Signature1",
        purpose=SignaturePurpose.SIGNATURE,
        sub_filter="ETSI.CAdES.detached",
        cms=make_cms() if cms is None else cms,
        coverage=Covered(end=100, revision=1, whole_file=True),
        digests=(DigestFact(algorithm=SHA256, value=DIGEST),),
        statements=Statements(time=NOW, name="Siti", reason="Persetujuan", location="Kota Contoh"),
    )
    return replace(usual, **changes)


def document_stamp(
    *, at: Instant = NOW, end: int = 200, material: frozenset[bytes] = frozenset(), **changes: object
) -> SignatureEvidence:
    digest = SHA256.digest(b"%d" % end)
    usual = SignatureEvidence(
        field_name=f"Stamp{end}",
        purpose=SignaturePurpose.TIMESTAMP,
        sub_filter="ETSI.RFC3161",
        cms=make_token(digest, at=at),
        coverage=Covered(end=end, revision=2, whole_file=True),
        digests=(DigestFact(algorithm=SHA256, value=digest),),
        earlier_material=material,
    )
    return replace(usual, **changes)


def document(*signatures: SignatureFacts, **changes: object) -> DocumentEvidence:
    usual = DocumentEvidence(
        size=200,
        sha256=hashlib.sha256(DOCUMENT).digest(),
        page_count=1,
        revisions=(Revision(end=100, startxref=50),),
        signatures=signatures,
    )
    return replace(usual, **changes)


def good_crls() -> tuple[bytes, ...]:
    pki = make_pki()
    return (make_crl(pki.root), make_crl(pki.issuing))


def context(**changes: object) -> ValidationContext:
    usual = ValidationContext(
        anchors=TrustAnchors(name="test", taken_at=NOW, certificates=(make_pki().root.certificate,)),
        now=LATER,
        trial=True,
        crls=good_crls(),
    )
    return replace(usual, **changes)


def judge(*signatures: SignatureFacts, **changes: object) -> Report:
    return checked(validate(document(*signatures), context(**changes)))


def knowledge(
    *,
    anchors: tuple[bytes, ...] | None = None,
    certificates: tuple[bytes, ...] = (),
    crls: tuple[bytes, ...] = (),
    ocsps: tuple[bytes, ...] = (),
    carried: Material | None = None,
    suspensions: tuple[Suspension, ...] = (),
    now: Instant = LATER,
) -> Knowledge:
    register = Material(certificates=certificates, crls=crls, ocsps=ocsps)
    trusted = (make_pki().root.certificate,) if anchors is None else anchors
    return read_material(
        TrustAnchors(name="test", taken_at=NOW, certificates=trusted),
        carried or Material(),
        register,
        now=now,
        policy=load_policy(),
        suspensions=suspensions,
    )


@dataclass(frozen=True)
class Shape:
    """A certificate that no profile of ours would issue."""

    name: str = "Odd"
    authority: bool | None = None
    path_length: int | None = None
    usages: tuple[str, ...] | None = None
    extended: tuple[str, ...] = ()
    extended_critical: bool = False
    critical_unknown: bool = False
    name_constraints: bool = False
    host: str | None = None
    no_check: bool = False
    crl_url: str | None = None
    not_before: Instant = NOW
    days: float = 365


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def odd(shape: Shape, issuer: Party | None = None, *, key: object = None, digest: object = None) -> Party:
    """A certificate of this shape; without an issuer it signs itself."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, shape.name)])
    issuer_name = name if issuer is None else x509.load_der_x509_certificate(issuer.certificate).subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(own.public_key())
        .serial_number(int.from_bytes(shape.name.encode()[:15].ljust(15, b"x"), "big"))
        .not_valid_before(shape.not_before)
        .not_valid_after(shape.not_before + timedelta(days=shape.days))
    )
    for extension, critical in _extensions(shape):
        builder = builder.add_extension(extension, critical=critical)
    signer = own if issuer is None else issuer.key
    made = builder.sign(signer, digest or hashes.SHA256())
    return Party(own, made.public_bytes(Encoding.DER))


def _extensions(shape: Shape) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if shape.authority is not None:
        found.append((x509.BasicConstraints(ca=shape.authority, path_length=shape.path_length), True))
    if shape.usages is not None:
        found.append((x509.KeyUsage(**{name: name in shape.usages for name in _USAGES}), True))
        found.append((x509.SubjectKeyIdentifier(shape.name.encode()), False))
    if shape.extended:
        found.append(
            (x509.ExtendedKeyUsage([ObjectIdentifier(one) for one in shape.extended]), shape.extended_critical)
        )
    if shape.critical_unknown:
        found.append((x509.UnrecognizedExtension(ObjectIdentifier("2.25.99"), b"\x05\x00"), True))
    if shape.host is not None:
        found.append((x509.SubjectAlternativeName([x509.DNSName(shape.host)]), False))
    if shape.name_constraints:
        found.append((x509.NameConstraints([x509.DNSName("go.id")], None), True))
    if shape.no_check:
        found.append((x509.OCSPNoCheck(), False))
    if shape.crl_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(shape.crl_url)], None, None, None)
        found.append((x509.CRLDistributionPoints([point]), False))
    return found


CA = Shape(name="Odd CA", authority=True, usages=("key_cert_sign", "crl_sign"))
SIGNER = Shape(name="Odd signer", usages=("content_commitment",))


def pki_of(pki: Pki) -> tuple[Party, ...]:
    return (pki.root, pki.issuing, pki.person)
