"""One logged-in session on one token, with the handles of the keys it has used (D4a). Runs in a worker only.

Every error of the module becomes one of ours here. After an error that may have cost the session, the worker ends
and the signer starts a new one: handles and slots of a module are not trusted after a token was pulled out.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, final

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag

from absah.adapters.pkcs11.errors import (
    TokenAbsent,
    TokenAmbiguous,
    TokenFailed,
    TokenKeyExtractable,
    TokenKeyMissing,
    TokenMechanismMissing,
    TokenModuleMissing,
    TokenPinLocked,
    TokenPinMissing,
    TokenPinWrong,
)
from absah.adapters.pkcs11.messages import Described
from absah.adapters.pkcs11.settings import TokenSettings
from absah.pki import der
from absah.pki.algorithm_identifiers import encode_digest_info
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, KeyNotAllowed, SignatureAlgorithm, SignatureScheme

_LONGEST_PIN: Final = 256
_CURVES: Final = {
    KeyAlgorithm.P256: ("1.2.840.10045.3.1.7", ec.SECP256R1()),
    KeyAlgorithm.P384: ("1.3.132.0.34", ec.SECP384R1()),
}
_PSS: Final = {
    DigestAlgorithm.SHA256: (Mechanism.SHA256, pkcs11.MGF.SHA256),
    DigestAlgorithm.SHA384: (Mechanism.SHA384, pkcs11.MGF.SHA384),
    DigestAlgorithm.SHA512: (Mechanism.SHA512, pkcs11.MGF.SHA512),
}
#: What a private key of ours may do and what nobody may do with it (PKCS #11 §4.9).
_PRIVATE: Final = {
    Attribute.TOKEN: True,
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.SIGN: True,
    Attribute.DECRYPT: False,
    Attribute.UNWRAP: False,
}


def read_pin(token: TokenSettings, /) -> str:
    """The first line of the PIN's file, which nobody else may read. Raises TokenPinMissing."""
    missing = TokenPinMissing(token=token.name, path=str(token.pin_file))
    try:
        with token.pin_file.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise missing
            pin = file.read(_LONGEST_PIN).split(b"\n", 1)[0].strip().decode()
    except (OSError, UnicodeDecodeError):
        raise missing from None
    if not pin:
        raise missing
    return pin


