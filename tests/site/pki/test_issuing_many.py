"""Many certificates at once: they share their commits, and each is intended and concluded as if it were alone."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes.signer_in_process import ProcessDied
from tests.fixtures_instance import Instance, agency_value, applicant_value

from absah.adapters.signer import wire
from absah.adapters.signer.errors import SignerUnreachable
from absah.enrolment.agency import certificate_subject
from absah.enrolment.subscriber import SubscriberNumber
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.audit.access import latest_entries
from absah_site.pki import actions as pki
from absah_site.pki.actions import issuance
from absah_site.pki.actions.eligibility import KeyKnown
from absah_site.pki.actions.issuance import IssuanceRunning
from absah_site.pki.models import Certificate, IssuanceIntent
from absah_site.roles import Role

BY = Operator(name="test")


def wanted(number: int, **changes) -> pki.IssuanceRequest:
    values = {
        "profile": "individual-signer",
        "subject": certificate_subject(applicant_value(), agency_value(), SubscriberNumber(f"ABCDEFGH2{number}")),
        "public_key": public_key_of(ec.generate_private_key(ec.SECP256R1())),
        "credential": None,
        "holder": f"ABCDEFGH2{number}",
        "agency": "agency-1",
    }
    return pki.IssuanceRequest(**(values | changes))


def states() -> dict[str, str]:
    return dict(IssuanceIntent.objects.values_list("holder", "state"))


def test_many_are_issued_in_two_exchanges_with_the_signer_and_have_a_row_each(
    instance: Instance,
) -> None:
    instance.signer.asked.clear()

    issued = pki.issue_certificates([wanted(number) for number in range(2, 8)], by=BY)

    assert instance.signer.asked == [wire.BeginIssuance, wire.FinishIssuance]
    assert [bytes(Certificate.objects.get(serial=one.serial).der) for one in issued] == [
        one.certificate for one in issued
    ]
    assert set(states().values()) == {"issued"}
    tags = [entry.tag.value for _, entry in latest_entries()[:12]]
    assert tags == ["pki:certificate:issued"] * 6 + ["pki:certificate:intended"] * 6


def test_one_that_is_refused_does_not_hold_up_the_others_and_gets_its_own_error(instance: Instance) -> None:
    known = load_certificate(pki.issue_certificate(wanted(2), by=BY).certificate)
    taken = wanted(3, public_key=public_key_of_certificate(known))
    first, second, third = pki.issue_certificates([wanted(4), taken, wanted(5)], by=BY)

    assert isinstance(first, pki.IssuedCertificate)
    assert isinstance(second, KeyKnown)
    assert isinstance(third, pki.IssuedCertificate)
    assert states() == {"ABCDEFGH22": "issued", "ABCDEFGH24": "issued", "ABCDEFGH25": "issued"}


def test_one_that_the_signer_refuses_is_concluded_as_failed_and_the_others_are_issued(instance: Instance) -> None:
    wrong = ec.generate_private_key(ec.SECP521R1())
    requests = [wanted(2), wanted(3, public_key=public_key_of(wrong)), wanted(4)]

    first, second, third = pki.issue_certificates(requests, by=BY)

    assert (first.__class__, third.__class__) == (pki.IssuedCertificate, pki.IssuedCertificate)
    assert states() == {"ABCDEFGH22": "issued", "ABCDEFGH23": "failed", "ABCDEFGH24": "issued"}
    assert IssuanceIntent.objects.get(holder="ABCDEFGH23").error == second.code


def test_the_same_person_twice_gets_one_certificate(instance: Instance) -> None:
    twice = wanted(2)
    again = replace(wanted(3), holder=twice.holder)

    first, second = pki.issue_certificates([twice, again], by=BY)

    assert isinstance(first, pki.IssuedCertificate)
    assert isinstance(second, IssuanceRunning)
    assert Certificate.objects.filter(holder=twice.holder).count() == 1


def test_where_nobody_knows_whether_they_were_signed_all_are_given_up(instance: Instance) -> None:
    instance.signer.away = wire.FinishIssuance

    outcomes = pki.issue_certificates([wanted(2), wanted(3)], by=BY)

    assert [type(outcome) for outcome in outcomes] == [SignerUnreachable, SignerUnreachable]
    assert set(states().values()) == {"abandoned"}
    assert not Certificate.objects.exclude(holder="").exists()


def test_what_one_issuer_prepared_is_withdrawn_where_the_next_cannot_begin(instance: Instance, monkeypatch) -> None:
    begin, begun = instance.signer.begin, []

    def second_is_away(request: wire.BeginIssuance) -> object:
        begun.append(request)
        if len(begun) == 2:
            raise SignerUnreachable
        return begin(request)

    monkeypatch.setattr(instance.signer, "begin", second_is_away)
    monkeypatch.setattr(issuance._Round, "_issuer_of", lambda _round, number: str(number))  # as if each had its own
    instance.signer.asked.clear()
    outcomes = pki.issue_certificates([wanted(2), wanted(3)], by=BY)
    assert instance.signer.asked[:2] == [wire.BeginIssuance, wire.WithdrawIssuance]
    assert all(isinstance(one, pki.IssuedCertificate) for one in outcomes)  # each by itself
    assert set(states().values()) == {"issued"}


def test_a_death_between_the_signatures_and_the_register_leaves_open_intentions(instance: Instance) -> None:
    instance.signer.die_after = wire.FinishIssuance
    with pytest.raises(ProcessDied):
        pki.issue_certificates([wanted(2), wanted(3)], by=BY)
    assert set(states().values()) == {"intended"}
    instance.clock.advance(issuance.ABANDONED_AFTER)
    assert pki.reconcile() == 2


def test_more_than_a_round_go_in_several_and_keep_their_order(instance: Instance, monkeypatch) -> None:
    monkeypatch.setattr(issuance, "TOGETHER", 2)
    instance.signer.asked.clear()

    issued = pki.issue_certificates([wanted(number) for number in (6, 2, 7, 3, 5)], by=BY)

    holders = [Certificate.objects.get(serial=one.serial).holder[-1] for one in issued]
    assert holders == ["6", "2", "7", "3", "5"]
    assert instance.signer.asked.count(wire.FinishIssuance) == 3


def test_who_may_not_have_all_of_them_issued_gets_none(instance: Instance) -> None:
    with pytest.raises(NotPermitted):
        pki.issue_certificates([wanted(2), wanted(3)], by=instance.officer("lain", Role.VERIFIKATOR))
    assert not IssuanceIntent.objects.exists()
    assert pki.issue_certificates([], by=BY) == ()
