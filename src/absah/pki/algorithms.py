"""Keys, digests and signatures: which there are, and how bytes are signed and checked with them.

New keys are of five kinds. Reading is wider than writing: SHA-1, RSASSA-PSS and Ed25519 are understood so that what
others made can be judged; whether they may be relied on is a question for `algorithm_policy`, by date.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm

SigningKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyNotAllowed(RuleBroken):
    """A public key of a kind, curve, size or exponent that we do not certify. Parameter: kind."""

    code = "pki.key-not-allowed"
    citation = Citation(norm=Norm.TS_119_312, clause="6.2.2")


class KeyUnreadable(BadInput):
    """Not a SubjectPublicKeyInfo in DER, or of an algorithm the library does not know."""

    code = "pki.key-unreadable"


class DigestNotForSigning(RuleBroken):
    """A digest that is only read, never used for a new signature. Parameter: digest."""

    code = "pki.digest-not-for-signing"
    citation = Citation(norm=Norm.TS_119_312, clause="5.2")


class SignatureInvalid(BadInput):
    """The signature does not belong to these bytes and this key."""

    code = "pki.signature-invalid"


class SignatureKeyMismatch(BadInput):
    """The signature is of an algorithm that this kind of key does not have."""

    code = "pki.signature-key-mismatch"


class KeyAlgorithm(StrEnum):
    """The kinds of key that Absah makes and certifies (design D8b)."""

    P256 = "ec-p256"
    P384 = "ec-p384"
    RSA2048 = "rsa-2048"
    RSA3072 = "rsa-3072"
    RSA4096 = "rsa-4096"


class DigestAlgorithm(StrEnum):
    """Hash functions. SHA-1 is read in old documents and names certificates in OCSP; it signs nothing new."""

    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    @property
    def size(self) -> int:
        """Octets of a digest."""
        return hashlib.new(self.value, usedforsecurity=False).digest_size

    def digest(self, data: bytes, /) -> bytes:
        return hashlib.new(self.value, data, usedforsecurity=False).digest()


class SignatureScheme(StrEnum):
    """How a digest becomes a signature."""

    RSA_PKCS1_V1_5 = "rsa-pkcs1-v1_5"
    RSA_PSS = "rsa-pss"
    ECDSA = "ecdsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAlgorithm:
    """A scheme with its digest. `salt_length` (octets) is meant for RSASSA-PSS only; elsewhere it is 0."""

    scheme: SignatureScheme
    digest: DigestAlgorithm
    salt_length: int = 0


_HASHES: dict[DigestAlgorithm, hashes.HashAlgorithm] = {
    DigestAlgorithm.SHA1: hashes.SHA1(),  # noqa: S303  (reading old documents; `sign_bytes` refuses it)
    DigestAlgorithm.SHA256: hashes.SHA256(),
    DigestAlgorithm.SHA384: hashes.SHA384(),
    DigestAlgorithm.SHA512: hashes.SHA512(),
}
_ECDSA = {digest: ec.ECDSA(known) for digest, known in _HASHES.items()}
_RSA_SIZES = {2048: KeyAlgorithm.RSA2048, 3072: KeyAlgorithm.RSA3072, 4096: KeyAlgorithm.RSA4096}
_CURVES = {"secp256r1": KeyAlgorithm.P256, "secp384r1": KeyAlgorithm.P384}
_RSA_EXPONENT = 65537
_ELLIPTIC_SCHEMES = frozenset({SignatureScheme.ECDSA})
_RSA_SCHEMES = frozenset({SignatureScheme.RSA_PKCS1_V1_5, SignatureScheme.RSA_PSS})
_KEPT_KEYS = 128


def hash_of(digest: DigestAlgorithm, /) -> hashes.HashAlgorithm:
    """The library's object for a digest."""
    return _HASHES[digest]


