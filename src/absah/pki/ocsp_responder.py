"""A delegated responder that is ready to sign: looked at once, and what never changes is encoded once.

One answer costs little more than its signature. `ocsp.build_ocsp_response` makes the same bytes from a plan, for the
signer process; this is for the responder process, which answers thousands a second with a key of its own.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pki import der, oids
from absah.pki.algorithm_identifiers import encode_signature_algorithm
from absah.pki.algorithms import (
    DigestAlgorithm,
    SigningKey,
    digest_algorithm_for,
    key_algorithm_of,
    public_key_of,
    sign_bytes,
    signature_algorithm_for,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate, subject_bytes, validity_of
from absah.pki.ocsp_answers import OcspStatusCode
from absah.pki.ocsp_requests import AskedCertificate
from absah.pki.ocsp_statuses import key_bits, key_hash
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Unknown

_GOOD: Final = der.implicit(0, b"")
_UNKNOWN: Final = der.implicit(2, b"")
_BASIC: Final = der.oid(oids.OCSP_BASIC)
_SUCCESSFUL: Final = der.enumerated(OcspStatusCode.SUCCESSFUL)


class OcspResponderRefused(RuleBroken):
    """The certificate is no delegated responder's, not this issuer's, or the key is not its own. Parameter: problem."""

    code = "pki.ocsp-responder-refused"
    citation = Citation(norm=Norm.RFC_6960, clause="4.2.2.2")


class SingleAnswer(NamedTuple):
    """What is said about one certificate: the client's own CertID comes back as it was sent."""

    asked: AskedCertificate
    status: RevocationStatus


class Period(NamedTuple):
    """From when to when an answer holds (thisUpdate, nextUpdate), seconds."""

    this_update: Instant
    next_update: Instant


def check_responder(responder: x509.Certificate, key: SigningKey, /) -> None:
    """Whether a key may sign answers under a certificate. Raises OcspResponderRefused."""
    try:
        usages = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        raise OcspResponderRefused(problem="extended-key-usage") from None
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        raise OcspResponderRefused(problem="extended-key-usage")
    if public_key_of(key) != public_key_of_certificate(responder):
        raise OcspResponderRefused(problem="key")


@final
class OcspResponder:
    """Signs answers for the certificates of one issuer."""

    def __init__(self, issuer_der: bytes, responder_der: bytes, key: SigningKey, /) -> None:
        """Raises OcspResponderRefused, CertificateUnreadable, KeyNotAllowed."""
        issuer, responder = load_certificate(issuer_der), load_certificate(responder_der)
        check_responder(responder, key)
        try:
            # RFC 6960 §4.2.2.2: "issued directly by the CA that is identified in the request"
            responder.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            raise OcspResponderRefused(problem="issuer") from None
        kind = key_algorithm_of(public_key_of_certificate(responder))
        self._key = key
        self._digest = digest_algorithm_for(kind)
        self._identifier = encode_signature_algorithm(signature_algorithm_for(kind, self._digest))
        self._responder_id = der.explicit(2, der.octet_string(key_hash(responder)))
        self._certificates = der.explicit(0, der.sequence(responder_der))
        self.not_before, self.not_after = validity_of(responder)
        name, bits = subject_bytes(issuer), key_bits(issuer)
        self._issuer = {(digest, digest.digest(name), digest.digest(bits)) for digest in DigestAlgorithm}
        # RFC 6960 §4.4.4, EN 319 411-2 CSS-6.3.10: status stays available for as long as there are certificates,
        # expired ones too. The cut-off is the day on which the issuer's certificate began.
        cutoff = der.extension(oids.OCSP_ARCHIVE_CUTOFF, der.generalized_time(validity_of(issuer)[0]))
        self._single_extensions = der.explicit(1, der.sequence(cutoff))
        # What an answer of this period says, encoded when the first one is made.
        self._period: Period | None = None
        self._begins = self._times = self._good = b""

    def is_about(self, asked: AskedCertificate, /) -> bool:
        """Whether the certificate asked about is one of this issuer's, by either digest of its name and key."""
        return (asked.digest, asked.issuer_name_hash, asked.issuer_key_hash) in self._issuer

    def respond(self, answers: Sequence[SingleAnswer], period: Period, nonce: bytes | None = None, /) -> bytes:
        """An OCSPResponse (DER). `nonce` is the whole extension of the request."""
        if period is not self._period:
            begins, ends = map(der.generalized_time, period)
            self._period = period
            self._begins = begins
            self._times = begins + der.explicit(0, ends)
            self._good = _GOOD + self._times + self._single_extensions
        singles = b"".join([self._single(asked, status) for asked, status in answers])
        extensions = b"" if nonce is None else der.explicit(1, der.sequence(nonce))
        tbs = der.sequence(self._responder_id, self._begins, der.sequence(singles), extensions)
        signature = sign_bytes(self._key, tbs, self._digest)
        return wrap_basic(der.sequence(tbs, self._identifier, der.bit_string(signature), self._certificates))

    def _single(self, asked: AskedCertificate, status: RevocationStatus) -> bytes:
        if type(status) is Good:
            return der.sequence(asked.encoded, self._good)
        about = b"" if isinstance(status, Unknown) else self._single_extensions
        return der.sequence(asked.encoded, encode_status(status), self._times, about)


def wrap_basic(basic: bytes, /) -> bytes:
    """A BasicOCSPResponse becomes a successful OCSPResponse."""
    return der.sequence(_SUCCESSFUL, der.explicit(0, der.sequence(_BASIC, der.octet_string(basic))))


def encode_status(status: RevocationStatus, /) -> bytes:
    """CertStatus: good, revoked or unknown."""
    if isinstance(status, Good):
        return _GOOD
    if isinstance(status, Unknown):
        return _UNKNOWN
    said = status.reason is not RevocationReason.UNSPECIFIED
    reason = der.explicit(0, der.enumerated(status.reason)) if said else b""
    return der.explicit(1, der.generalized_time(status.at), reason)
