"""Certificates, lists, OCSP answers and time-stamps, each by the key of its kind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures_pki import ISSUING_NAME, NOW, PERSON_NAME, TSA_NAME, new_key
from tests.fixtures_signer import CA, OCSP, PERSON, TSA, digest_of, enrol_services, order_for

from absah.adapters.key_vault import ByService, StoredKey, generate_software_key
from absah.adapters.signer.errors import CertificateExpired, CredentialRevoked, IssuerForeign, KindRefused
from absah.adapters.signer.records import KeyKind
from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, key_algorithm_of, public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate, serial_of
from absah.pki.crl import CrlPlan, RevokedEntry, parse_crl
from absah.pki.issuance import SerialRefused
from absah.pki.ocsp import OcspPlan, SingleStatus, cert_id_for, parse_ocsp_response
from absah.pki.requests import parse_certificate_request
from absah.pki.revocation import Good, RevocationReason
from absah.pki.tsp import (
    TimestampRejected,
    TimestampRequest,
    build_timestamp_request,
    parse_timestamp_response,
    parse_timestamp_token,
    verify_timestamp_token,
)
from absah.signing.ports import CredentialId, CredentialState

IMPRINT = digest_of("to be stamped")
REQUEST = TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=IMPRINT, nonce=7)


@pytest.fixture
def staffed(house):
    enrol_services(house)
    return house


def crl_plan(house, **changes):
    entry = RevokedEntry(serial=Serial(1 << 100), at=NOW, reason=RevocationReason.KEY_COMPROMISE)
    week = instant(NOW + timedelta(days=7))
    plan = CrlPlan(issuer_der=house.certificate(CA), number=1, this_update=NOW, next_update=week, entries=(entry,))
    return replace(plan, **changes)


def ocsp_plan(house, **changes):
    issuer, person = house.certificate(CA), load_certificate(house.certificate(PERSON))
    single = SingleStatus(
        cert_id=cert_id_for(issuer, serial_of(person), DigestAlgorithm.SHA1),
        status=Good(),
        this_update=NOW,
        next_update=None,
    )
    plan = OcspPlan(responder_der=house.certificate(OCSP), produced_at=NOW, responses=(single,), nonce=b"nonce")
    return replace(plan, **changes)


def test_a_list_is_signed_by_the_issuer(staffed):
    plan = crl_plan(staffed)
    listed = parse_crl(staffed.service.services.issue_crl(CA, plan))
    listed.verify(public_key_of_certificate(load_certificate(staffed.certificate(CA))))
    assert tuple(listed) == plan.entries
    assert staffed.journal()[-1] == (CA, "issue-crl", "1", "", "", "done")


def test_an_ocsp_answer_is_signed_by_the_responder(staffed):
    answer = parse_ocsp_response(staffed.service.services.ocsp_response(OCSP, ocsp_plan(staffed)))
    answer.verify(public_key_of_certificate(load_certificate(staffed.certificate(OCSP))))
    assert answer.nonce == b"nonce"


def test_a_time_stamp_is_over_the_imprint_and_carries_the_nonce(staffed):
    response = staffed.service.services.timestamp(TSA, build_timestamp_request(REQUEST))
    token = parse_timestamp_token(parse_timestamp_response(response))
    assert verify_timestamp_token(token, IMPRINT) == staffed.certificate(TSA)
    assert (token.info.nonce, token.info.time) == (7, NOW)
    assert token.info.policy == oids.TEST_TIMESTAMP_POLICY


def test_every_time_stamp_has_its_own_serial_number_of_128_bits_and_a_line_in_the_journal(staffed):
    responses = [staffed.service.services.timestamp(TSA, build_timestamp_request(REQUEST)) for _ in range(5)]
    serials = {parse_timestamp_token(parse_timestamp_response(one)).info.serial for one in responses}
    assert {serial.bit_length() for serial in serials} == {127}
    subjects = {row[2] for row in staffed.journal() if row[1] == "timestamp"}
    assert subjects == {f"{serial:x}:{IMPRINT.hex()}" for serial in serials}


def test_many_time_stamps_are_one_errand_and_each_has_its_line_in_the_journal(staffed):
    wanted = [replace(REQUEST, imprint=bytes([number]) * 32, nonce=number) for number in range(1, 4)]
    requests = tuple(map(build_timestamp_request, wanted))
    answers = staffed.service.services.timestamps(TSA, (requests[0], b"noise", *requests[1:]))
    with pytest.raises(TimestampRejected):
        parse_timestamp_response(answers[1])
    tokens = [parse_timestamp_token(parse_timestamp_response(answers[place])) for place in (0, 2, 3)]
    assert [token.info.nonce for token in tokens] == [1, 2, 3]
    for token, request in zip(tokens, wanted, strict=True):
        verify_timestamp_token(token, request.imprint)
    journal = [row for row in staffed.journal() if row[1] == "timestamp"]
    assert [row[2] for row in journal] == [f"{token.info.serial:x}:{token.info.imprint.hex()}" for token in tokens]
    assert {row[-1] for row in journal} == {"done"}


def test_nothing_but_bad_requests_touches_no_key(staffed):
    before = staffed.journal()
    answers = staffed.service.services.timestamps(TSA, (b"noise", b"more noise"))
    assert len(answers) == 2
    assert staffed.journal() == before


@pytest.mark.parametrize(
    ("request_der", "failure"),
    [
        (b"noise", "bad_data_format"),
        (
            build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA1, imprint=bytes(20))),
            "bad_algorithm",
        ),
        (build_timestamp_request(replace(REQUEST, policy="1.3.6.1.4.1.32473.7")), "unaccepted_policy"),
    ],
)
def test_a_request_that_cannot_be_served_is_rejected_in_the_words_of_the_norm(staffed, request_der, failure):
    with pytest.raises(TimestampRejected) as rejected:
        parse_timestamp_response(staffed.service.services.timestamp(TSA, request_der))
    assert rejected.value.parameters["failure"] == failure


def test_a_key_does_the_work_of_its_kind_and_no_other(staffed):
    desk = staffed.service.services
    order = order_for("individual-signer", PERSON_NAME, public_key_of(new_key()), staffed.certificate(CA), NOW)
    for name in (PERSON, TSA, OCSP):
        with pytest.raises(KindRefused):
            desk.issue_certificate(name, order)
        with pytest.raises(KindRefused):
            desk.issue_crl(name, crl_plan(staffed))
    for name in (PERSON, TSA, CA):
        with pytest.raises(KindRefused):
            desk.ocsp_response(name, ocsp_plan(staffed))
    for name in (PERSON, OCSP, CA):
        with pytest.raises(KindRefused):
            desk.timestamp(name, build_timestamp_request(REQUEST))


def test_an_order_that_names_another_issuer_is_refused(staffed):
    desk = staffed.service.services
    order = order_for("individual-signer", PERSON_NAME, public_key_of(new_key()), staffed.certificate(CA), NOW)
    for issuer in (None, staffed.root.certificate):
        with pytest.raises(IssuerForeign):
            desk.issue_certificate(CA, replace(order, issuer=issuer))
    with pytest.raises(IssuerForeign):
        desk.issue_crl(CA, crl_plan(staffed, issuer_der=staffed.root.certificate))
    with pytest.raises(IssuerForeign):
        desk.ocsp_response(OCSP, ocsp_plan(staffed, responder_der=staffed.certificate(TSA)))


def test_an_order_that_breaks_a_rule_never_reaches_the_key(staffed):
    before = staffed.journal()
    order = order_for("individual-signer", PERSON_NAME, public_key_of(new_key()), staffed.certificate(CA), NOW)
    with pytest.raises(SerialRefused):
        staffed.service.services.issue_certificate(CA, replace(order, serial=Serial(7)))
    assert staffed.journal() == before


def test_an_expired_service_stops_working(staffed):
    staffed.clock.advance(timedelta(days=10_000))
    with pytest.raises(CertificateExpired):
        staffed.service.services.timestamp(TSA, build_timestamp_request(REQUEST))


def test_a_key_of_a_service_works_for_longer_than_it_is_kept(staffed):
    for _ in range(4):
        staffed.clock.advance(timedelta(seconds=50))
        staffed.custody.drop_expired()
        response = staffed.service.services.timestamp(TSA, build_timestamp_request(REQUEST))
        assert parse_timestamp_response(response)
    assert key_algorithm_of(staffed.custody.credential(TSA).public_key) == "ec-p256"


class TokenHandle:
    """An opened key of a device."""

    def __init__(self, key):
        self.key = key

    def signing_key(self):
        return self.key

    def close(self):
        self.key = None


class Token:
    """A device that keeps its keys: what is stored here is a label."""

    def __init__(self):
        self.keys = {}

    def generate(self, algorithm, belonging, _protection):
        key = generate_software_key(algorithm)
        label = f"label of {belonging.credential}".encode()
        self.keys[label] = key
        return StoredKey(public_key=public_key_of(key), stored=label)

    def open(self, stored, _belonging, _protection):
        return TokenHandle(self.keys[stored])

    def protect_again(self, stored, _belonging, _protections):
        return stored

    def close(self):
        self.keys.clear()


def test_any_vault_fills_the_port_and_the_store_holds_only_what_it_said(staffed):
    staffed.custody.vault = Token()
    second_tsa = CredentialId("tsa-in-a-token")
    staffed.enrol(second_tsa, KeyKind.TSA, "tsa", TSA_NAME, ByService())
    response = staffed.service.services.timestamp(second_tsa, build_timestamp_request(REQUEST))
    assert parse_timestamp_response(response)
    assert staffed.custody.credential(second_tsa).stored_key == b"label of tsa-in-a-token"


def test_a_service_s_key_proves_that_it_is_here_before_it_is_certified(house):
    """For a root elsewhere: the request is signed, noted in the journal, and nothing else is possible yet."""
    second = CredentialId("second-ca")
    spki = house.service.credentials.create_key(
        second, kind=KeyKind.AUTHORITY, algorithm=KeyAlgorithm.P256, protection=ByService()
    )
    read = parse_certificate_request(house.service.services.certificate_request(second, ISSUING_NAME))
    assert read.public_key == spki
    assert house.journal()[-1][:3] == (second, "request-certificate", "")
    assert house.service.services.certificate_request(CA, ISSUING_NAME)
    with pytest.raises(KindRefused):
        house.service.services.certificate_request(PERSON, ISSUING_NAME)
    house.service.credentials.change_state(CA, CredentialState.REVOKED)
    with pytest.raises(CredentialRevoked):
        house.service.services.certificate_request(CA, ISSUING_NAME)
