"""Documents brought to a higher level afterwards, before every judge of the matrix."""

from dataclasses import replace

import pytest
from tests.conformance.matrix.cases import Case
from tests.conformance.matrix.judges import JUDGES_OF, prefix
from tests.conformance.matrix.people import ports_for
from tests.conformance.matrix.signing import Outcome, signed

from absah.adapters.engines import ChosenEngine
from absah.signing.extension import ExtensionStep, extend
from absah.signing.levels import Level

ENGINE = ChosenEngine()


def extended(case: Case, level: Level) -> tuple[Outcome, tuple[ExtensionStep, ...]]:
    outcome = signed(case, ENGINE)
    ports, _, _ = ports_for(ENGINE, case.key, 1)
    made = extend(outcome.signed, level, ports)
    assert made.after.level is level
    stamps = sum(step in {ExtensionStep.DOCUMENT_TIMESTAMP, ExtensionStep.ARCHIVE_TIMESTAMP} for step in made.steps)
    return (
        replace(
            outcome,
            original=outcome.signed,
            signed=made.document,
            levels=tuple(max(level, one, key=list(Level).index) for one in outcome.levels),
            document_timestamps=outcome.document_timestamps + stamps,
        ),
        made.steps,
    )


LEVELS = [(Level.B_B, Level.B_T), (Level.B_B, Level.B_LT), (Level.B_B, Level.B_LTA), (Level.B_T, Level.B_LT),
          (Level.B_T, Level.B_LTA), (Level.B_LT, Level.B_LTA)]  # fmt: skip
INPUTS = [("ec-p256", "classic", 1), ("rsa-2048", "xref stream", 2), ("ec-p384", "certified P=2", 1)]


@pytest.mark.parametrize(("start", "level"), LEVELS)
@pytest.mark.parametrize(("key", "kind", "signers"), INPUTS)
def test_an_extended_document_has_its_level_before_every_judge(
    key: str, kind: str, signers: int, start: Level, level: Level, tmp_path
) -> None:
    case = Case(key=key, input=kind, level=start, visible=True, signers=signers)
    outcome, steps = extended(case, level)
    in_place = ExtensionStep.SIGNATURE_TIMESTAMP in steps
    assert in_place == (start is Level.B_B)
    for judge in JUDGES_OF[key]:
        if judge is not prefix or not in_place:
            judge(outcome, tmp_path)
