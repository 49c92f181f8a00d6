"""Tests that the register answers by itself before an assessment of compliance (K2-f): so many wrong, of so many.

They are measured when the sample is drawn, and kept with the case: the assessor judges on what stood there that day.
"""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter


class RegisterTest(BaseModel):
    """A test: the area of the instrument that it belongs to, and what it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str
    text: str
    gloss: str


@cache
def register_tests() -> dict[str, RegisterTest]:
    """Every test by its key, in the order of the areas."""
    page = files("absah.cases") / "register_tests.toml"
    written = tomllib.loads(page.read_text(encoding="utf-8"))
    return {key: RegisterTest.model_validate(each) for key, each in written.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a test came to: so many that should not be, of so many looked at."""

    test: str
    wrong: int
    of: int

    @property
    def about(self) -> RegisterTest:
        return register_tests()[self.test]


_MEASURED = TypeAdapter(tuple[Measured, ...])


def write_measured(found: Iterable[Measured], /) -> bytes:
    """The results as they are kept with a case."""
    return json.dumps([asdict(one) for one in found], indent=1).encode()


def read_measured(written: bytes, /) -> tuple[Measured, ...]:
    """What was kept."""
    return _MEASURED.validate_json(written)
