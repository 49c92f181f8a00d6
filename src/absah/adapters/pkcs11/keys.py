"""Keys that `cryptography` takes for its own and that a token signs with: certificates, lists, OCSP, time-stamps, CMS.

What is to be signed is hashed here; the token is asked for the signature over the digest only. The private half is
never here, so whatever would show it is refused.
"""

from typing import Any, Final, NoReturn, Protocol, TypeAlias, cast, final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PSS, AsymmetricPadding
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed, encode_dss_signature

from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm, SignatureScheme, load_public_key

_DIGESTS: Final = {"sha256": DigestAlgorithm.SHA256, "sha384": DigestAlgorithm.SHA384, "sha512": DigestAlgorithm.SHA512}
_Hash: TypeAlias = hashes.HashAlgorithm | Prehashed
Octets: TypeAlias = bytes | bytearray | memoryview


class SigningDesk(Protocol):
    """Whoever has the token sign."""

    def sign(self, key_id: bytes, algorithm: SignatureAlgorithm, hashed: bytes, /) -> bytes:
        """The token's signature over a digest. Raises the errors of this package."""
        ...


class _InToken:
    """What both kinds of key share: where the key is, and that it does not come out."""

    def __init__(self, desk: SigningDesk, key_id: bytes, /) -> None:
        self._desk = desk
        self._key_id = key_id

    def _signed(self, hashed: bytes, scheme: SignatureScheme, digest: DigestAlgorithm, salt_length: int = 0) -> bytes:
        algorithm = SignatureAlgorithm(scheme=scheme, digest=digest, salt_length=salt_length)
        return self._desk.sign(self._key_id, algorithm, hashed)

    def _stays_inside(self, *_: Any) -> NoReturn:
        raise TypeError("a key in a token does not come out")

    private_numbers = private_bytes = exchange = decrypt = __copy__ = __deepcopy__ = __reduce__ = _stays_inside

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@final
class TokenEllipticKey(_InToken, ec.EllipticCurvePrivateKey):
    """A key on P-256 or P-384."""

    def __init__(self, desk: SigningDesk, key_id: bytes, public_key: ec.EllipticCurvePublicKey, /) -> None:
        super().__init__(desk, key_id)
        self._public_key = public_key

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        return self._public_key.key_size

    def sign(self, data: Octets, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """In DER, as everybody expects it; a token answers r and s of equal length."""
        digest, hashed = _hashed(data, signature_algorithm.algorithm)
        raw = self._signed(hashed, SignatureScheme.ECDSA, digest)
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


@final
class TokenRsaKey(_InToken, rsa.RSAPrivateKey):
    """An RSA key: PKCS #1 v1.5 and PSS."""

    def __init__(self, desk: SigningDesk, key_id: bytes, public_key: rsa.RSAPublicKey, /) -> None:
        super().__init__(desk, key_id)
        self._public_key = public_key

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public_key

    @property
    def key_size(self) -> int:
        return self._public_key.key_size

    def sign(self, data: Octets, padding: AsymmetricPadding, algorithm: _Hash | NoDigestInfo) -> bytes:
        digest, hashed = _hashed(data, algorithm)
        if not isinstance(padding, PSS):
            return self._signed(hashed, SignatureScheme.RSA_PKCS1_V1_5, digest)
        written = padding._salt_length  # noqa: SLF001 - the library shows it nowhere else
        salt_length = written if isinstance(written, int) else digest.size
        return self._signed(hashed, SignatureScheme.RSA_PSS, digest, salt_length)


TokenKey: TypeAlias = TokenEllipticKey | TokenRsaKey


def token_key(desk: SigningDesk, key_id: bytes, spki_der: bytes, /) -> TokenKey:
    """The key of this identity, whose public half is known. Raises KeyNotAllowed, KeyUnreadable."""
    public_key = load_public_key(spki_der)
    if isinstance(public_key, rsa.RSAPublicKey):
        return TokenRsaKey(desk, key_id, public_key)
    return TokenEllipticKey(desk, key_id, cast(ec.EllipticCurvePublicKey, public_key))


def _hashed(data: Octets, how: _Hash | NoDigestInfo) -> tuple[DigestAlgorithm, bytes]:
    """The digest of `data`; it is one already when `how` says so."""
    if isinstance(how, Prehashed):
        return _digest_of_size(how.digest_size), bytes(data)
    if not isinstance(how, hashes.HashAlgorithm) or how.name not in _DIGESTS:
        raise UnsupportedAlgorithm("a key in a token signs SHA-2 digests")
    digest = _DIGESTS[how.name]
    return digest, digest.digest(bytes(data))


def _digest_of_size(size: int) -> DigestAlgorithm:
    return next(digest for digest in _DIGESTS.values() if digest.size == size)
