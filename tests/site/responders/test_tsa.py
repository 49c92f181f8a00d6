"""The TSA of an instance: its key certified by the worker, its answers refused while anything is missing."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import Instance

from absah.adapters.stamp_record import StampRecord, StampRecordUnusable, check_record
from absah.adapters.trusted_time.guard import TimeGuard, TimeRules
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate
from absah.pki.tsp import (
    TimestampRejected,
    TimestampRequest,
    build_timestamp_request,
    parse_timestamp_response,
    parse_timestamp_token,
    verify_timestamp_token,
)
from absah.pki.tsp_issuing import StampingRules
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.responders.door import Door
from absah_site.responders.exchange import Answer, Question
from absah_site.responders.tsa.application import FolderKeys, guard_for
from absah_site.responders.tsa.desk import TsaDesk

pytestmark = pytest.mark.django_db

IMPRINT = DigestAlgorithm.SHA256.digest(b"akta")
QUESTION = build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=IMPRINT))


@pytest.fixture
def desk(instance: Instance):
    """A desk that has asked for its key and has none yet; a trial needs no other clocks."""
    clock, data = instance.clock, instance.config.data
    record = StampRecord(data)
    yield TsaDesk(
        FolderKeys(data, instance.rng, clock),
        TimeGuard(clock, (), TimeRules(unproven=True)),
        record,
        StampingRules(policy=oids.TEST_TIMESTAMP_POLICY),
        clock=clock,
        rng=instance.rng,
    )
    record.close()


def ask(desk: TsaDesk) -> Answer:
    return desk.answer(Question(method="POST", rest="", body=QUESTION))


def failure(answer: Answer) -> str:
    with pytest.raises(TimestampRejected) as refusal:
        parse_timestamp_response(answer.body)
    return str(refusal.value.parameters["failure"])


def test_the_worker_certifies_the_authority_under_the_ca_that_issues_today(instance: Instance, desk: TsaDesk):
    folder = instance.config.repository / "ca"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "issuing-ca.cer").write_bytes(access.issuing_authority(now=instance.clock.now()).certificate)
    desk.tick()
    assert (failure(ask(desk)), ask(desk).outcome) == ("system_failure", "no-key")
    assert pki.certify_responders() == 1
    desk.tick()
    token = parse_timestamp_token(parse_timestamp_response(ask(desk).body))
    unit = load_certificate(verify_timestamp_token(token, IMPRINT))
    issuer = access.issuing_authority(now=instance.clock.now())
    unit.verify_directly_issued_by(load_certificate(issuer.certificate))
    assert unit.subject != load_certificate(issuer.certificate).subject
    assert len(token.signed.certificates) == 2
    assert access.certificate(f"{unit.serial_number:x}").profile == "tsa"
    assert check_record(instance.config.data).lines == 1
    assert pki.certify_responders() == 0


def test_the_next_key_is_asked_for_when_half_the_life_of_the_certificate_is_over(instance: Instance, desk: TsaDesk):
    desk.tick()
    pki.certify_responders()
    desk.tick()
    instance.clock.advance(timedelta(days=700))
    desk.tick()
    assert len(FolderKeys(instance.config.data, instance.rng, instance.clock)._folder.waiting()) == 1
    assert ask(desk).outcome == "stamped"


def test_no_token_leaves_that_is_not_in_the_record(instance: Instance, desk: TsaDesk, monkeypatch):
    desk.tick()
    pki.certify_responders()
    desk.tick()

    def full(*_):
        raise StampRecordUnusable(problem="No space left on device")

    monkeypatch.setattr(StampRecord, "write", full)
    assert (failure(ask(desk)), ask(desk).outcome) == ("system_failure", "fault")


def test_a_clock_that_was_set_stops_the_stamps(instance: Instance, desk: TsaDesk, monkeypatch):
    desk.tick()
    pki.certify_responders()
    desk.tick()
    wall = type(instance.clock).wall
    monkeypatch.setattr(type(instance.clock), "wall", lambda clock: wall(clock) + 60)
    assert (failure(ask(desk)), ask(desk).outcome) == ("time_not_available", "no-time")


def test_only_a_trial_is_stamped_by_the_machine_s_own_word(instance: Instance):
    from dataclasses import replace

    guard_for(instance.config, instance.clock, instance.rng).check()
    real = guard_for(replace(instance.config, trial=False), instance.clock, instance.rng)
    with pytest.raises(Exception, match="no-time-server"):
        real.check()


def test_a_fault_has_the_protocol_s_own_word(desk: TsaDesk):
    assert failure(desk.fault()) == "system_failure"
    assert Door(desk)
