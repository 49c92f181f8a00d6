"""Lists as they are read: every kind, and every way to be none."""

from typing import Any

import pytest
from tests.unit.validation.path.making import (
    ECDSA_SHA256,
    base,
    crl,
    crl_bytes,
    directory,
    dns,
    extension,
    issuing_point,
    line,
    line_issuer,
    name,
    number,
    reason,
    uri,
)

from absah.pki import der
from absah.pki.revocation import RevocationReason
from absah.validation.path import crl as module
from absah.validation.path.crl import read_list
from absah.validation.path.extensions import Reasons
from absah.validation.path.names import read_name

ROOT = read_name(name("Root"))


def test_a_list_is_searched_by_serial_number():
    found = crl("Root", line(5), line(6, reason(1)), line(-1), number(3) and line(7))
    hit = found.find(6, ROOT)
    assert hit is not None
    assert (hit.serial, hit.reason, hit.issuer) == (6, RevocationReason.KEY_COMPROMISE, None)
    assert found.find(-1, ROOT) is not None
    assert found.find(-2, ROOT) is None
    assert found.find(99, ROOT) is None
    assert found.find(6, read_name(name("Other"))) is None
    assert crl().find(6, ROOT) is None


def test_an_indirect_list_names_the_issuer_until_it_names_another():
    found = crl(
        "Root",
        line(1),
        line(1, line_issuer(dns("x.example"), directory(name("A")))),
        line(2),
        line(2, line_issuer(directory(name("B")))),
        extensions=(issuing_point(der.implicit(4, b"\xff")),),
    )
    assert found.indirect
    a, b = read_name(name("A")), read_name(name("B"))
    for serial, issuer, listed in ((1, ROOT, True), (1, a, True), (2, a, True), (2, b, True), (1, b, False)):
        assert (found.find(serial, issuer) is not None) is listed


def test_extensions_say_what_a_list_covers():
    found = crl(
        extensions=(
            number(9),
            base(4),
            extension("2.5.29.35", der.sequence(der.implicit(0, b"id"))),
            issuing_point(
                der.explicit(0, der.explicit(0, uri("http://a.example/"))),
                der.implicit(1, b"\xff"),
                der.implicit(3, b"\x06\x40"),
            ),
            extension("2.25.7", der.null()),
        )
    )
    assert (found.number, found.base, found.not_understood) == (9, 4, False)
    assert found.authority_key is not None
    assert found.point is not None
    assert (found.point.only_users, found.point.only_authorities, found.point.only_attributes) == (True, False, False)
    assert found.point.reasons == Reasons.KEY_COMPROMISE
    assert found.point.full_name[0].value == "http://a.example/"
    rest = crl(extensions=(issuing_point(der.implicit(2, b"\xff"), der.implicit(5, b"\xff")),)).point
    assert rest is not None
    assert (rest.only_authorities, rest.only_attributes) == (True, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"extensions": (extension("2.25.7", der.null(), critical=True),)},
        {"extensions": (number(1, critical=True),)},
        {"lines": (line(1), line(2, extension("2.25.7", der.null(), critical=True)))},
    ],
)
def test_what_is_critical_and_strange_spoils_a_list(fields: dict[str, Any]):
    assert crl("Root", *fields.pop("lines", ()), **fields).not_understood


def test_what_is_strange_but_not_critical_does_not():
    dated = extension("2.5.29.24", der.generalized_time(crl().this_update))
    assert not crl(
        "Root", line(1, extension("2.25.7", der.null()), dated, line_issuer(directory(name("A"))))
    ).not_understood


def test_old_lists_have_no_version_and_no_end():
    found = crl(version=0, next_update=None)
    assert (found.next_update, found.number, found.point) == (None, None, None)


@pytest.mark.parametrize(
    "broken",
    [
        b"no list",
        crl_bytes() + b"\x00",
        crl_bytes(version=0, extensions=(number(1),)),
        crl_bytes(version=2, extensions=(number(1),)),
        crl_bytes(extensions=(number(1), number(2))),
    ],
)
def test_what_is_no_list_is_refused(broken: bytes):
    with pytest.raises(der.DerMalformed):
        read_list(broken)


def test_a_broken_line_is_refused_when_it_is_met():
    for wrong in (line(5, reason(7)), line(5, extension("2.5.29.29", der.sequence(dns("a.example"))))):
        with pytest.raises(der.DerMalformed):
            crl("Root", wrong, line(6)).find(6, ROOT)


def test_a_list_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MAXIMUM_SIZE", 10)
    with pytest.raises(der.DerTooLarge):
        read_list(crl_bytes("Root", line(123456)))


def test_a_signature_with_unused_bits_or_two_algorithms_is_none():
    whole = der.Reader(crl_bytes(), "CRL").read(der.SEQUENCE).reader()
    tbs = whole.read(der.SEQUENCE).encoded
    assert read_list(der.sequence(tbs, ECDSA_SHA256, der.bit_string(b"\x80", unused=1))).signature == b""
    other = der.sequence(der.oid("1.2.840.10045.4.3.3"))
    assert read_list(der.sequence(tbs, other, der.bit_string(b"\x80"))).signature_algorithm is None