@final
class TokenSession:
    """A token, opened and logged in. Raises the errors of this package."""

    def __init__(self, settings: TokenSettings, /, *, library: Any = None) -> None:
        self._settings = settings
        self._token = self._find(library)
        self._session = self._log_in()
        self._handles: dict[bytes, Any] = {}

    def describe(self) -> Described:
        """The token as it describes itself, and the private keys in it."""
        with self._errors():
            found = self._session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
            keys = tuple(sorted(bytes(key[Attribute.ID]) for key in found))
        return Described(
            label=self._token.label,
            serial=self._token.serial.decode(errors="replace"),
            manufacturer=self._token.manufacturer_id,
            model=self._token.model,
            keys=keys,
        )

    def generate(self, key_id: bytes, label: str, algorithm: KeyAlgorithm, /) -> bytes:
        """Make a key pair in the token; the public half (SPKI DER)."""
        with self._errors():
            public, private = self._generator(algorithm)(
                id=key_id,
                label=label,
                store=True,
                public_template={Attribute.TOKEN: True, Attribute.VERIFY: True},
                private_template=_PRIVATE,
            )
            self._handles[key_id] = private
            return _public_half(public)

    def find(self, key_id: bytes, /) -> bytes:
        """The public half of a key that lies in the token. Raises TokenKeyMissing, TokenKeyExtractable."""
        private = self._private_key(key_id)
        with self._errors():
            kept = (Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.NEVER_EXTRACTABLE)
            if private[Attribute.EXTRACTABLE] or not all(private[one] for one in kept):
                raise TokenKeyExtractable(token=self._settings.name)
            try:
                return _public_half(self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, id=key_id))
            except pkcs11.NoSuchKey:
                raise TokenKeyMissing(token=self._settings.name) from None

    def sign(self, key_id: bytes, algorithm: SignatureAlgorithm, hashed: bytes, /) -> bytes:
        """The token's signature over a digest: for ECDSA r and s one after the other, as PKCS #11 has it."""
        key = self._private_key(key_id)
        with self._errors():
            match algorithm.scheme:
                case SignatureScheme.ECDSA:
                    return bytes(key.sign(hashed, mechanism=Mechanism.ECDSA))
                case SignatureScheme.RSA_PSS:
                    digest, mask = _PSS[algorithm.digest]
                    parameters = (digest, mask, algorithm.salt_length)
                    return bytes(key.sign(hashed, mechanism=Mechanism.RSA_PKCS_PSS, mechanism_param=parameters))
                case _:
                    info = encode_digest_info(algorithm.digest, hashed)
                    return bytes(key.sign(info, mechanism=Mechanism.RSA_PKCS))

    def destroy(self, key_id: bytes, /) -> None:
        """Remove both halves, if they are there."""
        self._handles.pop(key_id, None)
        with self._errors():
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
                for found in list(self._session.get_objects({Attribute.CLASS: kind, Attribute.ID: key_id})):
                    found.destroy()

    def _find(self, library: Any) -> Any:
        settings = self._settings
        try:
            module = pkcs11.lib(settings.module) if library is None else library
        except (RuntimeError, OSError, pkcs11.PKCS11Error):
            raise TokenModuleMissing(token=settings.name, module=settings.module) from None
        with self._errors():
            tokens = [slot.get_token() for slot in module.get_slots(token_present=True)]
        named = [
            token
            for token in tokens
            if token.label == settings.label and settings.serial in ("", token.serial.decode(errors="replace"))
        ]
        if not named:
            raise TokenAbsent(token=settings.name, label=settings.label)
        if len(named) > 1:
            raise TokenAmbiguous(token=settings.name, label=settings.label)
        return named[0]

    def _log_in(self) -> Any:
        """One attempt, and none that could lock the token: the last one is a person's (PKCS #11 §3.3, token flags)."""
        name = self._settings.name
        if self._token.flags & (TokenFlag.USER_PIN_LOCKED | TokenFlag.USER_PIN_FINAL_TRY):
            raise TokenPinLocked(token=name)
        pin = read_pin(self._settings)
        with self._errors():
            try:
                return self._token.open(rw=True, user_pin=pin)
            except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.UserPinNotInitialized):
                raise TokenPinWrong(token=name) from None
            except (pkcs11.PinLocked, pkcs11.PinExpired):
                raise TokenPinLocked(token=name) from None

    def _generator(self, algorithm: KeyAlgorithm) -> Any:
        if algorithm in _CURVES:
            parameters = {Attribute.EC_PARAMS: der.oid(_CURVES[algorithm][0])}
            return self._session.create_domain_parameters(KeyType.EC, parameters, local=True).generate_keypair
        size = int(algorithm.value.removeprefix("rsa-"))
        return lambda **options: self._session.generate_keypair(KeyType.RSA, size, **options)

    def _private_key(self, key_id: bytes) -> Any:
        """The handle of a key, looked for once. Raises TokenKeyMissing."""
        if key_id not in self._handles:
            with self._errors():
                try:
                    found = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key_id)
                except pkcs11.NoSuchKey:
                    raise TokenKeyMissing(token=self._settings.name) from None
            self._handles[key_id] = found
        return self._handles[key_id]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """The module's errors become ours, by name; what a module says in words stays out."""
        name = self._settings.name
        try:
            yield
        except (pkcs11.MechanismInvalid, pkcs11.MechanismParamInvalid, pkcs11.KeySizeRange) as problem:
            raise TokenMechanismMissing(token=name, mechanism=type(problem).__name__) from None
        except pkcs11.PKCS11Error as problem:
            raise TokenFailed(token=name, problem=type(problem).__name__) from None


def _public_half(key: Any) -> bytes:
    """SPKI DER of a public key in a token."""
    made: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    if key.key_type is KeyType.RSA:
        exponent, modulus = (int.from_bytes(key[one]) for one in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS))
        made = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    else:
        parameters = der.outermost(key[Attribute.EC_PARAMS], "EC parameters", tag=der.OID).oid()
        curve = dict(_CURVES.values()).get(parameters)
        if curve is None:
            raise KeyNotAllowed(kind=parameters)
        # PKCS #11 wraps the point in an OCTET STRING.
        point = der.outermost(key[Attribute.EC_POINT], "EC point", tag=der.OCTET_STRING).content
        made = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    return made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
