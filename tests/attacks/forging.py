"""Attacks on the signature itself: what is missing from it, what it covers, whose certificate it carries.

Universal signature forgery (USF) and signature wrapping (SWA) are from "1 Trillion Dollar Refund" (CCS 2019).
"""

import re

from asn1crypto import cms as asn1_cms

from tests.attacks.writing import byte_range

_WIDTH = re.compile(rb"/ByteRange\s*\[[^\]]*\]")


def without_contents(document: bytes) -> bytes:
    """USF: the dictionary has no /Contents."""
    return document.replace(b"/Contents <", b"/Cantents <")


def empty_contents(document: bytes) -> bytes:
    """USF: the signature is a row of zeros."""
    _, hole, resume, _ = byte_range(document)
    return document[: hole + 1] + b"0" * (resume - hole - 2) + document[resume - 1 :]


def without_byte_range(document: bytes) -> bytes:
    """USF: the dictionary has no /ByteRange."""
    return document.replace(b"/ByteRange", b"/BiteRange")


def null_byte_range(document: bytes) -> bytes:
    """USF: the /ByteRange is null."""
    return _range(document, b"null")


def negative_byte_range(document: bytes) -> bytes:
    """USF: a negative number in the /ByteRange."""
    return _range(document, b"[0 -1 -1 0]")


def short_byte_range(document: bytes) -> bytes:
    """USF: two numbers where four belong."""
    _, hole, _, _ = byte_range(document)
    return _range(document, b"[0 %d]" % hole)


def overlapping_byte_range(document: bytes) -> bytes:
    """The two stretches overlap: nothing is left out, the signature would cover itself."""
    return _range(document, b"[0 %d %d %d]" % (len(document) // 2, len(document) // 4, len(document) // 4))


def late_byte_range(document: bytes) -> bytes:
    """The range does not begin with the file: the header and first objects are not covered."""
    _, hole, resume, rest = byte_range(document)
    return _range(document, b"[20 %d %d %d]" % (hole - 20, resume, rest))


def twice_byte_range(document: bytes) -> bytes:
    """SWA: a second /ByteRange, in the space that the signature leaves free; readers differ in which of them counts."""
    _, hole, resume, rest = byte_range(document)
    value = document[hole:resume].rstrip(b"0>").ljust(8192, b"0") + b">"
    second = b" /ByteRange [0 %d %d %d] /Kept " % (hole, hole + len(value), rest)
    filler = b"(" + b" " * (resume - hole - len(value) - len(second) - 2) + b")"
    return document[:hole] + value + second + filler + document[resume:]


def filled_hole(document: bytes) -> bytes:
    """SWA: objects of the attacker between the two stretches, behind the signature value."""
    _, hole, resume, _ = byte_range(document)
    value = document[hole:resume].rstrip(b"0>").ljust(8192, b"0") + b">"
    evil = b" >> endobj 4 0 obj << /Length 2 >> stream\nBT ET\nendstream endobj 999 0 obj << /Kept ("
    filler = b" " * (resume - hole - len(value) - len(evil) - 1) + b")"
    return document[:hole] + value + evil + filler + document[resume:]


def moved_second_part(document: bytes) -> bytes:
    """SWA: the second stretch is moved to the end, and objects of the attacker stand before it."""
    _, hole, resume, rest = byte_range(document)
    evil = b"\n4 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n"
    moved = document[:resume] + evil + document[resume:]
    return _range(moved, b"[0 %d %d %d]" % (hole, resume + len(evil), rest))


def _range(document: bytes, written: bytes) -> bytes:
    """Another /ByteRange in the same space."""
    found = _WIDTH.search(document)
    assert found is not None
    new = b"/ByteRange " + written
    assert len(new) <= len(found[0]) + 40
    if len(new) > len(found[0]):
        return document[: found.start()] + new + document[found.end() :]
    return document[: found.start()] + new.ljust(len(found[0])) + document[found.end() :]


def other_certificate(document: bytes, certificate: bytes) -> bytes:
    """Another certificate in the place of the signer's: somebody else's name over the same value."""
    _, hole, resume, _ = byte_range(document)
    content = asn1_cms.ContentInfo.load(bytes.fromhex(document[hole + 1 : resume - 1].decode().rstrip("0") + "00"))
    signed = content["content"]
    wanted = signed["signer_infos"][0]["sid"].chosen
    kept = [
        choice.chosen
        for choice in signed["certificates"]
        if choice.chosen.serial_number != wanted["serial_number"].native
    ]
    kept.append(asn1_cms.Certificate.load(certificate))
    signed["certificates"] = asn1_cms.CertificateSet([asn1_cms.CertificateChoices("certificate", one) for one in kept])
    value = content.dump(force=True).hex().encode()
    return document[: hole + 1] + value.ljust(resume - hole - 2, b"0") + document[resume - 1 :]
