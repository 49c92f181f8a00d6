"""OCSP responses (RFC 6960): made by a delegated responder, read for a verifier.

The library's builder takes one certificate per response; ours takes as many as were asked for. Reading keeps apart
what was signed (`tbs`) from who signed it: the verifier decides whether that responder may speak for the issuer.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import (
    encode_digest_algorithm,
    encode_signature_algorithm,
    read_digest_algorithm,
    read_signature_algorithm,
)
from absah.pki.algorithms import (
    DigestAlgorithm,
    SignatureAlgorithm,
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
    signature_algorithm_for,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown

_WHAT = "OCSP response"
_MAXIMUM_RESPONSES = 1000
_NONCE_MAXIMUM = 128  # RFC 9654 §2.1


class OcspPlanRefused(RuleBroken):
    """Nothing to answer, dates out of order, or a nonce too long. Parameter: problem."""

    code = "pki.ocsp-plan-refused"
    citation = Citation(norm=Norm.RFC_6960, clause="4.2.2")


class OcspResponderRefused(RuleBroken):
    """The certificate is no delegated responder's, or the key is not its own. Parameter: problem."""

    code = "pki.ocsp-responder-refused"
    citation = Citation(norm=Norm.RFC_6960, clause="4.2.2.2")


class OcspNotSuccessful(BadInput):
    """The responder answered that it cannot answer. Parameter: status, by its name."""

    code = "pki.ocsp-not-successful"


class OcspStatusCode(IntEnum):
    """OCSPResponseStatus (RFC 6960 §4.2.1)."""

    SUCCESSFUL = 0
    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2
    TRY_LATER = 3
    SIGNATURE_REQUIRED = 5
    UNAUTHORISED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CertId:
    """Which certificate is meant: its issuer by two digests, and its serial number."""

    digest: DigestAlgorithm
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: Serial

    def matches(self, issuer_der: bytes, serial: Serial, /) -> bool:
        """Whether it means the certificate with this serial of this issuer. Raises CertificateUnreadable."""
        return self == cert_id_for(issuer_der, serial, self.digest)


def cert_id_for(issuer_der: bytes, serial: Serial, digest: DigestAlgorithm, /) -> CertId:
    """The CertID of a certificate. SHA-1 here only names; clients that know nothing else still ask with it."""
    issuer = load_certificate(issuer_der)
    return CertId(
        digest=digest,
        issuer_name_hash=digest.digest(issuer.subject.public_bytes()),
        issuer_key_hash=digest.digest(_key_bits(issuer)),
        serial=serial,
    )


def _key_bits(certificate: x509.Certificate) -> bytes:
    fields = der.outermost(public_key_of_certificate(certificate), "SubjectPublicKeyInfo").reader()
    fields.read(der.SEQUENCE)
    return fields.read(der.BIT_STRING).bits()


def _key_hash(certificate: x509.Certificate) -> bytes:
    """KeyHash is SHA-1 whatever else is used (RFC 6960 §4.2.1). It names, it secures nothing."""
    return DigestAlgorithm.SHA1.digest(_key_bits(certificate))


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleStatus:
    """What is said about one certificate, and for how long it is said."""

    cert_id: CertId
    status: RevocationStatus
    this_update: Instant
    next_update: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspPlan:
    """A response that is to be signed. `responder_der` is the responder's certificate, which goes along."""

    responder_der: bytes
    produced_at: Instant
    responses: tuple[SingleStatus, ...]
    nonce: bytes | None = None

    def __post_init__(self) -> None:
        problem = ""
        if not 0 < len(self.responses) <= _MAXIMUM_RESPONSES:
            problem = "responses"
        elif self.nonce is not None and not 0 < len(self.nonce) <= _NONCE_MAXIMUM:
            problem = "nonce"
        for response in self.responses:
            end = response.next_update
            if response.this_update > self.produced_at or (end is not None and end < response.this_update):
                problem = "dates"
        if problem:
            raise OcspPlanRefused(problem=problem)


def _encode_status(status: RevocationStatus) -> bytes:
    if isinstance(status, Good):
        return der.implicit(0, b"")
    if isinstance(status, Unknown):
        return der.implicit(2, b"")
    said = status.reason is not RevocationReason.UNSPECIFIED
    reason = der.explicit(0, der.enumerated(status.reason)) if said else b""
    return der.explicit(1, der.generalized_time(status.at), reason)


def encode_cert_id(cert_id: CertId, /) -> bytes:
    # RFC 6960 §4.3 examples and every client: the digest's parameters are NULL here.
    identifier = der.outermost(encode_digest_algorithm(cert_id.digest), "CertID").content
    return der.sequence(
        der.sequence(identifier, der.null()),
        der.octet_string(cert_id.issuer_name_hash),
        der.octet_string(cert_id.issuer_key_hash),
        der.integer(cert_id.serial),
    )


