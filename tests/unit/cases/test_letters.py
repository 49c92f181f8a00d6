"""Letters: numbers by a pattern, wordings filled from the case, addressees by the agreement, signers as named."""

from datetime import date

import pytest
from tests.fakes.agreements import FIRST_SIGNER, at, ministry, province

from absah.agreements.events import SignerSeen
from absah.agreements.parties import Role
from absah.agreements.signatures import SignerNotNamed, WrongAnchor
from absah.cases.case import CaseOpened, CasePaper, CaseStepped, Filled, StepNotNow, fold_case
from absah.cases.kind import kind_names, load_kind
from absah.cases.letter_numbers import NumberPattern, PatternUnfit
from absah.cases.letters import check_letter_signer, letter_of, letter_texts, metadata_of, page_of

DAY = date(2023, 9, 1)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{sifat}/{nomor}/{klasifikasi}/{bulan}/{tahun}", "B/7/KS.02/09/2023"),
        ("{nomor:04}/{unit}/{bulan-romawi}/{tahun}", "0007/BSSN.3/IX/2023"),
    ],
)
def test_a_number_is_made_by_the_pattern_of_its_register(pattern, number):
    assert NumberPattern(text=pattern, unit="BSSN.3").number(7, DAY) == number


def test_a_letter_says_its_own_secrecy_and_classification():
    assert NumberPattern().number(7, DAY, secrecy="R", classification="HK.01") == "R/7/HK.01/09/2023"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{nomor}/2023", "{tahun}"),
        ("{tahun}", "{nomor}"),
        ("{nomor}/{tahun}/{apa}", "{apa}"),
        ("{nomor}/{tahun}/{", "//{"),
        ("{nomor}/{tahun}\n", "/\n"),
        ("{nomor}/{tahun}/{unit}", "{unit}"),
    ],
)
def test_a_pattern_that_could_not_tell_letters_apart_is_refused(text, problem):
    with pytest.raises(PatternUnfit) as caught:
        NumberPattern(text=text)
    assert caught.value.parameters["problem"] == problem


def extension(*more, by=Role.FIRST):
    fields = (Filled(name="intended", value="2031-05-14"), Filled(name="reason", value="Layanan {title} berlanjut."))
    opened = CaseOpened(by=by, at=at(DAY), number="PPJ-2023-0001", subject="Perpanjangan", fields=fields)
    return fold_case(load_kind("extension"), (opened, *more))


def written(*fields, by=Role.FIRST, act="write"):
    filled = tuple(Filled(name=name, value=value) for name, value in fields)
    return CaseStepped(by=by, at=at(DAY), act=act, fields=filled)


def test_a_letter_says_what_the_case_says_and_never_reads_a_brace_that_somebody_wrote():
    agreement = ministry()
    paper = CasePaper(by=Role.FIRST, at=at(DAY), sha256="ab", name="kajian.pdf", what="attachment")
    case = extension(paper, written(("copies", '[["Inspektorat"]]')))
    letter = letter_of(agreement, case, "write", "B/1/2023")
    assert "14 Mei 2031" in letter.paragraphs[0]
    assert "Layanan {title} berlanjut." in letter.paragraphs
    assert agreement.parties.first.number in letter.paragraphs[0]
    assert (letter.copies, letter.attachments) == (("Inspektorat",), ("kajian.pdf",))
    assert letter.signatory.name == FIRST_SIGNER
    page = page_of(letter, "Kementerian", "Jakarta")
    assert (page["attached"], page["dated"]) == ("1 berkas", "1 September 2023")
    told = metadata_of(letter, "e3b0", agreement)
    assert (told["nomor_naskah"], told["tanggal_naskah"], told["sifat"]) == ("B/1/2023", "2023-09-01", "Biasa")


def test_a_notice_goes_where_the_agreement_sends_it():
    for agreement, to_contact in ((ministry(), True), (province(), False)):
        letter = letter_of(agreement, extension(written()), "write", "1")
        other = agreement.parties.second
        assert letter.to == (other.contact.unit if to_contact else other.name_on(DAY))
        assert letter.copies == (() if to_contact else (f"{other.contact.unit}, {other.contact.address}",))


def test_an_answer_is_the_other_partys_letter():
    case = extension(written(), written(by=Role.SECOND, act="write-answer"))
    agreement = ministry()
    first, second = (letter_of(agreement, case, act, "1") for act in ("write", "write-answer"))
    assert (first.by, second.by) == (Role.FIRST, Role.SECOND)
    assert (first.anchor, second.anchor) == ("$", "#")
    assert "setuju" in second.paragraphs[0]
    with pytest.raises(StepNotNow):
        letter_of(agreement, extension(), "write", "1")


def test_only_the_representative_signs_a_notice_and_a_named_signer_another_letter():
    agreement = ministry()
    named = SignerSeen(name="Kepala Biro", certificate="", anchor="$")
    notice = extension(written(("signer", "Kepala Biro")))
    with pytest.raises(SignerNotNamed):
        check_letter_signer(agreement, notice, "write", named, Role.FIRST, DAY)
    opened = CaseOpened(
        by=Role.FIRST, at=at(DAY), number="S", subject="Hal", fields=(Filled(name="body", value="Isi."),)
    )
    letter = fold_case(load_kind("letter"), (opened, written(("signer", "Kepala Biro"), ("post", "Kepala"))))
    assert letter_of(agreement, letter, "write", "1").signatory.post == "Kepala"
    check_letter_signer(agreement, letter, "write", named, Role.FIRST, DAY)
    with pytest.raises(SignerNotNamed):
        check_letter_signer(
            agreement, letter, "write", SignerSeen(name="X", certificate="", anchor="$"), Role.FIRST, DAY
        )
    with pytest.raises(WrongAnchor):
        check_letter_signer(
            agreement, letter, "write", SignerSeen(name="Kepala Biro", certificate="", anchor="#"), Role.FIRST, DAY
        )


def test_every_letter_that_a_kind_writes_has_its_wording_and_braces_that_are_known():
    for kind in map(load_kind, kind_names()):
        for step in kind.steps.values():
            if step.letter:
                assert step.letter in letter_texts()
