"""Addenda: what they may change, what they may not take away, and the text that results."""

from dataclasses import replace
from datetime import date

import pytest
from tests.fakes.agreements import CALENDAR, FIRST_SIGNER, SECOND_SIGNER, at, ministry, province

from absah.agreements.agreement import evolve
from absah.agreements.amendments import (
    Add,
    Addendum,
    AmendmentEmpty,
    AmendmentNotAllowed,
    Change,
    ClauseHasOpenDuties,
    ClauseStanding,
    Delete,
    Reword,
    SetAside,
    consolidate,
    kind_of,
)
from absah.agreements.clauses import Clause, ClauseKind, ClauseRef, ClauseTwice, ClauseUnknown, parse_clause
from absah.agreements.duties import Continuous, Duty, DutyCode, EvidenceKind
from absah.agreements.events import Amended, SignerSeen
from absah.agreements.face import face_of
from absah.agreements.model import AmendmentKind
from absah.agreements.parties import Role
from absah.agreements.recording import check
from absah.agreements.schedule import schedule
from absah.agreements.signatures import SignerNotNamed

SIGNED_ON, EFFECTIVE = date(2023, 9, 1), date(2023, 10, 1)
PROMOTION, LOGO = parse_clause("4(1)h"), parse_clause("4(1)i")
NEW = Clause(
    ref=parse_clause("4(1)l"),
    kind=ClauseKind.DUTY,
    text="menyimpan salinan kebijakan terbaru.",
    gloss="keep a copy of the latest policy.",
    code="K1-l",
)
NEW_DUTY = Duty(
    code=DutyCode("K1-l"),
    clause=NEW.ref,
    bearers=frozenset({Role.FIRST}),
    text=NEW.text,
    gloss=NEW.gloss,
    trigger=Continuous(),
    evidence=frozenset({EvidenceKind.POLICY}),
)
SIGNERS = (
    SignerSeen(name=FIRST_SIGNER, certificate="1", anchor="$"),
    SignerSeen(name=SECOND_SIGNER, certificate="2", anchor="#"),
)


def addendum(*changes: Change, effective: date = EFFECTIVE) -> Addendum:
    return Addendum(first_number="A/1", second_number="B/1", effective_on=effective, changes=changes)


def amended(*changes: Change, effective: date = EFFECTIVE, signers=SIGNERS) -> Amended:
    return Amended(
        on=SIGNED_ON,
        recorded_at=at(SIGNED_ON),
        addendum=addendum(*changes, effective=effective),
        signers=signers,
        document="sha",
    )


REWORD = Reword(ref=PROMOTION, text="mempromosikan dua kali setahun;", gloss="promote twice a year;")


def test_the_consolidated_text_follows_the_day_and_says_where_each_clause_comes_from():
    event = amended(Add(clause=NEW, duty=NEW_DUTY), REWORD, Delete(ref=LOGO), SetAside(ref=parse_clause("7(4)")))
    check(province(), event)
    agreement = evolve(province(), event)

    before, after = agreement.text_on(date(2023, 9, 30)), agreement.text_on(EFFECTIVE)
    assert (before.version, after.version) == (1, 2)
    assert before.find(PROMOTION).standing is ClauseStanding.ORIGINAL
    assert {ref.short: (after.find(ref).standing, after.find(ref).applies) for ref in (NEW.ref, PROMOTION, LOGO)} == {
        "4(1)l": (ClauseStanding.ADDED, True),
        "4(1)h": (ClauseStanding.CHANGED, True),
        "4(1)i": (ClauseStanding.DELETED, False),
    }
    assert after.find(PROMOTION).clause.text == REWORD.text
    assert not after.find(parse_clause("7(4)")).applies
    order = [each.clause.ref.short for each in after.clauses if each.clause.ref.pasal == 4]
    assert order.index("4(1)l") == order.index("4(1)k") + 1
    with pytest.raises(ClauseUnknown):
        before.find(NEW.ref)


