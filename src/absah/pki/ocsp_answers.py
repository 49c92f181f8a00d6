"""Reading OCSP responses: what was signed, by whom, about which certificates. Strict, bounded, believing nothing."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import read_signature_algorithm
from absah.pki.algorithms import SignatureAlgorithm, verify_bytes
from absah.pki.certificates import load_certificate, subject_bytes
from absah.pki.ocsp_statuses import SingleStatus, key_hash, read_cert_id
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown

_WHAT = "OCSP response"


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
            return subject_bytes(certificate) == self.responder.name
        return key_hash(certificate) == self.responder.key_hash

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