def digest_algorithm_for(key: KeyAlgorithm, /) -> DigestAlgorithm:
    """The digest a subscriber's, TSA's or responder's signature uses: as strong as the curve, SHA-256 for RSA."""
    return DigestAlgorithm.SHA384 if key is KeyAlgorithm.P384 else DigestAlgorithm.SHA256


def issuing_digest_for(key: KeyAlgorithm, /) -> DigestAlgorithm:
    """The digest of certificates and CRLs: SHA-384 also under RSA-4096, which is a root's key and lives long."""
    return DigestAlgorithm.SHA384 if key is KeyAlgorithm.RSA4096 else digest_algorithm_for(key)


def signature_algorithm_for(
    key: KeyAlgorithm, digest: DigestAlgorithm, scheme: SignatureScheme | None = None, /
) -> SignatureAlgorithm:
    """How such a key signs: by a scheme, or as usual: ECDSA, or RSASSA-PKCS1-v1_5 while clients expect it.

    Raises SignatureKeyMismatch when the key has no such scheme.
    """
    elliptic = key in (KeyAlgorithm.P256, KeyAlgorithm.P384)
    if scheme is not None and scheme not in (_ELLIPTIC_SCHEMES if elliptic else _RSA_SCHEMES):
        raise SignatureKeyMismatch(key=key.value, scheme=scheme.value)
    if scheme is SignatureScheme.RSA_PSS:
        return pss_algorithm(digest)
    scheme = SignatureScheme.ECDSA if elliptic else SignatureScheme.RSA_PKCS1_V1_5
    return SignatureAlgorithm(scheme=scheme, digest=digest)


def public_key_of(key: SigningKey, /) -> bytes:
    """The SubjectPublicKeyInfo (DER) that belongs to a signing key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pss_algorithm(digest: DigestAlgorithm, /) -> SignatureAlgorithm:
    """RSASSA-PSS as we sign with it: MGF1 with the same digest, and a salt as long (RFC 8017 §9.1, note 4)."""
    return SignatureAlgorithm(scheme=SignatureScheme.RSA_PSS, digest=digest, salt_length=digest.size)


PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


def load_public_key(spki_der: bytes, /) -> PublicKey:
    """A public key that can check signatures; those read last are kept. Raises KeyUnreadable, KeyNotAllowed."""
    return _load_public_key(spki_der)


@lru_cache(maxsize=_KEPT_KEYS)
def _load_public_key(spki_der: bytes) -> PublicKey:
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise KeyUnreadable from problem
    if not isinstance(key, PublicKey):
        raise KeyNotAllowed(kind=type(key).__name__)
    return key


def key_algorithm_of(spki_der: bytes, /) -> KeyAlgorithm:
    """Which of our kinds a public key is. Raises KeyUnreadable; KeyNotAllowed for every other kind."""
    return _key_algorithm_of(spki_der)


@lru_cache(maxsize=_KEPT_KEYS)
def _key_algorithm_of(spki_der: bytes) -> KeyAlgorithm:
    key = load_public_key(spki_der)
    match key:
        case ec.EllipticCurvePublicKey():
            found = _CURVES.get(key.curve.name)
        case rsa.RSAPublicKey():
            # TS 119 312 §6.2.2.1 wants an odd exponent above 2^16; our CPS allows the one that everybody uses.
            usual = key.public_numbers().e == _RSA_EXPONENT
            found = _RSA_SIZES.get(key.key_size) if usual else None
        case _:
            found = None
    if found is None:
        raise KeyNotAllowed(kind=describe_key(key))
    return found


def describe_key(key: PublicKey, /) -> str:
    """A key's kind and size in one word, for reports: `rsa-1024`, `secp521r1`, `ed25519`."""
    match key:
        case ec.EllipticCurvePublicKey():
            return key.curve.name
        case rsa.RSAPublicKey():
            return f"rsa-{key.key_size}"
        case _:
            return "ed25519"


