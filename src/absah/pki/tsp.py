"""RFC 3161 time-stamps: requests, tokens and responses, written and read.

A token is a CMS SignedData around a TSTInfo. It says: this digest existed at this time. Tokens are made after
ETSI EN 319 422 (accuracy stated, nonce echoed, ESS signing-certificate-v2 of RFC 5816, no ordering promised).
"""

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum

from cryptography import x509

from absah.kernel.clock import Instant
from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.kernel.rng import Serial
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_digest_algorithm, read_digest_algorithm
from absah.pki.algorithms import (
    DigestAlgorithm,
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import (
    SignedData,
    SignerInfo,
    build_signed_attributes,
    build_signed_data,
    parse_signed_data,
    verify_signer_info,
)

_NONCE_BITS = 512
_REQUEST = "time-stamp request"
_RESPONSE = "time-stamp response"
_INFO = "TSTInfo"


class TimestampRequestRefused(RuleBroken):
    """A request whose imprint has not the length of its digest, or whose numbers are out of range."""

    code = "pki.timestamp-request-refused"
    citation = Citation(norm=Norm.RFC_3161, clause="2.4.1")


class TimestampSignerRefused(RuleBroken):
    """The certificate is no time-stamping unit's, or the key is not its own. Parameter: problem."""

    code = "pki.timestamp-signer-refused"
    citation = Citation(norm=Norm.RFC_3161, clause="2.3")


class TimestampRejected(BadInput):
    """The authority refused to time-stamp. Parameters: status, failure."""

    code = "pki.timestamp-rejected"


class TimestampMismatch(BadInput):
    """The token is about something else than it should be. Parameter: problem."""

    code = "pki.timestamp-mismatch"


class TimestampCertificateAbsent(BadInput):
    """The token came without its signer's certificate, and nobody gave it."""

    code = "pki.timestamp-certificate-absent"


class PkiStatus(IntEnum):
    """PKIStatus (RFC 3161 §2.4.2)."""

    GRANTED = 0
    GRANTED_WITH_MODS = 1
    REJECTION = 2
    WAITING = 3
    REVOCATION_WARNING = 4
    REVOCATION_NOTIFICATION = 5


class PkiFailure(IntEnum):
    """PKIFailureInfo (RFC 3161 §2.4.2): the number is that of the bit."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    ADDITIONAL_INFORMATION_NOT_AVAILABLE = 17
    SYSTEM_FAILURE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """A TimeStampReq: the imprint to stamp and what the asker wants with it."""

    digest_algorithm: DigestAlgorithm
    imprint: bytes
    policy: str | None = None
    nonce: int | None = None
    certificate_wanted: bool = True

    def __post_init__(self) -> None:
        if len(self.imprint) != self.digest_algorithm.size:
            raise TimestampRequestRefused(problem="imprint")
        if self.nonce is not None and not 0 <= self.nonce < 1 << _NONCE_BITS:
            raise TimestampRequestRefused(problem="nonce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How far the time may be off, either way (RFC 3161 §2.4.2). Milli- and microseconds are 1 to 999, or 0: absent."""

    seconds: int = 1
    millis: int = 0
    micros: int = 0

    @property
    def as_timedelta(self) -> timedelta:
        return timedelta(seconds=self.seconds, milliseconds=self.millis, microseconds=self.micros)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlan:
    """A token that is to be signed."""

    policy: str
    digest_algorithm: DigestAlgorithm
    imprint: bytes
    serial: Serial
    time: Instant
    nonce: int | None
    accuracy: Accuracy
    include_certificates: bool = True


def plan_for(
    request: TimestampRequest, /, *, policy: str, serial: Serial, time: Instant, accuracy: Accuracy
) -> TokenPlan:
    """The token that answers a request. Which policies are accepted is decided before."""
    return TokenPlan(
        policy=policy,
        digest_algorithm=request.digest_algorithm,
        imprint=request.imprint,
        serial=serial,
        time=time,
        nonce=request.nonce,
        accuracy=accuracy,
        include_certificates=request.certificate_wanted,
    )


def _imprint(algorithm: DigestAlgorithm, imprint: bytes) -> bytes:
    return der.sequence(encode_digest_algorithm(algorithm), der.octet_string(imprint))


def build_timestamp_request(request: TimestampRequest, /) -> bytes:
    """DER of a TimeStampReq."""
    return der.sequence(
        der.integer(1),
        _imprint(request.digest_algorithm, request.imprint),
        b"" if request.policy is None else der.oid(request.policy),
        b"" if request.nonce is None else der.integer(request.nonce),
        der.true() if request.certificate_wanted else b"",
    )


def _read_imprint(element: der.Element) -> tuple[DigestAlgorithm, bytes]:
    fields = element.reader()
    algorithm = read_digest_algorithm(fields.read(der.SEQUENCE))
    imprint = fields.read(der.OCTET_STRING).content
    fields.finish()
    if len(imprint) != algorithm.size:
        raise element.refuse("imprint-length")
    return algorithm, imprint


def _read_version(fields: der.Reader) -> None:
    version = fields.read(der.INTEGER)
    if version.integer() != 1:
        raise version.refuse("version")


def parse_timestamp_request(request_der: bytes, /) -> TimestampRequest:
    """Extensions are refused: we know none. Raises TimestampRequestRefused, DerMalformed, AlgorithmUnknown and kin."""
    fields = der.outermost(request_der, _REQUEST).reader()
    _read_version(fields)
    algorithm, imprint = _read_imprint(fields.read(der.SEQUENCE))
    policy = fields.read_optional(der.OID)
    nonce = fields.read_optional(der.INTEGER)
    wanted = fields.read_optional(der.BOOLEAN)
    fields.finish()
    return TimestampRequest(
        digest_algorithm=algorithm,
        imprint=imprint,
        policy=None if policy is None else policy.oid(),
        nonce=None if nonce is None else nonce.integer(),
        certificate_wanted=wanted is not None and wanted.boolean(),
    )


def _encode_accuracy(accuracy: Accuracy) -> bytes:
    small = [
        der.implicit(number, der.Reader(der.integer(value), _INFO).read().content)
        for number, value in enumerate((accuracy.millis, accuracy.micros))
        if value
    ]
    return der.sequence(der.integer(accuracy.seconds) if accuracy.seconds else b"", *small)


def _check_time_stamper(certificate: x509.Certificate) -> None:
    # RFC 3161 §2.3: one extended key usage, timeStamping, and critical.
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise TimestampSignerRefused(problem="extended-key-usage") from None
    if not usage.critical or [purpose.dotted_string for purpose in usage.value] != [oids.TIME_STAMPING]:
        raise TimestampSignerRefused(problem="extended-key-usage")


def build_timestamp_token(plan: TokenPlan, certificate_chain: tuple[bytes, ...], key: SigningKey, /) -> bytes:
    """DER of a TimeStampToken. The chain begins with the time-stamping unit's certificate; the root may stay out.

    Raises TimestampSignerRefused, CertificateUnreadable.
    """
    certificate = load_certificate(certificate_chain[0])
    _check_time_stamper(certificate)
    spki = public_key_of_certificate(certificate)
    if public_key_of(key) != spki:
        raise TimestampSignerRefused(problem="key")
    if not certificate.not_valid_before_utc <= plan.time <= certificate.not_valid_after_utc:
        raise TimestampSignerRefused(problem="validity")
    kind = key_algorithm_of(spki)
    digest = digest_algorithm_for(kind)
    info = der.sequence(
        der.integer(1),
        der.oid(plan.policy),
        _imprint(plan.digest_algorithm, plan.imprint),
        der.integer(plan.serial),
        der.generalized_time(plan.time),
        _encode_accuracy(plan.accuracy),
        b"" if plan.nonce is None else der.integer(plan.nonce),
    )
    attributes = build_signed_attributes(oids.TST_INFO, digest.digest(info), certificate_chain[0], digest)
    return build_signed_data(
        content=info,
        content_type=oids.TST_INFO,
        certificates=certificate_chain,
        signed_attributes=attributes,
        signature=sign_bytes(key, attributes, digest),
        digest=digest,
        key_algorithm=kind,
        include_certificates=plan.include_certificates,
    )


def timestamp_response(token_der: bytes, /) -> bytes:
    """DER of a TimeStampResp that grants."""
    return der.sequence(der.sequence(der.integer(PkiStatus.GRANTED)), token_der)


def timestamp_refusal(failure: PkiFailure, words: str = "", /) -> bytes:
    """DER of a TimeStampResp that rejects, with a failure and, if given, an English sentence."""
    octet, bit = divmod(failure, 8)
    bits = der.bit_string(bytes(octet) + bytes((0x80 >> bit,)), unused=7 - bit)
    text = der.sequence(der.utf8_string(words)) if words else b""
    return der.sequence(der.sequence(der.integer(PkiStatus.REJECTION), text, bits))


def _failure_of(bits: der.Element | None) -> str:
    content = b"" if bits is None else bits.content[1:]
    for failure in PkiFailure:
        octet, bit = divmod(failure, 8)
        if octet < len(content) and content[octet] & (0x80 >> bit):
            return failure.name.lower()
    return "none"


def parse_timestamp_response(response_der: bytes, /) -> bytes:
    """The token inside a TimeStampResp. Raises TimestampRejected, DerMalformed, DerTooLarge."""
    fields = der.outermost(response_der, _RESPONSE).reader()
    status_info = fields.read(der.SEQUENCE).reader()
    status = status_info.read(der.INTEGER)
    number = status.integer()
    if number not in PkiStatus.__members__.values():
        raise status.refuse("status")
    status_info.read_optional(der.SEQUENCE)
    failure = status_info.read_optional(der.BIT_STRING)
    status_info.finish()
    if number not in (PkiStatus.GRANTED, PkiStatus.GRANTED_WITH_MODS):
        raise TimestampRejected(status=PkiStatus(number).name.lower(), failure=_failure_of(failure))
    token = fields.read(der.SEQUENCE)
    fields.finish()
    return token.encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class TstInfo:
    """What a token says."""

    policy: str
    digest_algorithm: DigestAlgorithm
    imprint: bytes
    serial: Serial
    time: Instant
    accuracy: Accuracy | None
    nonce: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampToken:
    """A token as it was read: what it says, and the signature around it. Nothing is believed yet."""

    info: TstInfo
    signed: SignedData
    signer: SignerInfo
    encoded: bytes = field(repr=False)

    @property
    def signer_certificate(self) -> bytes | None:
        """The time-stamping unit's certificate, if it came along."""
        return self.signed.certificate_of(self.signer)


def _read_accuracy(element: der.Element) -> Accuracy:
    fields = element.reader()
    seconds = fields.read_optional(der.INTEGER)
    millis = fields.read_optional(0x80)
    micros = fields.read_optional(0x81)
    fields.finish()
    values = [0 if part is None else part.integer() for part in (seconds, millis, micros)]
    if values[0] < 0 or not all(0 <= value < 1000 for value in values[1:]):
        raise element.refuse("accuracy")
    return Accuracy(seconds=values[0], millis=values[1], micros=values[2])


def _read_info(info_der: bytes) -> TstInfo:
    fields = der.outermost(info_der, _INFO).reader()
    _read_version(fields)
    policy = fields.read(der.OID).oid()
    algorithm, imprint = _read_imprint(fields.read(der.SEQUENCE))
    serial = Serial(fields.read(der.INTEGER).integer())
    time = fields.read(der.GENERALIZED_TIME).time()
    accuracy = fields.read_optional(der.SEQUENCE)
    if (ordering := fields.read_optional(der.BOOLEAN)) is not None:
        ordering.boolean()
    nonce = fields.read_optional(der.INTEGER)
    fields.read_optional(0xA0)  # tsa: a name for readers; the certificate is what counts
    fields.read_optional(0xA1)  # extensions: EN 319 422 §5.2.3 has none that is critical
    fields.finish()
    return TstInfo(
        policy=policy,
        digest_algorithm=algorithm,
        imprint=imprint,
        serial=serial,
        time=time,
        accuracy=None if accuracy is None else _read_accuracy(accuracy),
        nonce=None if nonce is None else nonce.integer(),
    )


def parse_timestamp_token(token_der: bytes, /) -> TimestampToken:
    """A TimeStampToken; zero octets may follow it. Raises DerMalformed, TimestampMismatch, CmsNotSignedData and kin."""
    signed = parse_signed_data(token_der)
    # RFC 3161 §2.4.2: the content is a TSTInfo, and "MUST NOT contain any signatures other than that of the TSA".
    if signed.content_type != oids.TST_INFO or signed.content is None or len(signed.signers) != 1:
        raise TimestampMismatch(problem="not-a-time-stamp")
    return TimestampToken(
        info=_read_info(signed.content), signed=signed, signer=signed.signers[0], encoded=signed.encoded
    )


def verify_timestamp_token(token: TimestampToken, imprint: bytes, /, *, certificate_der: bytes | None = None) -> bytes:
    """Check that the token is about `imprint` (in its own digest) and truly signed. The signer's certificate (DER).

    The certificate is taken from the token unless given. Whether it is trusted, and was valid at the time, is for the
    caller to find out. Raises TimestampMismatch, TimestampSignerRefused, TimestampCertificateAbsent, SignatureInvalid
    and kin.
    """
    certificate = certificate_der or token.signer_certificate
    if certificate is None:
        raise TimestampCertificateAbsent
    attributes, content = token.signer.attributes, token.signed.content
    if not hmac.compare_digest(token.info.imprint, imprint):
        raise TimestampMismatch(problem="imprint")
    if attributes is None or content is None or attributes.content_type != oids.TST_INFO:
        raise TimestampMismatch(problem="signed-attributes")
    if not hmac.compare_digest(attributes.message_digest, token.signer.digest.digest(content)):
        raise TimestampMismatch(problem="message-digest")
    # RFC 3161 §2.4.2 and RFC 5816 §2.2.1: the signing certificate is named among the signed attributes.
    if not attributes.names(certificate):
        raise TimestampMismatch(problem="signing-certificate")
    signer = load_certificate(certificate)
    _check_time_stamper(signer)
    verify_signer_info(token.signer, public_key_of_certificate(signer))
    return certificate
