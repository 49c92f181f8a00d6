"""Words come from the catalogues of the two languages."""

import copy
import json

import pytest

from absah.kernel import messages
from absah.kernel.errors import BadInput
from absah.kernel.messages import Language, Phrase, catalogue, explain, render, word
from absah.kernel.people import NikMalformed


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Catalogues made by the test in place of ours: a function that writes one page of Indonesian words."""
    (tmp_path / "catalogue" / "id").mkdir(parents=True)
    monkeypatch.setattr(messages, "files", lambda _package: tmp_path)
    catalogue.cache_clear()
    yield lambda name, words: (tmp_path / "catalogue" / "id" / name).write_text(words, encoding="utf-8")
    catalogue.cache_clear()


@pytest.mark.parametrize("language", Language)
def test_an_error_is_explained_in_both_languages(language: Language) -> None:
    words = explain(NikMalformed(problem="region"), language)

    assert words.code == "people.nik-malformed"
    assert words.cause
    assert words.next_step
    assert words.cause != explain(NikMalformed(problem="region"), other(language)).cause


def other(language: Language) -> Language:
    return next(candidate for candidate in Language if candidate is not language)


def test_parameters_fill_the_sentence(written) -> None:
    class Refused(BadInput):
        code = "made.refused"

    written(
        "made.toml", '["made.refused"]\ncause = "{n} kali"\nnext = "Ulangi {n}."\n["made.text"]\ntext = "ada {n}"\n'
    )

    words = explain(Refused(n=3), Language.INDONESIAN)

    assert (words.cause, words.next_step) == ("3 kali", "Ulangi 3.")
    assert render("made.text", Language.INDONESIAN, n="{n}") == "ada {n}"


def test_a_phrase_is_its_key_for_programs_and_its_words_for_people(written) -> None:
    class Refused(BadInput):
        code = "made.refused"

    written("made.toml", '["made.refused"]\ncause = "{who}"\nnext = "{who}, {n}"\n["made.text"]\ntext = "ada {who}"\n')
    phrase = Phrase("first", text="PIHAK KESATU", gloss="first party")
    error = Refused(who=phrase, n=2)

    assert error.parameters == {"who": "first", "n": 2}
    assert json.dumps(error.parameters) == '{"who": "first", "n": 2}'
    assert explain(error, Language.INDONESIAN).next_step == "PIHAK KESATU, 2"
    assert render("made.text", Language.INDONESIAN, who=phrase) == "ada PIHAK KESATU"
    assert phrase.said(Language.ENGLISH) == "first party"
    again = copy.copy(phrase)
    assert (again, again.text, again.gloss) == ("first", "PIHAK KESATU", "first party")


def test_a_text_of_the_catalogues_can_be_a_parameter_of_another() -> None:
    party = word("agreements.party.first")

    assert (party, party.said(Language.INDONESIAN)) == ("first", "PIHAK KESATU")


def test_a_missing_parameter_or_message_is_a_programming_error(written) -> None:
    written("made.toml", '["made.text"]\ntext = "ada {n}"\n')

    with pytest.raises(KeyError):
        render("made.text", Language.INDONESIAN)
    with pytest.raises(KeyError):
        render("made.unknown", Language.INDONESIAN)


def test_two_pages_may_not_define_the_same_message(written) -> None:
    written("one.toml", '["made.text"]\ntext = "satu"\n')
    written("two.toml", '["made.text"]\ntext = "dua"\n')

    with pytest.raises(ValueError, match=r"two\.toml repeats \['made\.text'\]"):
        catalogue(Language.INDONESIAN)


@pytest.mark.parametrize(
    ("code", "parameters", "said"),
    [
        ("signer.factor-missing", {"factor": "totp"}, "kode sekali pakai"),
        ("enrolment.checks-open", {"matters": "card, face"}, "isi KTP-el, wajah di swafoto"),
        ("accounts.roles-kept-apart", {"role": "ca", "held": "ra, auditor"}, "otoritas pendaftaran, auditor"),
        (
            "workflow.act-not-now",
            {"act": "sign", "state": "completed"},
            "(menandatangani): keadaan naskah ditandatangani",
        ),
        ("enrolment.request-state", {"state": "completed"}, "menunggu verifikasi"),
        ("enrolment.request-state", {"state": "of-old"}, "of-old"),
        ("agreements.not-your-act", {"act": 1, "role": "second"}, "1"),
    ],
)
def test_a_value_of_ours_is_said_as_its_term(code: str, parameters: dict[str, str | int], said: str) -> None:
    assert said in messages.explain_code(code, parameters, Language.INDONESIAN).cause


def test_a_term_is_a_value_of_ours() -> None:
    from absah.enrolment.identity_checks import Matter
    from absah.enrolment.states import Stage
    from absah.signing.factors import FactorKind
    from absah.workflow.life import Act, State

    for prefix, kind in (
        ("matter", Matter),
        ("factor", FactorKind),
        ("enrolment.state", Stage),
        ("workflow.act", Act),
        ("workflow.state", State),
    ):
        for value in kind:
            assert f"kernel.term.{prefix}.{value}" in catalogue(
                Language.ENGLISH
            ) or f"kernel.term.state.{value}" in catalogue(Language.ENGLISH)
