"""Lists of any length: begun, grown, signed; and given up when something is wrong."""

from datetime import timedelta

import pytest
from tests.fixtures_pki import NOW
from tests.fixtures_signer import CA, TSA, enrol_services

from absah.adapters.signer import wire
from absah.adapters.signer.errors import CrlDraftUnknown, IssuerForeign, KindRefused, MessageRefused, SignerBusy
from absah.adapters.signer.wire_plans import CrlHeaderOnWire
from absah.kernel.clock import instant
from absah.pki.algorithms import SignatureInvalid
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.crl import parse_crl
from absah.pki.crl_building import CrlAssembler, CrlHeader, CrlPlanRefused, pack_entry

WEEK = instant(NOW + timedelta(days=7))
SECONDS = int(NOW.timestamp())


@pytest.fixture
def staffed(house):
    enrol_services(house)
    return house


def header(house, **changes) -> CrlHeader:
    values = {"issuer_der": house.certificate(CA), "number": 9, "this_update": NOW, "next_update": WEEK}
    return CrlHeader(**(values | changes))


def chunk(first: int, count: int) -> bytes:
    return b"".join(pack_entry(serial, SECONDS, 1) for serial in range(first, first + count))


def test_a_list_that_came_in_parts_is_signed_as_a_whole_and_noted_once(staffed) -> None:
    desk, ours = staffed.service.lists, CrlAssembler(header(staffed))
    token = desk.begin(CA, header(staffed))
    for first in (1, 501, 5_000):
        desk.append(token, chunk(first, 500))
        ours.add(chunk(first, 500))

    listed = parse_crl(ours.finish(desk.finish(token)))

    assert (len(listed), listed.number) == (1500, 9)
    listed.verify(public_key_of_certificate(load_certificate(staffed.certificate(CA))))
    assert staffed.journal()[-1] == (CA, "issue-crl", "9:1500", "", "", "done")
    with pytest.raises(CrlDraftUnknown):
        desk.finish(token)


def test_a_signature_over_another_list_does_not_hold_for_ours(staffed) -> None:
    desk = staffed.service.lists
    token = desk.begin(CA, header(staffed))
    desk.append(token, chunk(1, 3))
    ours = CrlAssembler(header(staffed))
    ours.add(chunk(1, 2))

    with pytest.raises(SignatureInvalid):
        ours.finish(desk.finish(token))


@pytest.mark.parametrize(
    "wrong",
    [
        chunk(5, 1) + chunk(5, 1),
        chunk(5, 1) + chunk(4, 1),
        chunk(0, 1),
        pack_entry(5, SECONDS + 1, 1),
        pack_entry(5, -1, 1),
        pack_entry(5, SECONDS, 8),
        pack_entry(5, SECONDS, 7),
        chunk(5, 1)[:-1],
    ],
)
def test_a_wrong_entry_is_refused_and_the_list_given_up(staffed, wrong: bytes) -> None:
    desk = staffed.service.lists
    token = desk.begin(CA, header(staffed))

    with pytest.raises(CrlPlanRefused):
        desk.append(token, wrong)
    with pytest.raises(CrlDraftUnknown):
        desk.append(token, chunk(9, 1))


def test_only_the_authority_itself_has_lists_and_they_are_forgotten_after_five_minutes(staffed) -> None:
    desk = staffed.service.lists
    with pytest.raises(KindRefused):
        desk.begin(TSA, header(staffed))
    with pytest.raises(IssuerForeign):
        desk.begin(CA, header(staffed, issuer_der=staffed.root.certificate))

    tokens = [desk.begin(CA, header(staffed)) for _ in range(4)]
    with pytest.raises(SignerBusy):
        desk.begin(CA, header(staffed))
    staffed.clock.advance(timedelta(minutes=5, seconds=1))
    assert desk.begin(CA, header(staffed)) not in tokens
    with pytest.raises(CrlDraftUnknown):
        desk.append(tokens[0], chunk(1, 1))


def test_a_header_travels_whole_and_an_address_that_is_not_ascii_is_refused(staffed) -> None:
    whole = header(staffed, distribution_point="http://x.example/1.crl", expired_since=NOW)
    message = wire.BeginCrl(issuer=CA, header=CrlHeaderOnWire.write(whole))
    read = wire.parse_request(wire.write_message(message))

    assert isinstance(read, wire.BeginCrl)
    assert read.header.read() == whole
    with pytest.raises(MessageRefused):
        read.header.model_copy(update={"distribution_point": "http://ä.example/"}).read()