def _encode_single(response: SingleStatus) -> bytes:
    end = response.next_update
    return der.sequence(
        encode_cert_id(response.cert_id),
        _encode_status(response.status),
        der.generalized_time(response.this_update),
        b"" if end is None else der.explicit(0, der.generalized_time(end)),
    )


def build_ocsp_response(plan: OcspPlan, key: SigningKey, /) -> bytes:
    """Sign the response. DER of an OCSPResponse. Raises OcspResponderRefused, CertificateUnreadable."""
    responder = load_certificate(plan.responder_der)
    spki = public_key_of_certificate(responder)
    try:
        usages = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        raise OcspResponderRefused(problem="extended-key-usage") from None
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        raise OcspResponderRefused(problem="extended-key-usage")
    if public_key_of(key) != spki:
        raise OcspResponderRefused(problem="key")
    kind = key_algorithm_of(spki)
    digest = digest_algorithm_for(kind)
    algorithm = signature_algorithm_for(kind, digest)
    extensions = b""
    if plan.nonce is not None:
        nonce = der.extension(oids.OCSP_NONCE, der.octet_string(plan.nonce))
        extensions = der.explicit(1, der.sequence(nonce))
    tbs = der.sequence(
        der.explicit(2, der.octet_string(_key_hash(responder))),
        der.generalized_time(plan.produced_at),
        der.sequence(*(_encode_single(response) for response in plan.responses)),
        extensions,
    )
    signature = sign_bytes(key, tbs, digest)
    verify_bytes(spki, signature, tbs, algorithm)
    basic = der.sequence(
        tbs,
        encode_signature_algorithm(algorithm),
        der.bit_string(signature),
        der.explicit(0, der.sequence(plan.responder_der)),
    )
    body = der.sequence(der.oid(oids.OCSP_BASIC), der.octet_string(basic))
    return der.sequence(der.enumerated(OcspStatusCode.SUCCESSFUL), der.explicit(0, body))


def build_ocsp_error(status: OcspStatusCode, /) -> bytes:
    """The unsigned answer of a responder that cannot answer (RFC 6960 §2.3)."""
    if status is OcspStatusCode.SUCCESSFUL:
        raise OcspPlanRefused(problem="responses")
    return der.sequence(der.enumerated(status))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderByName:
    """The responder named itself by its subject (DER of the Name)."""

    name: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderByKey:
    """The responder named itself by SHA-1 over its key bits."""

    key_hash: bytes


ResponderId: TypeAlias = ResponderByName | ResponderByKey


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspAnswer:
    """A successful response as it was read. Nothing is believed yet: `verify` with the responder's key."""

    responder: ResponderId
    produced_at: Instant
    responses: tuple[SingleStatus, ...]
    nonce: bytes | None
    certificates: tuple[bytes, ...]
    tbs: bytes
    signature_algorithm: SignatureAlgorithm
    signature: bytes
    encoded: bytes = field(repr=False)

    def find(self, issuer_der: bytes, serial: Serial, /) -> SingleStatus | None:
        """What it says about the certificate with this serial of this issuer."""
        return next((single for single in self.responses if single.cert_id.matches(issuer_der, serial)), None)

    def is_from(self, certificate_der: bytes, /) -> bool:
        """Whether a certificate is the one by which the responder names itself. Raises CertificateUnreadable."""
        certificate = load_certificate(certificate_der)
        if isinstance(self.responder, ResponderByName):
            return certificate.subject.public_bytes() == self.responder.name
        return _key_hash(certificate) == self.responder.key_hash

    def verify(self, responder_public_key: bytes, /) -> None:
        """Check the signature with a SubjectPublicKeyInfo. Raises SignatureInvalid and its kin."""
        verify_bytes(responder_public_key, self.signature, self.tbs, self.signature_algorithm)


def _read_responder(element: der.Element) -> ResponderId:
    if element.tag == 0xA1:
        return ResponderByName(name=element.reader().read(der.SEQUENCE).encoded)
    if element.tag == 0xA2:
        return ResponderByKey(key_hash=element.reader().read(der.OCTET_STRING).content)
    raise element.refuse("responder")


def _read_status(element: der.Element) -> RevocationStatus:
    if element.tag == 0x80 and not element.content:
        return Good()
    if element.tag == 0x82 and not element.content:
        return Unknown()
    if element.tag != 0xA1:
        raise element.refuse("status")
    fields = element.reader()
    at = fields.read(der.GENERALIZED_TIME).time()
    reason = RevocationReason.UNSPECIFIED
    if (given := fields.read_optional(0xA0)) is not None:
        number = given.reader().read(der.ENUMERATED).integer()
        if number not in RevocationReason.__members__.values():
            raise given.refuse("reason")
        reason = RevocationReason(number)
    fields.finish()
    return Revoked(at=at, reason=reason)


