"""Documents to sign, each another, and a strict look at what was signed: one signature, over these very bytes."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.documents import agreement, page_with

from absah.kernel.errors import AbsahError
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import parse_signed_data, verify_signer_info

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_MARK = b"dokumen 000000"


def many_documents(folder: Path, count: int, /) -> None:
    """So many PDF files in a folder and one below it: two shapes, all of different content."""
    template = page_with(f"BT /F1 12 Tf 72 200 Td ({_MARK.decode()}) Tj ET", pages=3, compress_streams=False)
    if _MARK not in template:
        raise ValueError("the mark was compressed away")
    typeset = agreement(None)
    for number in range(count):
        path = folder / ("lampiran" if number % 5 == 0 else "") / f"{number:06}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % 10 == 0:
            path.write_bytes(typeset + b"\n" * (number + 1))
        else:
            path.write_bytes(template.replace(_MARK, b"dokumen %06d" % number))


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """The digest that the signature covers, and the hash of the whole file."""

    digest: bytes
    sha256: str


def signature_in(document: bytes, original: bytes, /) -> FoundSignature:
    """The one signature of a document that was appended to `original`. Raises ValueError, which says what is wrong."""
    if not document.startswith(original):
        raise ValueError("the original is not in front")
    ranges = _RANGE.findall(document, len(original))
    if len(ranges) != 1:
        raise ValueError(f"{len(ranges)} signatures")
    first, length, second, rest = map(int, ranges[0])
    if (first, second + rest) != (0, len(document)):
        raise ValueError("the signature does not cover the file")
    contents = bytes.fromhex(document[length + 1 : second - 1].decode("ascii"))
    covered = document[:length] + document[second:]
    try:
        cms = parse_signed_data(contents)
        (signer,) = cms.signers
        certificate = cms.certificate_of(signer)
        if certificate is None or signer.attributes is None:
            raise ValueError("the signature is incomplete")
        verify_signer_info(signer, public_key_of_certificate(load_certificate(certificate)))
    except AbsahError as error:
        raise ValueError(f"the signature is wrong: {error.code}") from error
    digest = signer.digest.digest(covered)
    if signer.attributes.message_digest != digest:
        raise ValueError("the signature is for other bytes")
    return FoundSignature(digest, hashlib.sha256(document).hexdigest())
