"""The three machines and their projection to the nine words."""

from datetime import UTC, datetime
from itertools import product

import pytest

from absah.enrolment.consent_text import ConsentGiven
from absah.enrolment.decision import Accept, Duty, Officer, Reject, decide, send_back
from absah.enrolment.request import Completed, Entered, OfficerId, activate, withdraw
from absah.enrolment.states import (
    CERTIFICATE_STEPS,
    REQUEST_STEPS,
    SUBSCRIBER_STEPS,
    CertificateStanding,
    MoveNotPossible,
    Stage,
    SubscriberMove,
    SubscriberState,
    moved,
    stage_of,
)
from absah.enrolment.subscriber import SubscriberNumber
from absah.enrolment.wire_status import Standing, WireStatus, wire_status
from absah.kernel.clock import instant

NOW = instant(datetime(2026, 11, 20, 7, 3, tzinfo=UTC))
_ENTERED = Entered(subscriber=SubscriberNumber("AAAAAAAAAA"), entered_by=OfficerId("one"), entered_at=NOW)
_COMPLETED = Completed(entered=_ENTERED, consent=ConsentGiven(version="1", digest="0" * 64, at=NOW), completed_at=NOW)


def _officer(name: str, duty: Duty) -> Officer:
    return Officer(officer=OfficerId(name), duties=frozenset({duty}))


def standing(certificate: CertificateStanding, request: Stage | None = None, **changes) -> Standing:
    return Standing(
        **({"subscriber": SubscriberState.REGISTERED, "certificate": certificate, "request": request} | changes)
    )


def test_the_drawn_steps_of_a_request_are_those_that_the_types_allow() -> None:
    verified = decide(_COMPLETED, _officer("two", Duty.VERIFIKATOR), Accept(), now=NOW)
    approved = decide(verified, _officer("three", Duty.REGISTRATION_AUTHORITY), Accept(), now=NOW)
    no = Reject(reasons=("no",))
    walked = {
        (Stage.ENTERED, stage_of(_COMPLETED)),
        (Stage.COMPLETED, stage_of(send_back(_COMPLETED, _officer("two", Duty.VERIFIKATOR), ("no",)))),
        (Stage.COMPLETED, stage_of(verified)),
        (Stage.COMPLETED, stage_of(decide(_COMPLETED, _officer("two", Duty.VERIFIKATOR), no, now=NOW))),
        (Stage.VERIFIED, stage_of(approved)),
        (Stage.VERIFIED, stage_of(decide(verified, _officer("three", Duty.REGISTRATION_AUTHORITY), no, now=NOW))),
        (Stage.APPROVED, stage_of(activate(approved, now=NOW))),
        *(
            (stage_of(one), stage_of(withdraw(one, OfficerId("two"), now=NOW)))
            for one in (_ENTERED, _COMPLETED, verified, approved)
        ),
    }
    assert {(step.before, step.after) for step in REQUEST_STEPS} == walked


@pytest.mark.parametrize(("state", "move"), list(product(SubscriberState, SubscriberMove)))
def test_a_person_moves_along_the_drawn_steps_only(state: SubscriberState, move: SubscriberMove) -> None:
    drawn = {(step.before, step.by): step.after for step in SUBSCRIBER_STEPS}
    if (state, move) in drawn:
        assert moved(state, move) is drawn[state, move]
        return
    with pytest.raises(MoveNotPossible) as refused:
        moved(state, move)
    assert dict(refused.value.parameters) == {"state": state.value, "move": move.value}


def test_no_step_leads_out_of_revoked_but_another_certificate() -> None:
    out = [step.by for step in CERTIFICATE_STEPS if step.before is CertificateStanding.REVOKED]
    assert out == ["issue another"]


def test_every_word_of_the_wire_is_reached_and_every_combination_has_one() -> None:
    everybody = [
        Standing(subscriber=state, certificate=certificate, request=request, agency_active=active)
        for state, certificate, request, active in product(
            SubscriberState, CertificateStanding, (None, *Stage), (True, False)
        )
    ]
    assert {wire_status(one) for one in (None, *everybody)} == set(WireStatus)


@pytest.mark.parametrize("request_stage", [None, *Stage])
def test_a_valid_certificate_answers_issue_whatever_is_under_way(request_stage: Stage | None) -> None:
    assert wire_status(standing(CertificateStanding.GOOD, request_stage)) is WireStatus.ISSUE


@pytest.mark.parametrize(
    "changes",
    [{"subscriber": SubscriberState.SUSPENDED}, {"subscriber": SubscriberState.LEFT}, {"agency_active": False}],
)
def test_nobody_on_hold_answers_issue(changes: dict) -> None:
    for certificate, request in product(CertificateStanding, (None, *Stage)):
        assert wire_status(standing(certificate, request, **changes)) is not WireStatus.ISSUE
    assert wire_status(standing(CertificateStanding.GOOD, **changes)) is WireStatus.SUSPEND


@pytest.mark.parametrize(
    ("certificate", "request_stage", "word"),
    [
        (CertificateStanding.NONE, None, WireStatus.NO_CERTIFICATE),
        (CertificateStanding.NONE, Stage.REJECTED, WireStatus.NO_CERTIFICATE),
        (CertificateStanding.NONE, Stage.ENTERED, WireStatus.WAITING_FOR_VERIFICATION),
        (CertificateStanding.NONE, Stage.COMPLETED, WireStatus.WAITING_FOR_VERIFICATION),
        (CertificateStanding.NONE, Stage.VERIFIED, WireStatus.WAITING_FOR_VERIFICATION),
        (CertificateStanding.NONE, Stage.APPROVED, WireStatus.NEW),
        (CertificateStanding.EXPIRED, Stage.ACTIVATED, WireStatus.EXPIRED),
        (CertificateStanding.EXPIRED, Stage.COMPLETED, WireStatus.RENEW),
        (CertificateStanding.REVOKED, Stage.ACTIVATED, WireStatus.REVOKE),
        (CertificateStanding.REVOKED, Stage.VERIFIED, WireStatus.WAITING_FOR_VERIFICATION),
        (CertificateStanding.REVOKED, Stage.APPROVED, WireStatus.NEW),
        (CertificateStanding.SUSPENDED, Stage.COMPLETED, WireStatus.SUSPEND),
    ],
)
def test_the_words(certificate: CertificateStanding, request_stage: Stage | None, word: WireStatus) -> None:
    assert wire_status(standing(certificate, request_stage)) is word


def test_who_left_without_a_certificate_is_a_stranger_and_one_on_hold_is_on_hold() -> None:
    for request in (None, *Stage):
        left = standing(CertificateStanding.NONE, request, subscriber=SubscriberState.LEFT)
        assert wire_status(left) is WireStatus.NOT_REGISTERED
        held = standing(CertificateStanding.NONE, request, subscriber=SubscriberState.SUSPENDED)
        assert wire_status(held) is WireStatus.SUSPEND
    assert wire_status(None) is WireStatus.NOT_REGISTERED
