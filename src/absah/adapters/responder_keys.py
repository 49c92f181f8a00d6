"""The keys of responders: made by the responder, certified by the worker, exchanged through a folder.

    DIR/responders/SERVICE/ISSUER/NAME.key   sealed PKCS #8, mode 0600: written and read by the responder only
                                 NAME.csr   its request, with proof of possession
                                 NAME.cer   the certificate, put there by the worker

A responder thus signs with a key that no other process has, and the worker certifies what it cannot use. Keys live for
days; a new one is asked for when half the life of the last certificate is over.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from absah.adapters.files import replace_file
from absah.adapters.secret_files import write_new_secret_file
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah.kernel.rng import Rng
from absah.pki.algorithms import SigningKey, public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate, validity_of
from absah.pki.names import AuthorityName
from absah.pki.requests import build_certificate_request

ROOT: Final = "responders"
_SECRET: Final = Path("secrets", "responder.key")
_SECRET_SIZE: Final = 32
_KEPT_GENERATIONS: Final = 2


class ResponderSecretMissing(Unavailable):
    """The secret that seals the responders' keys cannot be read. Parameter: problem."""

    code = "keys.responder-secret-missing"


class ResponderFolderUnusable(Unavailable):
    """The folder of a responder's keys cannot be read or written. Parameter: problem."""

    code = "keys.responder-folder-unusable"


class ResponderSecretExists(WrongState):
    """There is a file of this name already: another worker was faster."""

    code = "keys.responder-secret-exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedKey:
    """A key and its certificate (DER)."""

    name: str
    key: SigningKey
    certificate: bytes
    not_before: Instant
    not_after: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRequest:
    """A request (DER) that has no certificate yet."""

    name: str
    request: bytes


@final
class ResponderFolder:
    """The keys of one responder: a service of one issuer."""

    def __init__(self, data: Path, service: str, issuer: str, /) -> None:
        self._folder = data / ROOT / service / issuer
        self._data = data

    def ask(self, subject: AuthorityName, /, *, now: Instant, rng: Rng) -> bool:
        """Make a key and ask for a certificate, if one is due and none is waited for. Whether it did."""
        with self._locked():
            if self.waiting() or not self.is_due(now=now):
                return False
            self._tidy()
            secret = self._secret(rng)
            name = f"{now:%Y%m%dT%H%M%S}-{rng.token(3).hex()}"
            key = ec.generate_private_key(ec.SECP256R1())
            sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret))
            write_new_secret_file(self._folder / f"{name}.key", sealed, ResponderSecretExists())
            replace_file(self._folder / f"{name}.csr", build_certificate_request(key, subject))
            return True

    def is_due(self, *, now: Instant) -> bool:
        """Whether no key can be used, or half the life of the newest certificate is over."""
        newest = self.newest(now=now)
        return newest is None or newest.not_after - now < (newest.not_after - newest.not_before) / 2

    def last_certified(self) -> Instant | None:
        """When the newest certificate began."""
        return max((begins for begins, _ in self._validities().values()), default=None)

    def certified_until(self, *, now: Instant) -> Instant | None:
        """How long the certificate lasts that lasts longest of those valid now. No key is opened."""
        return max((ends for begins, ends in self._validities().values() if begins <= now <= ends), default=None)

    def waiting(self) -> tuple[WaitingRequest, ...]:
        """Requests without a certificate, the oldest first."""
        try:
            return tuple(
                WaitingRequest(name=path.stem, request=path.read_bytes())
                for path in sorted(self._folder.glob("*.csr"))
                if not path.with_suffix(".cer").exists()
            )
        except OSError as error:
            raise ResponderFolderUnusable(problem=error.strerror or "") from None

    def deliver(self, name: str, certificate: bytes, /) -> None:
        """Put a certificate beside its request. Raises FileNotKept."""
        replace_file(self._folder / f"{name}.cer", certificate)

    def discard(self, name: str, /) -> None:
        """Forget a request that cannot be certified, and its key."""
        self._remove(name)

    def newest(self, *, now: Instant) -> CertifiedKey | None:
        """The key to sign with: of those valid now, the one that lasts longest."""
        valid = {name: validity for name, validity in self._validities().items() if validity[0] <= now <= validity[1]}
        for name in sorted(valid, key=lambda one: valid[one][1], reverse=True):
            found = self._open(name, valid[name])
            if found is not None:
                return found
        return None

    def _tidy(self) -> None:
        """Remove all but the newest generations."""
        for name in sorted(self._validities())[:-_KEPT_GENERATIONS]:
            self._remove(name)

    def _open(self, name: str, validity: tuple[Instant, Instant]) -> CertifiedKey | None:
        """A key whose certificate is its own; None for one that cannot be opened, so that another is tried."""
        try:
            sealed = (self._folder / f"{name}.key").read_bytes()
            secret = (self._data / _SECRET).read_bytes()
            certificate = (self._folder / f"{name}.cer").read_bytes()
            key = load_pem_private_key(sealed, secret)
        except (OSError, ValueError, TypeError):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            return None
        if public_key_of(key) != public_key_of_certificate(load_certificate(certificate)):
            return None
        return CertifiedKey(name=name, key=key, certificate=certificate, not_before=validity[0], not_after=validity[1])

    def _validities(self) -> dict[str, tuple[Instant, Instant]]:
        found: dict[str, tuple[Instant, Instant]] = {}
        for path in self._folder.glob("*.cer"):
            with suppress(OSError, AbsahError):
                found[path.stem] = validity_of(load_certificate(path.read_bytes()))
        return found

    def _remove(self, name: str) -> None:
        for ending in (".key", ".csr", ".cer"):
            (self._folder / f"{name}{ending}").unlink(missing_ok=True)

    def _secret(self, rng: Rng) -> bytes:
        """The secret that seals the keys; made at the first need. Raises ResponderSecretMissing."""
        path = self._data / _SECRET
        try:
            if not path.exists():
                with suppress(ResponderSecretExists):
                    write_new_secret_file(path, rng.token(_SECRET_SIZE), ResponderSecretExists())
            return path.read_bytes()
        except OSError as error:
            raise ResponderSecretMissing(problem=error.strerror or "") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among the workers of the responder."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ResponderFolderUnusable(problem=error.strerror or "") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
