"""Tree heads: the size and root of the log at a moment, signed by the key of the log, and stamped by somebody else.

What is signed are the canonical bytes of the head behind a line that names their purpose. What is time-stamped is the
SHA-256 of the signature (as RFC 3161 stamps of signatures do): the head was signed before that moment.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NewType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from absah.audit.merkle import Hash
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput, RuleBroken

LogId = NewType("LogId", str)

_PURPOSE: Final = b"absah tree head\n"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_LARGEST: Final = 2**53 - 1


class HeadForged(RuleBroken):
    """The signature of a tree head is not by the key of its log."""

    code = "audit.head-forged"


class HeadMalformed(BadInput):
    """This is no signed tree head. Parameter: problem."""

    code = "audit.head-malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """The first `size` entries of a log have this root."""

    log: LogId
    size: int
    root: Hash
    at: Instant

    @property
    def canonical(self) -> bytes:
        """The one way to write it down: JSON as entries of the ledger are written."""
        written = {"at": self.at.strftime(_MOMENT), "log": self.log, "root": self.root.hex(), "size": self.size, "v": 1}
        return json.dumps(written, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head with its signature (ECDSA on P-256 with SHA-256, DER), the key (SPKI) and a time-stamp token, or none."""

    head: TreeHead
    signature: bytes
    key: bytes
    timestamp: bytes = b""

    @property
    def imprint(self) -> bytes:
        """What a time-stamp of it covers."""
        return hashlib.sha256(self.signature).digest()

    def to_dict(self) -> dict[str, object]:
        """For a file."""
        return {
            "head": json.loads(self.head.canonical),
            "signature": encode(self.signature),
            "key": encode(self.key),
            "timestamp": encode(self.timestamp),
        }


def log_id(key: bytes, /) -> LogId:
    """The name of a log: SHA-256 of its public key (SPKI, DER), as RFC 6962 §3.2 has it."""
    return LogId(hashlib.sha256(key).hexdigest())


def public_key_bytes(key: ec.EllipticCurvePrivateKey, /) -> bytes:
    """SPKI, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign_head(key: ec.EllipticCurvePrivateKey, size: int, root: Hash, /, *, now: Instant) -> SignedHead:
    """Sign a head with the key of the log."""
    spki = public_key_bytes(key)
    head = TreeHead(log=log_id(spki), size=size, root=root, at=now)
    signature = key.sign(_PURPOSE + head.canonical, ec.ECDSA(hashes.SHA256()))
    return SignedHead(head=head, signature=signature, key=spki)


def check_head(signed: SignedHead, /) -> None:
    """Let pass or raise HeadForged. The key is the one in the head: whose it is, the caller has to know."""
    if log_id(signed.key) != signed.head.log:
        raise HeadForged
    try:
        key = load_der_public_key(signed.key)
    except (ValueError, UnsupportedAlgorithm):
        raise HeadForged from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise HeadForged
    try:
        key.verify(signed.signature, _PURPOSE + signed.head.canonical, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise HeadForged from None


def encode(data: bytes, /) -> str:
    """Bytes in a file."""
    return base64.b64encode(data).decode("ascii")


def decode(written: Any, /) -> bytes:
    """And back. Raises HeadMalformed."""
    try:
        return base64.b64decode(written, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise HeadMalformed(problem="base64") from None


def read_hash(written: Any, /) -> Hash:
    """64 hexadecimal digits. Raises HeadMalformed."""
    if not isinstance(written, str) or not _HEX.fullmatch(written):
        raise HeadMalformed(problem="hash")
    return Hash(bytes.fromhex(written))


def read_size(written: Any, /) -> int:
    """How many entries. Raises HeadMalformed."""
    if type(written) is not int or not 0 <= written <= _LARGEST:
        raise HeadMalformed(problem="size")
    return written


def parse_signed_head(written: Any, /) -> SignedHead:
    """From what `to_dict` wrote. The signature is not checked. Raises HeadMalformed."""
    try:
        head = written["head"]
        at = instant(datetime.strptime(head["at"], _MOMENT).replace(tzinfo=UTC))
        if head["v"] != 1 or set(head) != {"at", "log", "root", "size", "v"}:
            raise HeadMalformed(problem="version")
        log = LogId(read_hash(head["log"]).hex())
        value = TreeHead(log=log, size=read_size(head["size"]), root=read_hash(head["root"]), at=at)
        return SignedHead(
            head=value,
            signature=decode(written["signature"]),
            key=decode(written["key"]),
            timestamp=decode(written["timestamp"]),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise HeadMalformed(problem="shape") from None
