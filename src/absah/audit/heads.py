"""Tree heads: the size and root of the log at a moment, signed by the key of the log, and stamped by somebody else.

What is signed are the canonical bytes of the head behind a line that names their purpose. What is time-stamped is the
SHA-256 of the signature (as RFC 3161 stamps of signatures do): the head was signed before that moment.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from absah.audit.fields import MOMENT, HeadMalformed, decode, encode, read_hash, read_moment, read_size
from absah.audit.log_keys import (
    Handover,
    HeadForged,
    LogId,
    check_handovers,
    is_signed,
    log_id,
    parse_handovers,
    public_key_bytes,
    sign,
)
from absah.audit.merkle import Hash
from absah.kernel.clock import Instant

_PURPOSE: Final = b"absah tree head\n"


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
        written = {"at": self.at.strftime(MOMENT), "log": self.log, "root": self.root.hex(), "size": self.size, "v": 1}
        return json.dumps(written, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head with its signature (DER), the key (SPKI), a time-stamp token or none, and how the log came to this key."""

    head: TreeHead
    signature: bytes
    key: bytes
    timestamp: bytes = b""
    handovers: tuple[Handover, ...] = ()

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
            "handovers": [one.to_dict() for one in self.handovers],
        }


def sign_head(key: ec.EllipticCurvePrivateKey, size: int, root: Hash, /, *, now: Instant) -> SignedHead:
    """Sign a head with the key of the log."""
    spki = public_key_bytes(key)
    head = TreeHead(log=log_id(spki), size=size, root=root, at=now)
    return SignedHead(head=head, signature=sign(key, _PURPOSE + head.canonical), key=spki)


def check_head(signed: SignedHead, /) -> None:
    """Let pass or raise HeadForged, HandoverForged. Whose key the one in the head is, the caller has to know."""
    head = signed.head
    if log_id(signed.key) != head.log or not is_signed(signed.key, signed.signature, _PURPOSE + head.canonical):
        raise HeadForged
    check_handovers(signed.handovers, head.log, head.size)


def parse_signed_head(written: Any, /) -> SignedHead:
    """From what `to_dict` wrote. The signature is not checked. Raises HeadMalformed."""
    try:
        head = written["head"]
        at = read_moment(head["at"])
        if head["v"] != 1 or set(head) != {"at", "log", "root", "size", "v"}:
            raise HeadMalformed(problem="version")
        log = LogId(read_hash(head["log"]).hex())
        value = TreeHead(log=log, size=read_size(head["size"]), root=read_hash(head["root"]), at=at)
        return SignedHead(
            head=value,
            signature=decode(written["signature"]),
            key=decode(written["key"]),
            timestamp=decode(written["timestamp"]),
            handovers=parse_handovers(written.get("handovers", [])),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
        raise HeadMalformed(problem="shape") from None
