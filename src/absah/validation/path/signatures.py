"""What a search computes and what it may spend: each signature is checked once and counted, as is other dear work.

The working key of RFC 5280 §6.1.4 (d)-(f) is a SubjectPublicKeyInfo. A DSA key may leave its parameters to its
issuer's key; then a key with them is put together here. DSA is computed for what stands in old chains and in the
conformance suites; whether anybody may rely on it, the algorithm policy decides by date, and it does not.
"""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from absah.kernel.errors import AbsahError
from absah.pki import der
from absah.pki.algorithms import SignatureAlgorithm, SignatureInvalid, SignatureKeyMismatch, verify_bytes
from absah.validation.path.certificate import Certificate
from absah.validation.path.refusals import Reason

_DSA: Final = "1.2.840.10040.4.1"
_DSA_SIGNATURES: Final[dict[str, hashes.HashAlgorithm]] = {
    "1.2.840.10040.4.3": hashes.SHA1(),  # noqa: S303  (reading old chains)
    "2.16.840.1.101.3.4.3.2": hashes.SHA256(),
}
#: Comparisons of names with constraints, and of policies with policies, in one search: about half a second.
MAXIMUM_WORK: Final = 400_000
_KEPT_KEYS: Final = 64
_KEPT_ANSWERS: Final = 256


class SignatureBudget(Exception):
    """So much was computed that this is not."""


class Signatures:
    """Checks, remembers and counts. One for each search."""

    __slots__ = ("_known", "left", "work_left")

    def __init__(self, limit: int, work: int = MAXIMUM_WORK) -> None:
        self.left = limit
        self.work_left = work
        self._known: dict[tuple[bytes, bytes], Reason | None] = {}

    def renewed(self, limit: int, /) -> "Signatures":
        """Another count, the same memory: for the next search among the same certificates."""
        other = Signatures(limit)
        other._known = self._known
        return other

    def spend(self, work: int, /) -> None:
        """Count comparisons of names and policies before they are made. Raises SignatureBudget."""
        self.work_left -= work
        if self.work_left < 0:
            raise SignatureBudget

    def judge(self, certificate: Certificate, issuer_key: bytes, /) -> Reason | None:
        """What is wrong with the signature on a certificate; None: it holds. Raises SignatureBudget."""
        pair = (issuer_key, certificate.der)
        try:
            return self._known[pair]
        except KeyError:
            pass
        if self.left <= 0:
            raise SignatureBudget
        self.left -= 1
        found = self._known[pair] = _judge_certificate(certificate, issuer_key)
        return found


@lru_cache(maxsize=_KEPT_ANSWERS)
def _judge_certificate(certificate: Certificate, issuer_key: bytes) -> Reason | None:
    """Whether a key made a signature never changes, and the same few authorities come by all day."""
    return judge_signature(certificate.tbs, certificate.signature, certificate.signature_algorithm, issuer_key)


def judge_signature(
    data: bytes, signature: bytes, algorithm: SignatureAlgorithm | str | None, key: bytes, /
) -> Reason | None:
    """What is wrong with a signature over these bytes by this key; None: it holds."""
    if algorithm is None:
        return Reason.ALGORITHM_MISMATCH
    if isinstance(algorithm, str):
        return _judge_dsa(data, signature, algorithm, key)
    try:
        verify_bytes(key, signature, data, algorithm)
    except (SignatureInvalid, SignatureKeyMismatch):
        return Reason.SIGNATURE_INVALID
    except AbsahError:  # a key that the library does not know, or that is none
        return Reason.ALGORITHM_UNSUPPORTED
    return None


def _judge_dsa(data: bytes, signature: bytes, algorithm: str, key: bytes) -> Reason | None:
    digest = _DSA_SIGNATURES.get(algorithm)
    if digest is None:
        return Reason.ALGORITHM_UNSUPPORTED
    try:
        if _lacks_parameters(key):
            return Reason.KEY_PARAMETERS_MISSING
    except AbsahError:
        return Reason.ALGORITHM_UNSUPPORTED
    public = _load_dsa(key)
    if public is None:
        return Reason.SIGNATURE_INVALID
    try:
        public.verify(signature, data, digest)
    except InvalidSignature:
        return Reason.SIGNATURE_INVALID
    return None


@lru_cache(maxsize=_KEPT_KEYS)
def _load_dsa(key: bytes) -> dsa.DSAPublicKey | None:
    try:
        public = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return public if isinstance(public, dsa.DSAPublicKey) else None


def _algorithm_of(key: bytes) -> tuple[str, bytes]:
    """The identifier of a key's algorithm and the DER of its parameters; empty: there are none."""
    fields = der.Reader(key, "key").read(der.SEQUENCE).reader().read(der.SEQUENCE).reader()
    return fields.read(der.OID).oid(), b"" if fields.at_end else fields.read().encoded


def _lacks_parameters(key: bytes) -> bool:
    algorithm, parameters = _algorithm_of(key)
    return algorithm == _DSA and parameters in (b"", der.null())


@lru_cache(maxsize=_KEPT_KEYS)
def inherit_parameters(key: bytes, working: bytes, /) -> bytes:
    """§6.1.4 (d)-(f): a DSA key without parameters takes those of the working key, if that is one of DSA too."""
    try:
        algorithm, parameters = _algorithm_of(working)
        if not _lacks_parameters(key) or algorithm != _DSA:
            return key
        bits = der.Reader(key, "key").read(der.SEQUENCE).reader()
        bits.read(der.SEQUENCE)
        return der.sequence(der.sequence(der.oid(_DSA), parameters), bits.read(der.BIT_STRING).encoded)
    except AbsahError:
        return key
