"""Bytes that somebody spoilt: read or refused with a code, never anything else."""

from collections.abc import Callable, Iterator

import pytest
from tests.unit.validation.path.making import (
    authority_key,
    basic,
    constraints,
    crl_bytes,
    directory,
    dns,
    email,
    inhibit_any,
    ip,
    issuing_point,
    line,
    line_issuer,
    made,
    mappings,
    name,
    names,
    number,
    point,
    points,
    policies,
    policy_constraints,
    purposes,
    reason,
    subject_key,
    uri,
    usage,
)

from absah.kernel.errors import AbsahError
from absah.pki import der
from absah.validation.path.certificate import read_certificate
from absah.validation.path.crl import read_list
from absah.validation.path.names import read_name

FULL = made(
    extensions=(
        basic(length=1),
        usage(5, 6),
        subject_key("a"),
        authority_key("b"),
        names(dns("a.example"), email("a@b.example"), uri("http://a.example"), ip(bytes(4)), directory(name("A"))),
        constraints(permitted=(dns("example"),), excluded=(ip(bytes(8)),)),
        policies("1.2.3", notice="n"),
        mappings(("1.2.3", "1.2.4")),
        policy_constraints(explicit=1, mapping=2),
        purposes("1.3.6.1.5.5.7.3.1"),
        points(point(full=(uri("http://a.example"),), reasons=der.implicit(1, b"\x06\x40"))),
        inhibit_any(1),
    )
)
LIST = crl_bytes(
    "Root",
    line(5, reason(1), line_issuer(directory(name("A")))),
    extensions=(number(1), issuing_point(der.implicit(4, b"\xff"))),
)


def spoilt(whole: bytes) -> Iterator[bytes]:
    for at, octet in enumerate(whole):
        for other in (octet ^ 1, octet ^ 0x80, 0x00, 0xFF):
            yield whole[:at] + bytes((other,)) + whole[at + 1 :]
        yield whole[:at]
        yield whole[:at] + whole[at + 1 :]


def _read_and_search(crl: bytes) -> object:
    return read_list(crl).find(5, read_name(name("A")))


@pytest.mark.parametrize(("whole", "read"), [(FULL, read_certificate), (LIST, _read_and_search)])
def test_every_spoilt_octet_is_read_or_refused_with_a_code(whole: bytes, read: Callable[[bytes], object]):
    refused = 0
    for broken in spoilt(whole):
        try:
            read(broken)
        except AbsahError:
            refused += 1
    assert refused > len(whole)
