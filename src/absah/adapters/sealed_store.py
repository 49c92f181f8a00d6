"""Documents that rest encrypted, named by what they hold: kept once, readable with the keys of this instance only.

Each file is sealed with AES-256-GCM under the newest of `secrets/archive-1.key`, `archive-2.key`, …; all of them open.
A file's name is an HMAC of what it is called under the *first* key, so that a list of the folder does not tell which
known document lies there, and the same document is kept once however often the keys change.
"""

import hmac
import re
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from absah.adapters.files import DocumentNotKept, replace_file
from absah.adapters.sealed_shelf import Ticket
from absah.adapters.secret_files import write_new_secret_file
from absah.kernel.errors import NotFound, WrongState
from absah.kernel.rng import Rng
from absah.pki.algorithms import DigestAlgorithm

_KEY: Final = 32
_NONCE: Final = 12
_FIRST: Final = 1
_NAMED: Final = re.compile(r"archive-([1-9][0-9]{0,2})\.key")
_HIGHEST: Final = 255


class ArchiveKeyMissing(NotFound):
    """A key of the archive is not in the secrets folder, or is not a key. Parameter: file."""

    code = "register.archive-key-missing"


class ArchiveKeyExists(WrongState):
    """There is a key of the archive already: replacing it would lose every sealed document."""

    code = "register.archive-key-exists"


@final
class SealedStore:
    """The store in one folder. It hides its keys, and cannot be pickled."""

    __slots__ = ("_boxes", "_folder", "_names", "_newest", "_rng")

    def __init__(self, folder: Path, keys: dict[int, bytes], rng: Rng, /) -> None:
        if _FIRST not in keys or any(len(key) != _KEY for key in keys.values()):
            raise ArchiveKeyMissing(file=f"archive-{_FIRST}.key")
        self._folder = folder
        self._boxes = {version: AESGCM(hmac.digest(key, b"content", "sha256")) for version, key in keys.items()}
        self._newest = max(keys)
        self._names = hmac.digest(keys[_FIRST], b"names", "sha256")
        self._rng = rng

    def keep(self, document: bytes, /) -> str:
        """Keep a document. Returns its SHA-256, hexadecimal. Raises FileNotKept."""
        sha256 = DigestAlgorithm.SHA256.digest(document).hex()
        if not self._path_of(sha256).is_file():
            self.put(sha256, document)
        return sha256

    def read(self, sha256: str, /) -> bytes:
        """A kept document. Raises DocumentNotKept, also where the content is no longer what its name says."""
        document = self.get(sha256)
        if document is None or DigestAlgorithm.SHA256.digest(document).hex() != sha256:
            raise DocumentNotKept
        return document

    def forget(self, sha256: str, /) -> bool:
        """Destroy a document. False where there was none."""
        try:
            self._path_of(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def put(self, name: str, content: bytes, /) -> None:
        """Keep something under a name of its own, in place of what was there. Raises FileNotKept."""
        nonce = self._rng.token(_NONCE)
        head = bytes([self._newest])
        replace_file(
            self._path_of(name),
            head + nonce + self._boxes[self._newest].encrypt(nonce, content, name.encode()),
            mode=0o600,
        )

    def get(self, name: str, /) -> bytes | None:
        """What lies under a name; None where nothing does. Raises DocumentNotKept where it was altered."""
        try:
            sealed = self._path_of(name).read_bytes()
        except OSError:
            return None
        box = self._boxes.get(sealed[0]) if sealed else None
        if box is None:
            raise DocumentNotKept
        try:
            return box.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], name.encode())
        except InvalidTag:
            raise DocumentNotKept from None

    def ticket_for(self, name: str, /) -> Ticket:
        """A ticket of the shelf that only the holder of these keys can make again."""
        return Ticket(hmac.new(self._names, b"ticket " + name.encode(), "sha256").hexdigest())

    def _path_of(self, name: str) -> Path:
        hidden = hmac.new(self._names, name.encode(), "sha256").hexdigest()
        return self._folder / hidden[:2] / hidden

    def __repr__(self) -> str:
        return "SealedStore(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not to be pickled")


def load_archive_keys(secrets: Path, rng: Rng, /) -> dict[int, bytes]:
    """Every key of the archive. The first is made where there is none: nothing can be sealed under it yet."""
    found = _keys_in(secrets)
    if not found:
        with suppress(ArchiveKeyExists):  # another process was quicker
            write_new_secret_file(secrets / f"archive-{_FIRST}.key", rng.token(_KEY), ArchiveKeyExists())
        found = _keys_in(secrets)
    return found


def _keys_in(secrets: Path) -> dict[int, bytes]:
    return {
        int(named[1]): path.read_bytes()
        for path in sorted(secrets.glob("archive-*.key"))
        if (named := _NAMED.fullmatch(path.name)) and int(named[1]) <= _HIGHEST
    }
