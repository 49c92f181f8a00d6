"""An addendum is signed in order by who may sign, and is part of the agreement only then."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.fakes.agreements import FIRST_SIGNER, SECOND_SIGNER, at, ministry, province

from absah.agreements.addendum_paper import (
    AddendumAdopted,
    AddendumClosed,
    AddendumDrafted,
    AddendumNotInTurn,
    AddendumSigned,
    AddendumWithdrawn,
    addendum_face,
    adopted_by,
    check_draft,
    conclusion_of,
    mid_year,
    paper_of,
    signed_by,
    touched,
    withdrawn_by,
)
from absah.agreements.agreement import evolve
from absah.agreements.amendments import Add, Addendum, AmendmentNotAllowed, Delete, Reword, SetAside
from absah.agreements.clauses import Clause, ClauseKind, parse_clause
from absah.agreements.events import SignerSeen
from absah.agreements.life import DocumentMissing
from absah.agreements.parties import Role
from absah.agreements.recording import EventBackdated, check
from absah.agreements.signatures import SignerNotNamed

DAY, EFFECT = date(2023, 9, 1), date(2024, 7, 1)


def reword(ref: str = "2(1)", text: str = "Bunyi baru.") -> Reword:
    return Reword(ref=parse_clause(ref), text=text, gloss="New words.")


def addendum(*changes) -> Addendum:
    return Addendum(first_number="A-1", second_number="A-2", effective_on=EFFECT, changes=changes or (reword(),))


def drafted(*changes) -> AddendumDrafted:
    return AddendumDrafted(by=Role.FIRST, on=DAY, recorded_at=at(DAY), addendum=addendum(*changes))


def signed(role: Role, name: str | None = None) -> AddendumSigned:
    person = name or (FIRST_SIGNER if role is Role.FIRST else SECOND_SIGNER)
    seen = SignerSeen(name=person, certificate="0a", anchor="$" if role is Role.FIRST else "#")
    return AddendumSigned(by=role, on=DAY, recorded_at=at(DAY), signer=seen, document="e3b0")


def test_the_second_signature_makes_it_part_of_the_agreement():
    agreement, paper = ministry(), paper_of([drafted()])
    assert paper.awaits is Role.FIRST
    with pytest.raises(AddendumNotInTurn):
        signed_by(agreement, paper, signed(Role.SECOND))
    with pytest.raises(SignerNotNamed):
        signed_by(agreement, paper, signed(Role.FIRST, "Orang Lain"))
    once = signed_by(agreement, paper, signed(Role.FIRST))
    assert once.awaits is Role.SECOND
    twice = signed_by(agreement, once, signed(Role.SECOND))
    assert (twice.awaits, twice.is_concluded) == (None, True)
    assert twice == paper_of([drafted(), signed(Role.FIRST), signed(Role.SECOND)])
    after = evolve(agreement, conclusion_of(twice))
    assert after.text_on(EFFECT).find(parse_clause("2(1)")).clause.text == "Bunyi baru."
    assert after.text_on(DAY) == agreement.text_on(DAY)
    with pytest.raises(AddendumClosed):
        withdrawn_by(twice, AddendumWithdrawn(by=Role.FIRST, on=DAY, recorded_at=at(DAY), reason="batal"))


def test_what_was_withdrawn_is_not_signed():
    back = AddendumWithdrawn(by=Role.SECOND, on=DAY, recorded_at=at(DAY), reason="batal")
    paper = withdrawn_by(paper_of([drafted()]), back)
    assert (paper.awaits, paper) == (None, paper_of([drafted(), back]))
    with pytest.raises(AddendumNotInTurn):
        signed_by(ministry(), paper, signed(Role.FIRST))


def test_a_thread_begins_with_a_draft():
    with pytest.raises(AddendumClosed):
        paper_of([signed(Role.FIRST)])


def test_what_the_agreement_does_not_let_an_addendum_do_is_refused_before_anybody_signs():
    with pytest.raises(AmendmentNotAllowed):
        check_draft(ministry(), addendum(Delete(ref=parse_clause("4(2)e"))))
    check_draft(province(), addendum(Delete(ref=parse_clause("4(1)e"))))


def test_inside_a_year_the_year_is_named_until_which_the_old_duties_count():
    assert [(each.label, each.last) for each in mid_year(province(), addendum())] == [("2024", date(2024, 12, 31))]
    at_new_year = Addendum(first_number="1", second_number="2", effective_on=date(2025, 1, 1), changes=(reword(),))
    assert mid_year(province(), at_new_year) == ()


def test_the_page_says_every_change_and_both_numbers():
    new = Clause(ref=parse_clause("2(3)"), kind=ClauseKind.PURPOSE, text="Tambahan.", gloss="More.")
    changes = (
        Add(clause=new),
        reword(),
        Reword(ref=parse_clause("2(2)"), text="Pembaruan.", gloss="Renewal.", renews=True),
        Delete(ref=parse_clause("4(1)e")),
        SetAside(ref=parse_clause("4(1)f")),
    )
    agreement, paper = province(), paper_of([drafted(*changes)])
    face = addendum_face(agreement, paper)
    assert (face.first.number, face.second.number) == ("A-1", "A-2")
    assert [clause.text for clause in face.articles[0].clauses] == [
        "Ditambahkan Pasal 2 ayat (3) yang berbunyi: “Tambahan.”",
        "Pasal 2 ayat (1) diubah sehingga berbunyi: “Bunyi baru.”",
        "Pasal 2 ayat (2) diperbarui sehingga berbunyi: “Pembaruan.”",
        "Pasal 4 ayat (1) huruf e dihapus.",
        "Pasal 4 ayat (1) huruf f dikesampingkan.",
    ]
    assert "1 Juli 2024" in face.articles[1].clauses[0].text
    assert agreement.parties.first.number in face.articles[1].clauses[0].text
    assert [before is None for _, before in touched(agreement, paper.addendum)] == [True, False, False, False, False]


def test_what_both_signed_elsewhere_concludes_it_unless_somebody_signed_it_here():
    step = AddendumAdopted(by=Role.FIRST, on=DAY, recorded_at=at(DAY), document="abc", report="def")
    paper = adopted_by(paper_of([drafted()]), step)
    assert paper == paper_of([drafted(), step])
    assert paper.is_concluded
    assert paper.awaits is None
    event = conclusion_of(paper)
    assert (event.signers, event.document, event.report) == ((), "abc", "def")
    check(province(), event)
    with pytest.raises(DocumentMissing):
        check(province(), replace(event, report=""))
    with pytest.raises(AddendumClosed):
        adopted_by(paper_of([drafted(), signed(Role.FIRST)]), step)


def test_what_was_signed_elsewhere_may_be_older_than_what_is_recorded_but_not_than_the_agreement():
    step = AddendumAdopted(by=Role.FIRST, on=DAY, recorded_at=at(DAY), document="abc", report="def")
    event = conclusion_of(adopted_by(paper_of([drafted()]), step))
    later = replace(province(), last_on=date(2025, 1, 1))
    check(later, event)
    assert later.signed_on is not None
    with pytest.raises(EventBackdated):
        check(later, replace(event, on=later.signed_on - timedelta(days=1)))
