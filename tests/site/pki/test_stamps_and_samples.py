"""What the worker does by itself: the days of the time-stamp record go into the ledger, a sample is linted again."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fixtures_instance import Instance, agency_value, applicant_value

from absah.adapters.stamp_record import StampRecord, check_record, files_of
from absah.enrolment.agency import certificate_subject
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm, public_key_of
from absah.pki.tsp import Accuracy, TokenPlan
from absah_site.actors import Operator
from absah_site.audit.access import entries_about
from absah_site.jobs.actions.kinds import find_kind
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.actions import sampling
from absah_site.pki.actions.jobs import LINT_SAMPLE, SEAL_STAMPS
from absah_site.pki.actions.stamps import StampsNotAsSealed, check_stamps, seal_stamps

BY = Operator(name="test")


def stamp(instance: Instance, record: StampRecord) -> None:
    record.write(
        TokenPlan(
            digest_algorithm=DigestAlgorithm.SHA256,
            imprint=bytes(32),
            policy="1.3.6.1.4.1.32473.2026.1",
            serial=Serial(1 << 120),
            accuracy=Accuracy(seconds=1),
            time=instance.clock.now(),
            nonce=None,
        )
    )


def test_the_last_link_of_a_day_that_is_over_is_in_the_ledger_once(instance: Instance) -> None:
    record = StampRecord(instance.config.data)
    stamp(instance, record)
    stamp(instance, record)
    day = instance.clock.now().date()
    assert seal_stamps() == 0, "the day is not over"

    instance.clock.advance(timedelta(days=1))
    stamp(instance, record)
    record.close()
    assert (seal_stamps(), seal_stamps()) == (1, 0)
    (entry,) = entries_about(f"stamps:{day}")
    assert len(dict(entry.facts)["link"]) == 64
    assert check_stamps() == 1


def test_a_record_that_was_written_anew_is_found_out(instance: Instance) -> None:
    record = StampRecord(instance.config.data)
    stamp(instance, record)
    record.close()
    instance.clock.advance(timedelta(days=1))
    seal_stamps()
    (path,) = files_of(instance.config.data)
    path.unlink()
    instance.clock.advance(-timedelta(days=1, seconds=5))
    anew = StampRecord(instance.config.data)
    stamp(instance, anew)
    anew.close()

    assert check_record(instance.config.data).lines == 1, "the chain by itself is whole"
    with pytest.raises(StampsNotAsSealed):
        check_stamps()


def issue(number: str) -> str:
    request = pki.IssuanceRequest(
        profile="individual-signer",
        subject=certificate_subject(applicant_value(), agency_value(), SubscriberNumber(number)),
        public_key=public_key_of(ec.generate_private_key(ec.SECP256R1())),
        credential=None,
        holder=number,
        agency="agency-1",
    )
    return pki.issue_certificate(request, by=BY).serial


def test_a_sample_of_the_day_is_looked_at_again_and_the_result_is_in_the_ledger(
    instance: Instance, monkeypatch
) -> None:
    monkeypatch.setattr(sampling, "is_installed", lambda: False)  # it knows that no `testserver` is on the network
    assert access.latest_sample() is None
    for number in ("ABCDEFGH22", "ABCDEFGH23", "ABCDEFGH24"):
        issue(number)

    made = sampling.lint_sample()

    assert (made.looked, made.findings, made.told, made.second_opinion) == (3, 0, (), False)
    assert access.latest_sample() == made


def test_what_the_second_look_finds_is_told_with_the_serial(instance: Instance, monkeypatch) -> None:
    serial = issue("ABCDEFGH22")
    finding = sampling.Finding(code="etsi.some_fault", severity="error", message="")
    monkeypatch.setattr(sampling, "is_installed", lambda: True)
    monkeypatch.setattr(sampling, "second_opinion", lambda *_: (finding, finding))

    made = sampling.lint_sample()

    assert (made.findings, made.pairs) == (1, ((serial, "etsi.some_fault"),))
    assert access.latest_sample() == made


def test_a_certificate_that_cannot_be_judged_is_a_finding_and_a_large_day_is_sampled(
    instance: Instance, monkeypatch
) -> None:
    serials = [issue(f"ABCDEFGH2{number}") for number in range(2, 7)]
    monkeypatch.setattr(sampling, "_MOST", 2)
    monkeypatch.setattr(sampling, "load_profile", lambda _: access.authority("nobody"))

    made = sampling.lint_sample()

    assert made.looked == 2
    assert made.pairs == ((serials[0], "register.authority-unknown"), (serials[3], "register.authority-unknown"))


def test_both_come_by_themselves(instance: Instance) -> None:
    for name in (SEAL_STAMPS, LINT_SAMPLE):
        kind = find_kind(name)
        assert kind is not None
        assert kind.every is not None
        assert kind.handler(None).startswith("0 ")  # type: ignore[arg-type]
