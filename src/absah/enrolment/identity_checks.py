"""What a machine can say about an application before a person looks at it.

Each check is one line of the verifikator's list. A machine never decides: WRONG and LOOK are for eyes, and what only
eyes can compare (a face with a card) is theirs from the start (UU 27/2022 Pasal 10: no decision by machine alone).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from absah.enrolment.agency import Agency, has_official_address
from absah.enrolment.applicant import Applicant, Employment
from absah.enrolment.population import PopulationAnswer

_NUMBERED = frozenset({Employment.ASN, Employment.PPPK})


class Outcome(StrEnum):
    """RIGHT: nothing to see. LOOK: may be right. WRONG: cannot be right. YOURS: a person compares."""

    RIGHT = "right"
    LOOK = "look"
    WRONG = "wrong"
    YOURS = "yours"


class Matter(StrEnum):
    """What is looked at, in the order of the list."""

    NIK = "nik"
    NIP = "nip"
    ADDRESS = "address"
    POPULATION = "population"
    LETTER = "letter"
    PICTURES = "pictures"
    ONE_CERTIFICATE = "one-certificate"
    NAMESAKE = "namesake"
    CARD = "card"
    FACE = "face"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line. `detail` is a fact beside it: who signed a letter, how many namesakes there are."""

    matter: Matter
    outcome: Outcome
    detail: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the checks need besides the application.

    `letter_signed_by` is None without a letter, and empty where its signature does not verify.
    """

    agency: Agency
    completed: bool
    population: PopulationAnswer
    letter_signed_by: str | None
    has_pictures: bool
    certificate_in_use: bool
    namesakes: int


#: What a verifikator says to have compared with own eyes.
BY_EYE = (Matter.CARD, Matter.FACE)


def assess_application(applicant: Applicant, around: Surroundings, /) -> tuple[Check, ...]:
    """The whole list."""
    return (
        Check(matter=Matter.NIK, outcome=Outcome.RIGHT if around.completed else Outcome.LOOK),
        _nip(applicant),
        _address(applicant, around.agency),
        _population(around.population),
        _letter(around.letter_signed_by),
        Check(matter=Matter.PICTURES, outcome=Outcome.RIGHT if around.has_pictures else Outcome.WRONG),
        Check(matter=Matter.ONE_CERTIFICATE, outcome=Outcome.WRONG if around.certificate_in_use else Outcome.RIGHT),
        _namesakes(around.namesakes),
        *(Check(matter=matter, outcome=Outcome.YOURS) for matter in BY_EYE),
    )


def _nip(applicant: Applicant) -> Check:
    """Civil servants have one, and it begins with the birth date that their NIK codes."""
    if applicant.nip is None:
        outcome = Outcome.LOOK if applicant.employment in _NUMBERED else Outcome.RIGHT
        return Check(matter=Matter.NIP, outcome=outcome, detail="none")
    same = applicant.nik.matches_birth_date(applicant.nip.born)
    return Check(matter=Matter.NIP, outcome=Outcome.RIGHT if same else Outcome.LOOK, detail="" if same else "differs")


def _address(applicant: Applicant, agency: Agency) -> Check:
    if not agency.domains:
        return Check(matter=Matter.ADDRESS, outcome=Outcome.LOOK, detail="no-domains")
    official = has_official_address(agency, applicant.email)
    return Check(matter=Matter.ADDRESS, outcome=Outcome.RIGHT if official else Outcome.LOOK)


def _population(answer: PopulationAnswer) -> Check:
    outcomes = {PopulationAnswer.MATCH: Outcome.RIGHT, PopulationAnswer.DIFFERS: Outcome.WRONG}
    return Check(
        matter=Matter.POPULATION, outcome=outcomes.get(answer, Outcome.LOOK), detail=answer.value or "not-asked"
    )


def _letter(signed_by: str | None) -> Check:
    if signed_by is None:
        return Check(matter=Matter.LETTER, outcome=Outcome.WRONG, detail="none")
    return Check(matter=Matter.LETTER, outcome=Outcome.RIGHT if signed_by else Outcome.LOOK, detail=signed_by)


def _namesakes(number: int) -> Check:
    outcome = Outcome.LOOK if number else Outcome.RIGHT
    return Check(matter=Matter.NAMESAKE, outcome=outcome, detail=str(number) if number else "")
