"""Certificate requests (PKCS #10, RFC 2986): a public key, and the proof that whoever asks has the private one."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from absah.kernel.errors import BadInput
from absah.pki import der
from absah.pki.algorithm_identifiers import read_signature_algorithm
from absah.pki.algorithms import (
    DigestAlgorithm,
    SignatureInvalid,
    SigningKey,
    digest_algorithm_for,
    hash_of,
    key_algorithm_of,
    public_key_of,
    verify_bytes,
)
from absah.pki.names import SubjectName

_WHAT = "certificate request"
_MAXIMUM_SIZE = 16 * 1024


class RequestUnreadable(BadInput):
    """Not a certificate request in DER. Parameter: problem."""

    code = "pki.request-unreadable"


class RequestNotProven(BadInput):
    """The request is not signed with the key it asks a certificate for, or with a digest of no worth."""

    code = "pki.request-not-proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequest:
    """A request whose signature holds. What it says of a subject (DER of the Name) is a wish, no more."""

    public_key: bytes
    subject: bytes


def request_in_der(written: bytes, /) -> bytes:
    """PEM or DER, as tools write it. PEM is only unwrapped here. Raises RequestUnreadable."""
    if not written.lstrip().startswith(b"-----BEGIN"):
        return written
    try:
        return x509.load_pem_x509_csr(written).public_bytes(Encoding.DER)
    except ValueError:
        raise RequestUnreadable(problem="PEM") from None


def parse_certificate_request(request_der: bytes, /) -> CertificateRequest:
    """Read it and check the proof. Raises RequestUnreadable, RequestNotProven, KeyNotAllowed, KeyUnreadable and kin."""
    if len(request_der) > _MAXIMUM_SIZE:
        raise RequestUnreadable(problem="too large")
    fields = der.outermost(request_der, _WHAT).reader()
    info = fields.read(der.SEQUENCE)
    algorithm = read_signature_algorithm(fields.read(der.SEQUENCE))
    signature = fields.read(der.BIT_STRING).bits()
    fields.finish()
    inner = info.reader()
    if inner.read(der.INTEGER).integer() != 0:  # RFC 2986 §4.1: v1 is 0
        raise RequestUnreadable(problem="version")
    subject = inner.read(der.SEQUENCE).encoded
    public_key = inner.read(der.SEQUENCE).encoded
    inner.read(0xA0)
    inner.finish()
    key_algorithm_of(public_key)  # before its numbers are worked with: only kinds and sizes that we know
    if algorithm.digest is DigestAlgorithm.SHA1:
        raise RequestNotProven
    try:
        verify_bytes(public_key, signature, info.encoded, algorithm)
    except SignatureInvalid as problem:
        raise RequestNotProven from problem
    return CertificateRequest(public_key=public_key, subject=subject)


def build_certificate_request(key: SigningKey, subject: SubjectName, /) -> bytes:
    """Ask for a certificate for a key of ours (DER)."""
    digest = hash_of(digest_algorithm_for(key_algorithm_of(public_key_of(key))))
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject.to_x509())
    return builder.sign(key, digest).public_bytes(Encoding.DER)  # type: ignore[arg-type]  # never SHA-1
