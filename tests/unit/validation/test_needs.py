"""What is missing, and where the certificates say it can be had."""

from dataclasses import replace

import pytest
from tests.fixtures_pki import NOW, Pki
from tests.unit.validation.samples import (
    SIGNER,
    after,
    context,
    document,
    document_stamp,
    make_cms,
    make_crl,
    odd,
    signature,
    stamped,
)

from absah.kernel.errors import AbsahError
from absah.validation.context import ValidationContext
from absah.validation.evidence import SignatureFacts
from absah.validation.needs import Needs, find_needs
from absah.validation.trust import TrustAnchors


def missing(*signatures: SignatureFacts, **changes: object) -> Needs:
    return find_needs(document(*signatures), context(**changes))


def test_nothing_is_missing_where_everything_is_at_hand():
    assert missing(signature(stamped(make_cms()))) == Needs()


def test_a_status_nobody_knows_is_asked_for_at_the_addresses_of_its_certificate(pki: Pki):
    needs = missing(signature(), crls=())
    person, issuing = needs.statuses
    assert (person.certificate, person.issuer) == (pki.person.certificate, pki.issuing.certificate)
    assert all(address.startswith("http://pki.absah.example/") for address in (*person.lists, *person.responders))
    assert person.lists
    assert (issuing.certificate, issuing.issuer) == (pki.issuing.certificate, pki.root.certificate)
    assert [one.certificate for one in missing(signature(), crls=(make_crl(pki.root),)).statuses] == [
        person.certificate
    ]


def test_time_stamping_units_are_asked_about_too(pki: Pki):
    for one in (signature(stamped(make_cms())), document_stamp()):
        assert pki.tsa.certificate in {need.certificate for need in missing(one, crls=()).statuses}


def test_an_issuer_nobody_knows_is_asked_for(pki: Pki):
    (need,) = missing(signature(), anchors=TrustAnchors(name="none", taken_at=NOW)).issuers
    assert need.certificate == pki.issuing.certificate
    assert need.addresses


def test_what_ended_or_names_no_address_is_not_asked_about(pki: Pki):
    assert missing(signature(), crls=(make_crl(pki.root, days=9999),), now=after(days=3000)).statuses == ()
    silent = odd(SIGNER, pki.issuing)
    assert silent.certificate not in {one.certificate for one in missing(signature(make_cms(silent)), crls=()).statuses}


def test_what_cannot_be_read_is_left_out(pki: Pki):
    from absah.pki.cms import with_signature_timestamp

    broken = with_signature_timestamp(make_cms(), b"\x30\x00")
    for cms in (b"", broken, make_cms(certificates=False), stamped(make_cms(), certificates=False)):
        try:
            missing(signature(cms), crls=())
        except AbsahError as problem:
            pytest.fail(problem.code)
    assert missing(signature(b"")) == Needs()


def test_more_in_the_register_is_each_piece_once(pki: Pki):
    from absah.validation.evidence import Material

    one = ValidationContext.without_anchors(now=NOW).also(Material(crls=(b"a", b"a"), ocsps=(b"b",)))
    again = one.also(Material(crls=(b"a",), certificates=(b"c",)))
    assert (again.crls, again.ocsps, again.certificates) == ((b"a",), (b"b",), (b"c",))
    assert replace(again, crls=()).register.crls == ()
