"""The reference of the model agreement names every key and every word that a model may hold, and no others."""

import re
from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel
from tools.check_docs import ROOT

from absah.agreements import graphs, model_document
from absah.agreements.clauses import ClauseKind
from absah.agreements.duties import EvidenceKind
from absah.agreements.graphs import By, Need
from absah.agreements.model import AddressUse, AmendmentKind, DisputeSubject, LogoOwner, NoticePurpose
from absah.agreements.questions import LINES
from absah.agreements.reckoning import Direction, Origin, Unit

PAGE = (ROOT / "docs" / "reference" / "agreement-model.md").read_text(encoding="utf-8")
VOCABULARIES: tuple[type[StrEnum], ...] = (
    AddressUse, AmendmentKind, By, ClauseKind, Direction, DisputeSubject, EvidenceKind, LogoOwner, Need, NoticePurpose,
    Origin, Unit, *LINES.values(),
)  # fmt: skip


def keys() -> Iterator[str]:
    """Every key of the TOML, as it is written there."""
    for module in (model_document, graphs):
        for shape in vars(module).values():
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                yield from (field.alias or name for name, field in shape.model_fields.items())


def named() -> set[str]:
    return set(re.findall(r"`\[*([a-z_-]+)\]*`", PAGE))


def test_every_key_and_word_of_a_model_is_in_the_reference() -> None:
    words = {member.value for vocabulary in VOCABULARIES for member in vocabulary}

    assert set(keys()) - named() == set()
    assert words - named() == set()
    assert LINES.keys() - named() == set()


def test_the_reference_of_the_model_names_nothing_that_does_not_exist() -> None:
    words = {member.value for vocabulary in VOCABULARIES for member in vocabulary}
    others = {"kementerian", "daerah", "both", "periodic", "on-request", "event", "continuous", "a"}

    assert named() - set(keys()) - words - LINES.keys() - others == set()
