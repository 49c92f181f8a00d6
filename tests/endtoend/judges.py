"""Outside judges of signed PDFs: poppler, qpdf, openssl, pyHanko. Each raises AssertionError with its own words."""

import re
import subprocess
from pathlib import Path

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def pdfsig(document: Path) -> int:
    """How many signatures poppler calls valid."""
    told = subprocess.run(["pdfsig", "-nocert", document], capture_output=True, text=True, check=False).stdout
    assert "Signature is Invalid" not in told, told
    return told.count("Signature is Valid")


def qpdf(document: Path) -> None:
    told = subprocess.run(["qpdf", "--check", document], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def openssl_cms(document: Path, folder: Path) -> int:
    """Verifies each CMS over its covered bytes; how many there were (time-stamps not counted)."""
    whole = document.read_bytes()
    verified = 0
    for number, found in enumerate(re.finditer(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", whole)):
        first, length, second, rest = map(int, found.groups())
        padded = bytes.fromhex(whole[first + length + 1 : second - 1].decode())
        message = cms.ContentInfo.load(padded)
        if message["content"]["encap_content_info"]["content_type"].native != "data":
            continue
        signature, covered = folder / f"{number}.cms", folder / f"{number}.bin"
        signature.write_bytes(message.dump())
        covered.write_bytes(whole[first : first + length] + whole[second : second + rest])
        told = subprocess.run(
            [
                *("openssl", "cms", "-verify", "-inform", "DER", "-in", signature, "-content", covered),
                *("-binary", "-noverify", "-out", "/dev/null"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        verified += 1
    return verified


def pyhanko(document: Path, root: Path) -> int:
    """How many signatures pyHanko finds intact, valid and trusted."""
    from asn1crypto.x509 import Certificate

    trusted = 0
    with document.open("rb") as source:
        reader = PdfFileReader(source)
        for signature in reader.embedded_regular_signatures:
            context = ValidationContext(trust_roots=[Certificate.load(root.read_bytes())], allow_fetching=False)
            status = validate_pdf_signature(signature, context)
            assert status.intact, status.summary()
            assert status.valid, status.summary()
            assert status.trusted, status.pretty_print_details()
            assert status.bottom_line, status.pretty_print_details()
            trusted += 1
    return trusted