def sign_bytes(key: SigningKey, data: bytes, digest: DigestAlgorithm, /) -> bytes:
    """Hash and sign. ECDSA in DER, RSA with PKCS #1 v1.5. Raises DigestNotForSigning."""
    scheme = SignatureScheme.RSA_PKCS1_V1_5 if isinstance(key, rsa.RSAPrivateKey) else SignatureScheme.ECDSA
    return sign_with(key, data, SignatureAlgorithm(scheme=scheme, digest=digest))


def sign_with(key: SigningKey, data: bytes, algorithm: SignatureAlgorithm, /) -> bytes:
    """Hash and sign in a given way. Raises DigestNotForSigning; SignatureKeyMismatch when the key has no such way."""
    if algorithm.digest is DigestAlgorithm.SHA1:
        raise DigestNotForSigning(digest=algorithm.digest.value)
    digest = hash_of(algorithm.digest)
    match key, algorithm.scheme:
        case rsa.RSAPrivateKey(), SignatureScheme.RSA_PKCS1_V1_5:
            return key.sign(data, padding.PKCS1v15(), digest)
        case rsa.RSAPrivateKey(), SignatureScheme.RSA_PSS:
            return key.sign(data, padding.PSS(padding.MGF1(digest), algorithm.salt_length), digest)
        case ec.EllipticCurvePrivateKey(), SignatureScheme.ECDSA:
            return key.sign(data, _ECDSA[algorithm.digest])
    raise SignatureKeyMismatch(key=describe_key(key.public_key()), scheme=algorithm.scheme.value)


def verify_digest(spki_der: bytes, signature: bytes, digest: bytes, algorithm: SignatureAlgorithm, /) -> None:
    """Check a signature over data of which only the digest is at hand. Raises what `verify_bytes` raises.

    Ed25519 signs the data and not a digest of them, and does not go with this.
    """
    key = load_public_key(spki_der)
    hashed = Prehashed(hash_of(algorithm.digest))
    try:
        match key, algorithm.scheme:
            case rsa.RSAPublicKey(), SignatureScheme.RSA_PKCS1_V1_5:
                key.verify(signature, digest, padding.PKCS1v15(), hashed)
            case rsa.RSAPublicKey(), SignatureScheme.RSA_PSS:
                masked = padding.PSS(padding.MGF1(hash_of(algorithm.digest)), algorithm.salt_length)
                key.verify(signature, digest, masked, hashed)
            case ec.EllipticCurvePublicKey(), SignatureScheme.ECDSA:
                key.verify(signature, digest, ec.ECDSA(hashed))
            case _:
                raise SignatureKeyMismatch(key=describe_key(key), scheme=algorithm.scheme.value)
    except (InvalidSignature, ValueError) as problem:
        raise SignatureInvalid from problem


def verify_bytes(spki_der: bytes, signature: bytes, data: bytes, algorithm: SignatureAlgorithm, /) -> None:
    """Check a signature over `data`. Raises SignatureInvalid, SignatureKeyMismatch, KeyUnreadable, KeyNotAllowed."""
    key = load_public_key(spki_der)
    digest = hash_of(algorithm.digest)
    try:
        match key, algorithm.scheme:
            case rsa.RSAPublicKey(), SignatureScheme.RSA_PKCS1_V1_5:
                key.verify(signature, data, padding.PKCS1v15(), digest)
            case rsa.RSAPublicKey(), SignatureScheme.RSA_PSS:
                key.verify(signature, data, padding.PSS(padding.MGF1(digest), algorithm.salt_length), digest)
            case ec.EllipticCurvePublicKey(), SignatureScheme.ECDSA:
                key.verify(signature, data, ec.ECDSA(digest))
            case ed25519.Ed25519PublicKey(), SignatureScheme.ED25519:
                key.verify(signature, data)
            case _:
                raise SignatureKeyMismatch(key=describe_key(key), scheme=algorithm.scheme.value)
    except (InvalidSignature, ValueError) as problem:
        raise SignatureInvalid from problem
