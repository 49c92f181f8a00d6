"""Keys of logs (ECDSA on P-256 with SHA-256), and how one is handed over to the next.

A handover names both keys, and the size and root of the log at that moment: the old key says so, the new one agrees,
and after it the old one signs nothing any more. Whoever pinned the old key follows the handovers that a head carries to
the key that signed it; a key that nobody announced, or one used after it was handed over, convinces nobody.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NewType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from absah.audit.fields import MOMENT, HeadMalformed, decode, encode, read_hash, read_moment, read_size
from absah.audit.merkle import Hash
from absah.kernel.clock import Instant
from absah.kernel.errors import RuleBroken

LogId = NewType("LogId", str)

_PURPOSE: Final = b"absah log key\n"
_MOST: Final = 64  # handovers in a file: a key a year for a lifetime


class HeadForged(RuleBroken):
    """The signature of a tree head is not by the key of its log."""

    code = "audit.head-forged"


class HandoverForged(RuleBroken):
    """What is said to lead from an older key of the log to this one does not."""

    code = "audit.handover-forged"


def log_id(key: bytes, /) -> LogId:
    """The name of a log: SHA-256 of its public key (SPKI, DER), as RFC 6962 §3.2 has it."""
    return LogId(hashlib.sha256(key).hexdigest())


def public_key_bytes(key: ec.EllipticCurvePrivateKey, /) -> bytes:
    """SPKI, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes, /) -> bytes:
    """A signature, DER."""
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def is_signed(spki: bytes, signature: bytes, message: bytes, /) -> bool:
    """Whether this key, which has to be one on P-256, signed the message."""
    try:
        key = load_der_public_key(spki)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            return False
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Another key signs heads from now on; the log has `size` entries under `root`. Keys are SPKI, DER."""

    at: Instant
    size: int
    root: Hash
    old_key: bytes
    new_key: bytes
    by_old: bytes
    by_new: bytes

    @property
    def before(self) -> LogId:
        """The name that the log had."""
        return log_id(self.old_key)

    @property
    def after(self) -> LogId:
        """The name that it has now."""
        return log_id(self.new_key)

    def to_dict(self) -> dict[str, object]:
        """For a file."""
        return {
            "handover": json.loads(_statement(self.before, self.after, self.size, self.root, self.at)),
            "old_key": encode(self.old_key),
            "new_key": encode(self.new_key),
            "by_old": encode(self.by_old),
            "by_new": encode(self.by_new),
        }


def _statement(before: LogId, after: LogId, size: int, root: Hash, at: Instant) -> bytes:
    """What both keys sign: JSON with sorted keys and no white space, as a head is written."""
    written = {
        "after": after,
        "at": at.strftime(MOMENT),
        "before": before,
        "root": root.hex(),
        "size": size,
        "v": 1,
    }
    return json.dumps(written, sort_keys=True, separators=(",", ":")).encode()


def hand_over(
    old: ec.EllipticCurvePrivateKey, new: ec.EllipticCurvePrivateKey, size: int, root: Hash, /, *, now: Instant
) -> Handover:
    """Have both keys sign that the second follows the first."""
    old_key, new_key = public_key_bytes(old), public_key_bytes(new)
    message = _PURPOSE + _statement(log_id(old_key), log_id(new_key), size, root, now)
    return Handover(
        at=now,
        size=size,
        root=root,
        old_key=old_key,
        new_key=new_key,
        by_old=sign(old, message),
        by_new=sign(new, message),
    )


def check_handover(one: Handover, /) -> None:
    """Let pass or raise HandoverForged."""
    message = _PURPOSE + _statement(one.before, one.after, one.size, one.root, one.at)
    if not is_signed(one.old_key, one.by_old, message) or not is_signed(one.new_key, one.by_new, message):
        raise HandoverForged


def check_handovers(chain: Sequence[Handover], log: LogId, size: int, /) -> None:
    """Each goes on from the one before, and the last leads to the log of a head over so many entries.

    Raises HandoverForged.
    """
    for one in chain:
        check_handover(one)
    if any(one.after != other.before or one.size > other.size for one, other in pairwise(chain)):
        raise HandoverForged
    if chain and (chain[-1].after != log or chain[-1].size > size):
        raise HandoverForged


def leads_from(chain: Sequence[Handover], log: LogId, /) -> bool:
    """Whether a chain that was checked leads from this log's key to its last."""
    return any(one.before == log for one in chain)


def parse_handovers(written: Any, /) -> tuple[Handover, ...]:
    """From what `to_dict` wrote. Signatures are not checked. Raises HeadMalformed."""
    if not isinstance(written, list) or len(written) > _MOST:
        raise HeadMalformed(problem="handovers")
    return tuple(map(_parsed, written))


def _parsed(written: Any) -> Handover:
    try:
        said = written["handover"]
        found = Handover(
            at=read_moment(said["at"]),
            size=read_size(said["size"]),
            root=read_hash(said["root"]),
            old_key=decode(written["old_key"]),
            new_key=decode(written["new_key"]),
            by_old=decode(written["by_old"]),
            by_new=decode(written["by_new"]),
        )
    except (TypeError, KeyError):
        raise HeadMalformed(problem="handovers") from None
    if json.dumps(said, sort_keys=True) != json.dumps(
        found.to_dict()["handover"]
    ):  # the names are those of the keys, and nothing else was said
        raise HeadMalformed(problem="handovers")
    return found
