"""Deliberation, and mediation by three people where the agreement has it."""

from dataclasses import replace
from datetime import date

import pytest

from absah.agreements.clauses import ClauseRef, ClauseUnknown
from absah.agreements.disputes import (
    Agreed,
    Dispute,
    DisputeNotNow,
    DisputeUndocumented,
    Failed,
    MediationBegun,
    MediationFailed,
    MediationIncomplete,
    Met,
    NobodyMet,
    NoSuchStep,
    Panel,
    StepBackdated,
    SubjectNotCovered,
    act_refusal,
    open_dispute,
    stepped,
)
from absah.agreements.model import DisputeSubject
from absah.agreements.model_toml import load_model
from absah.agreements.parties import Role

MINISTRY, PROVINCE = load_model("kementerian"), load_model("daerah")
DAY = date(2025, 6, 2)
PANEL = Panel(first="Ratna", second="Bagas", mediator="Melati", appointment="SK-1")
MET = Met(on=DAY, by=Role.FIRST, document="notula")
FAILED = Failed(on=DAY, by=Role.FIRST, document="notula")
MEDIATE = MediationBegun(on=DAY, by=Role.SECOND, document="SK-1", panel=PANEL)


def opened(model=PROVINCE, subject: DisputeSubject = DisputeSubject.DISPUTE) -> Dispute:
    return open_dispute(model, key="d-1", subject=subject, clause=ClauseRef(pasal=4, ayat=1), on=DAY, by=Role.FIRST)


def walked(model, *steps) -> Dispute:
    found = opened(model)
    for step in steps:
        found = stepped(model, found, step)
    return found


def test_what_can_be_in_dispute_is_the_agreement_s_to_say():
    for subject in DisputeSubject:
        assert opened(MINISTRY, subject).state == "deliberation"
    for subject in (DisputeSubject.INTERPRETATION, DisputeSubject.OPINION):
        with pytest.raises(SubjectNotCovered):
            opened(PROVINCE, subject)
    with pytest.raises(ClauseUnknown):
        open_dispute(
            PROVINCE, key="x", subject=DisputeSubject.DISPUTE, clause=ClauseRef(pasal=90), on=DAY, by=Role.FIRST
        )


def test_deliberation_fails_only_after_somebody_met():
    with pytest.raises(NobodyMet):
        walked(PROVINCE, FAILED)
    assert walked(PROVINCE, MET, FAILED).state == "unsettled"
    assert walked(MINISTRY, MET, FAILED).state == "unsettled"


def test_mediation_exists_only_where_the_agreement_has_it_and_only_after_deliberation():
    with pytest.raises(NoSuchStep):
        walked(MINISTRY, MET, FAILED, MEDIATE)
    with pytest.raises(DisputeNotNow):
        walked(PROVINCE, MEDIATE)
    mediated = walked(PROVINCE, MET, FAILED, MEDIATE)
    assert (mediated.state, mediated.panel) == ("mediation", PANEL)
    lost = MediationFailed(on=DAY, by=Role.FIRST, document="BA")
    assert stepped(PROVINCE, mediated, lost).state == "unresolved"
    assert stepped(PROVINCE, mediated, Agreed(on=DAY, by=Role.FIRST, document="BA")).state == "settled"


@pytest.mark.parametrize("lacking", ["first", "second", "mediator", "appointment"])
def test_mediation_takes_three_named_people_and_their_appointment(lacking):
    with pytest.raises(MediationIncomplete):
        walked(PROVINCE, MET, FAILED, replace(MEDIATE, panel=replace(PANEL, **{lacking: " "})))


def test_one_person_cannot_sit_on_two_chairs():
    with pytest.raises(MediationIncomplete):
        walked(PROVINCE, MET, FAILED, replace(MEDIATE, panel=replace(PANEL, mediator="ratna")))


def test_every_step_rests_on_a_document_and_none_is_older_than_the_last():
    for step in (replace(MET, document=" "), Agreed(on=DAY, by=Role.FIRST, document="")):
        with pytest.raises(DisputeUndocumented):
            walked(PROVINCE, step)
    with pytest.raises(StepBackdated):
        walked(PROVINCE, replace(MET, on=date(2025, 6, 1)))


def test_what_is_possible_and_what_is_missing_is_told():
    def told(dispute):
        return {act: type(act_refusal(PROVINCE, dispute, act)) for act in ("meet", "agree", "fail", "mediate")}

    free = type(None)
    assert told(opened()) == {"meet": free, "agree": free, "fail": NobodyMet, "mediate": DisputeNotNow}
    assert told(walked(PROVINCE, MET)) == {"meet": free, "agree": free, "fail": free, "mediate": DisputeNotNow}
    assert told(walked(PROVINCE, MET, FAILED)) == {"meet": free, "agree": free, "fail": DisputeNotNow, "mediate": free}
    assert isinstance(act_refusal(MINISTRY, opened(), "mediate"), NoSuchStep)
    assert opened().panel is None