def read_cert_id(element: der.Element, /) -> CertId:
    """A CertID of a response or a request. Raises DerMalformed, AlgorithmUnknown."""
    fields = element.reader()
    cert_id = CertId(
        digest=read_digest_algorithm(fields.read(der.SEQUENCE)),
        issuer_name_hash=fields.read(der.OCTET_STRING).content,
        issuer_key_hash=fields.read(der.OCTET_STRING).content,
        serial=Serial(fields.read(der.INTEGER).integer()),
    )
    fields.finish()
    return cert_id


def read_extensions(element: der.Element, /) -> dict[str, bytes]:
    """Extensions by identifier, their values in DER; a critical one that is not the nonce is refused."""
    found: dict[str, bytes] = {}
    for item in element.reader():
        fields = item.reader()
        identifier = fields.read(der.OID).oid()
        critical = fields.read_optional(0x01)
        if identifier in found or (critical is not None and critical.boolean() and identifier != oids.OCSP_NONCE):
            raise item.refuse("extension")
        found[identifier] = fields.read(der.OCTET_STRING).content
        fields.finish()
    return found


def _read_single(element: der.Element) -> SingleStatus:
    fields = element.reader()
    cert_id = read_cert_id(fields.read(der.SEQUENCE))
    status = _read_status(fields.read())
    this_update = fields.read(der.GENERALIZED_TIME).time()
    end = fields.read_optional(0xA0)
    next_update = None if end is None else end.reader().read(der.GENERALIZED_TIME).time()
    if (extensions := fields.read_optional(0xA1)) is not None:
        read_extensions(extensions.reader().read(der.SEQUENCE))
    fields.finish()
    return SingleStatus(cert_id=cert_id, status=status, this_update=this_update, next_update=next_update)


def read_nonce(extensions: dict[str, bytes], /) -> bytes | None:
    """The nonce among extensions: an OCTET STRING (RFC 8954), or bare octets as older clients send it."""
    value = extensions.get(oids.OCSP_NONCE)
    if value is None or value[:1] != b"\x04":
        return value
    return der.outermost(value, "OCSP nonce", tag=der.OCTET_STRING).content


def _successful_body(response_der: bytes) -> der.Element:
    fields = der.outermost(response_der, _WHAT).reader()
    status = fields.read(der.ENUMERATED)
    number = status.integer()
    if number not in OcspStatusCode.__members__.values():
        raise status.refuse("status")
    if number != OcspStatusCode.SUCCESSFUL:
        raise OcspNotSuccessful(status=OcspStatusCode(number).name.lower())
    wrapper = fields.read(0xA0)
    fields.finish()
    body = wrapper.reader().read(der.SEQUENCE).reader()
    if body.read(der.OID).oid() != oids.OCSP_BASIC:
        raise wrapper.refuse("response-type")
    return der.outermost(body.read(der.OCTET_STRING).content, _WHAT)


def parse_ocsp_response(response_der: bytes, /) -> OcspAnswer:
    """A successful basic response. Raises OcspNotSuccessful, DerMalformed, DerTooLarge, AlgorithmUnknown."""
    outer = _successful_body(response_der).reader()
    data = outer.read(der.SEQUENCE)
    algorithm = read_signature_algorithm(outer.read(der.SEQUENCE))
    signature = outer.read(der.BIT_STRING).bits()
    sent = outer.read_optional(0xA0)
    outer.finish()
    fields = data.reader()
    if (version := fields.read_optional(0xA0)) is not None and version.reader().read(der.INTEGER).integer() != 0:
        raise version.refuse("version")
    responder = _read_responder(fields.read())
    produced_at = fields.read(der.GENERALIZED_TIME).time()
    singles = tuple(_read_single(single) for single in fields.read(der.SEQUENCE).reader())
    extra = fields.read_optional(0xA1)
    fields.finish()
    extensions = {} if extra is None else read_extensions(extra.reader().read(der.SEQUENCE))
    certificates = () if sent is None else tuple(one.encoded for one in sent.reader().read(der.SEQUENCE).reader())
    return OcspAnswer(
        responder=responder,
        produced_at=produced_at,
        responses=singles,
        nonce=read_nonce(extensions),
        certificates=certificates,
        tbs=data.encoded,
        signature_algorithm=algorithm,
        signature=signature,
        encoded=response_der,
    )
