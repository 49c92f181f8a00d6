"""Every clause has an address, and every clause of the two agreements has a home in its model."""

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.seeds import reads_seeds, seed_clauses, seed_text

from absah.agreements.clauses import (
    AgreementText,
    ClauseKind,
    ClauseMalformed,
    ClauseRef,
    ClauseTwice,
    ClauseUnknown,
    parse_clause,
)
from absah.agreements.model import AgreementModel
from absah.agreements.model_toml import load_model

MINISTRY, PROVINCE = load_model("kementerian"), load_model("daerah")


@pytest.mark.parametrize(
    ("written", "ref"),
    [
        ("4(2)g", ClauseRef(pasal=4, ayat=2, huruf="g")),
        ("Pasal 4 ayat (2) huruf g", ClauseRef(pasal=4, ayat=2, huruf="g")),
        ("pasal_4__ayat_2__huruf_g", ClauseRef(pasal=4, ayat=2, huruf="g")),
        ("1.3", ClauseRef(pasal=1, angka=3)),
        ("Pasal 1  angka 3", ClauseRef(pasal=1, angka=3)),
        ("3a", ClauseRef(pasal=3, huruf="a")),
        ("Pasal 12", ClauseRef(pasal=12)),
    ],
)
def test_an_address_is_read_in_each_of_its_spellings(written, ref):
    assert parse_clause(written) == ref


refs = st.builds(
    lambda pasal, ayat, last: ClauseRef(pasal=pasal, ayat=ayat, **last),
    st.integers(1, 99),
    st.none() | st.integers(1, 99),
    st.just({})
    | st.sampled_from("abcdefgxyz").map(lambda huruf: {"huruf": huruf})
    | st.integers(1, 99).map(lambda angka: {"angka": angka}),
)


@given(refs)
def test_every_spelling_of_an_address_leads_back_to_it(ref):
    assert {parse_clause(each) for each in (ref.short, ref.slug, str(ref))} == {ref}


@given(st.text(max_size=40))
def test_any_words_are_an_address_or_a_coded_error(words):
    with suppress(ClauseMalformed):
        parse_clause(words)


@pytest.mark.parametrize("written", ["", "0", "4(0)a", "4(2)gg", "4(2)a.1", "Pasal x", "100"])
def test_what_is_no_address_is_refused(written):
    with pytest.raises(ClauseMalformed):
        parse_clause(written)


def test_an_address_has_a_letter_or_a_number_and_not_both():
    with pytest.raises(ClauseMalformed):
        ClauseRef(pasal=1, huruf="a", angka=1)
    with pytest.raises(ClauseMalformed):
        ClauseRef(pasal=1, huruf="A")


def test_a_text_finds_clauses_by_address_and_code_and_holds_each_once():
    text = MINISTRY.text
    assert text.find(parse_clause("4(2)g")) is text.coded("K1-g")
    for unknown in (lambda: text.find(ClauseRef(pasal=99)), lambda: text.coded("K9-z")):
        with pytest.raises(ClauseUnknown):
            unknown()
    twice = replace(text.articles[0], clauses=text.articles[0].clauses * 2)
    with pytest.raises(ClauseTwice):
        AgreementText(recitals=(), articles=(twice,), closing="")
    assert text.articles[3].ref == ClauseRef(pasal=4)


DUTIES_FIRST = [f"K1-{letter}" for letter in "abcdefghijk"]
DUTIES_SECOND = [f"K2-{letter}" for letter in "abcdef"]
RIGHTS_FIRST = [f"H1-{letter}" for letter in "abcdef"]
RIGHTS_SECOND = [f"H2-{letter}" for letter in "abcdefg"]
BEGINNING = [
    ["D-a", "D-b", "D-c", "D-d", "D-e"],
    ["M-1", "M-2"],
    ["lead", "L-a", "L-b", "L-c", "L-d"],
]
HOMES = {
    "kementerian": [
        *BEGINNING,
        ["lead", *RIGHTS_FIRST, "lead", *DUTIES_FIRST, "lead", *RIGHTS_SECOND, "H2-h", "lead", *DUTIES_SECOND],
        ["BI"],
        ["JW-1", "JW-2", "JW-4"],
        ["HKI-1", "HKI-2"],
        ["KR-1", "KR-2", "KR-3"],
        ["KH-1", "KH-2", "KH-3", "KH-4"],
        ["EV-1", "EV-2"],
        ["PS-1"],
        ["PB"],
        ["KO-1", "KO-2", "KO-3"],
        ["PN"],
    ],
    "daerah": [
        *BEGINNING,
        ["lead", *DUTIES_FIRST, "lead", *DUTIES_SECOND],
        ["lead", *RIGHTS_FIRST, "lead", *RIGHTS_SECOND],
        ["BI"],
        ["JW-1", "JW-2", "JW-3", "JW-4"],
        ["HKI-1", "HKI-2"],
        ["KR-1", "KR-2", "KR-3"],
        ["KH-1", "KH-2", "KH-3", "KH-4"],
        ["EV-1"],
        ["PS-1", "PS-2"],
        ["PB"],
        ["KO-1", "first-contact", "second-contact", "KO-2"],
        ["PN"],
    ],
}


def home(model: AgreementModel, number: int) -> list[str]:
    """What each clause of a pasal is called; sentences that lead to letters, and the two addresses, by their use."""
    found = []
    for clause in model.text.articles[number].clauses:
        contact = re.search(r"\{(first|second)_contact\}", clause.text)
        lead = "lead" if clause.kind is ClauseKind.LEAD else f"{contact[1]}-contact" if contact else "homeless"
        found.append(clause.code or lead)
    return found


@pytest.mark.parametrize("model", [MINISTRY, PROVINCE], ids=lambda model: model.name)
def test_every_clause_has_a_home_pasal_by_pasal(model):
    assert [home(model, number) for number in range(len(model.text.articles))] == HOMES[model.name]


@pytest.mark.parametrize("model", [MINISTRY, PROVINCE], ids=lambda model: model.name)
def test_every_duty_and_right_is_a_clause_and_every_such_clause_a_duty_or_right(model):
    by_kind = {kind: {c.code for c in model.text.clauses if c.kind is kind} for kind in ClauseKind}

    assert by_kind[ClauseKind.RIGHT] == {right.code for right in model.rights}
    assert by_kind[ClauseKind.DUTY] == {duty.code for duty in model.duties if duty.code[:2] in {"K1", "K2"}}
    for each in (*model.duties, *model.rights):
        assert model.text.find(each.clause).code == each.code


@reads_seeds
@pytest.mark.parametrize("model", [MINISTRY, PROVINCE], ids=lambda model: model.name)
def test_a_model_has_the_structure_of_the_agreement_it_is_made_after(model):
    ours = {clause.ref for clause in model.text.clauses if clause.ref != ClauseRef(pasal=3)}  # "… meliputi:"

    assert ours == set(seed_clauses(model.name))
    assert len(model.text.articles) == {"kementerian": 14, "daerah": 15}[model.name]


@reads_seeds
@pytest.mark.parametrize("model", [MINISTRY, PROVINCE], ids=lambda model: model.name)
def test_a_model_does_not_copy_the_sentences_of_the_agreement(model):
    """Structure is a fact, wording is somebody's: no clause of ours is a sentence of theirs."""
    theirs = " ".join(seed_text(model.name).replace("*", "").split())

    copied = [clause.ref.short for clause in model.text.clauses if len(clause.text) > 60 and clause.text in theirs]
    assert copied == []
