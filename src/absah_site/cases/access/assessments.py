"""An assessment of compliance as it stands: sample and seed, tests of the register, both answers, the score."""

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from absah.cases.assessment import Area, areas_of, score
from absah.cases.case import Case
from absah.cases.register_tests import Measured, read_measured
from absah_site import composition
from absah_site.cases.access import CaseUnknown, OpenedCase

KIND: Final = "compliance"
#: What the papers are called that a case keeps of the register.
SAMPLE: Final = "sample"
REGISTER_TESTS: Final = "register-tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """So many certificates drawn by a seed, by their fingerprints."""

    seed: str = ""
    of: int = 0
    fingerprints: tuple[str, ...] = ()


_SAMPLES = TypeAdapter(Sample)


def sample_of(case: Case, /) -> Sample:
    """What was drawn; nothing before."""
    written = _paper(case, SAMPLE)
    return Sample() if written is None else _SAMPLES.validate_json(written)


def measured_of(case: Case, /) -> tuple[Measured, ...]:
    """What the register said on that day; nothing before."""
    written = _paper(case, REGISTER_TESTS)
    return () if written is None else read_measured(written)


def _paper(case: Case, what: str) -> bytes | None:
    paper = next((each for each in case.papers if each.what == what), None)
    return None if paper is None else composition.documents().read(paper.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What both parties see of an assessment beside its timeline."""

    opened: OpenedCase
    areas: tuple[tuple[Area, tuple[Measured, ...]], ...]
    sample: Sample

    @property
    def own_score(self) -> float | None:
        """By the answers of the assessed, of a hundred."""
        return _of_hundred(score(area.by_itself for area, _ in self.areas))

    @property
    def score(self) -> float | None:
        """By the answers of the assessor."""
        return _of_hundred(score(area.answer for area, _ in self.areas))


def _of_hundred(reached: float | None) -> float | None:
    return None if reached is None else reached * 100


def assessment_of(opened: OpenedCase, /) -> Assessment:
    """An assessment; each area with the tests of the register that belong to it. Raises CaseUnknown for other kinds."""
    if opened.case.kind.name != KIND:
        raise CaseUnknown
    measured = measured_of(opened.case)
    areas = tuple(
        (area, tuple(one for one in measured if one.about.area == area.name)) for area in areas_of(opened.case)
    )
    return Assessment(opened=opened, areas=areas, sample=sample_of(opened.case))