def test_the_duties_follow_the_addendum_from_its_day_on():
    agreement = evolve(province(), amended(Add(clause=NEW, duty=NEW_DUTY), REWORD, Delete(ref=LOGO)))

    before, after = ({duty.code: duty for duty in agreement.duties_on(day)} for day in (SIGNED_ON, EFFECTIVE))
    assert after.keys() - before.keys() == {"K1-l"}
    assert before.keys() - after.keys() == {"K1-i"}
    assert after[DutyCode("K1-h")].text == REWORD.text
    listed = {(due.duty.code, due.occasion.key) for due in schedule(agreement, CALENDAR)}
    assert ("K1-i", "2023") in listed
    assert ("K1-i", "2024") not in listed
    assert ("K1-l", "2024") in listed


def test_the_face_of_a_later_day_shows_what_became_of_a_clause():
    agreement = evolve(province(), amended(Delete(ref=LOGO), SetAside(ref=parse_clause("7(4)")), REWORD))

    now = {clause.text for article in face_of(agreement, text_on=EFFECTIVE).articles for clause in article.clauses}
    then = {clause.text for article in face_of(agreement).articles for clause in article.clauses}
    assert {"(dihapus)", "(dikesampingkan)", REWORD.text} <= now
    assert not {"(dihapus)", REWORD.text} & then


def test_an_addendum_of_the_ministry_adds_and_changes_and_nothing_else():
    here = parse_clause("4(2)h")
    add = Add(clause=replace(NEW, ref=parse_clause("4(2)l")))
    check(ministry(), amended(add, replace(REWORD, ref=here)))
    for change in (Delete(ref=here), SetAside(ref=here), replace(REWORD, ref=here, renews=True)):
        with pytest.raises(AmendmentNotAllowed) as caught:
            check(ministry(), amended(change))
        assert caught.value.parameters["allowed"] == "add, change"


def test_an_addendum_of_the_province_may_also_delete_renew_and_set_aside():
    changes = (Delete(ref=LOGO), SetAside(ref=PROMOTION), replace(REWORD, ref=parse_clause("11"), renews=True))
    check(province(), amended(*changes))
    assert [kind_of(each) for each in (*changes, REWORD, Add(clause=NEW))] == [
        AmendmentKind.DELETE,
        AmendmentKind.SET_ASIDE,
        AmendmentKind.RENEW,
        AmendmentKind.CHANGE,
        AmendmentKind.ADD,
    ]


def test_a_clause_with_open_duties_may_not_be_taken_away():
    for change in (Delete(ref=LOGO), SetAside(ref=LOGO)):
        with pytest.raises(ClauseHasOpenDuties) as caught:
            check(province(), amended(change), open_duties=frozenset({DutyCode("K1-i")}))
        assert caught.value.parameters == {"clause": "4(1)i", "duties": "K1-i"}
    check(province(), amended(Delete(ref=LOGO)), open_duties=frozenset({DutyCode("K1-g")}))
    check(province(), amended(REWORD), open_duties=frozenset({DutyCode("K1-h")}))


def test_an_addendum_changes_something_that_is_there_and_adds_what_is_not():
    with pytest.raises(AmendmentEmpty):
        addendum()
    with pytest.raises(ClauseTwice):
        check(province(), amended(Add(clause=replace(NEW, ref=LOGO))))
    with pytest.raises(ClauseUnknown):
        check(province(), amended(Delete(ref=ClauseRef(pasal=77))))
    with pytest.raises(ClauseUnknown):
        check(province(), amended(Delete(ref=LOGO), replace(REWORD, ref=LOGO)))


def test_an_addendum_is_signed_by_both_representatives():
    with pytest.raises(SignerNotNamed):
        check(province(), amended(REWORD, signers=(SIGNERS[1], SIGNERS[0])))


def test_addenda_take_effect_in_the_order_of_their_days_and_may_open_a_new_pasal():
    extra = replace(NEW, ref=ClauseRef(pasal=16), code=None)
    later = evolve(province(), amended(replace(REWORD, text="kedua;"), effective=date(2024, 1, 1)))
    both = evolve(later, amended(REWORD, Add(clause=extra), effective=EFFECTIVE))

    assert both.text_on(date(2024, 6, 1)).find(PROMOTION).clause.text == "kedua;"
    assert both.text_on(EFFECTIVE).find(PROMOTION).clause.text == REWORD.text
    assert both.text_on(EFFECTIVE).articles[-1][0].title == "Ketentuan tambahan"
    assert consolidate(both.model.text, ()).version == 1
