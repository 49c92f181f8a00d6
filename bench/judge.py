"""Is it a signature at all? Asked of everybody's output once, ours included, before anything is measured."""

import hashlib
import hmac
import re
from typing import Final

from absah.kernel.errors import AbsahError
from absah.pki.algorithms import public_key_of
from absah.pki.cms import parse_signed_data, verify_signer_info
from bench.credentials import Holder
from bench.rows import PeerMissing

_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def require_fit(signed: bytes, original: bytes, holder: Holder) -> None:
    """The original stayed, the ByteRange ends with the file, digest and signature are right. Raises PeerMissing."""
    problem = _problem(signed, original, holder)
    if problem:
        raise PeerMissing(f"its output is no good: {problem}")


def _problem(signed: bytes, original: bytes, holder: Holder) -> str:
    if not signed.startswith(original.rstrip()):
        return "the original bytes did not stay"
    found = list(_RANGE.finditer(signed))
    if not found:
        return "no ByteRange"
    first, second, last = (int(number) for number in found[-1].groups())
    if second + last != len(signed):
        return "the ByteRange does not end with the file"
    covered = hashlib.sha256(signed[:first] + signed[second:]).digest()
    try:
        cms = parse_signed_data(bytes.fromhex(signed[first + 1 : second - 1].decode("ascii")))
        signer = cms.signers[0]
        verify_signer_info(signer, public_key_of(holder.key))
    except (AbsahError, ValueError) as refusal:
        return str(refusal)[:100]
    attributes = signer.attributes
    if attributes is None or not hmac.compare_digest(attributes.message_digest, covered):
        return "another digest"
    return ""
