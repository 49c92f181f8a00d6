"""What a signature is before Indonesian law: the six conditions of UU ITE Ps 11 ayat (1), and its class.

PP 71/2019 Ps 60 knows two classes, *tersertifikasi* and *tidak tersertifikasi*; they differ in weight as evidence, not
in validity. Certified needs a certificate of an Indonesian certification provider and a certified device. Neither can
be seen in a document: the operator says which anchors are recognised, and under which policies their signers' keys are
kept in certified devices. What nobody said is not assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from absah.kernel.refs import Citation, Norm
from absah.validation.checks import Check, CheckName
from absah.validation.conclusion import Indication


class ConditionState(StrEnum):
    """Met, contradicted by the evidence, or not to be established from it."""

    MET = "met"
    OPEN = "open"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One letter of Ps 11 ayat (1), and the checks that its state rests on."""

    letter: str
    state: ConditionState
    evidence: tuple[CheckName, ...]

    @property
    def citation(self) -> Citation:
        return Citation(norm=Norm.UU_ITE, clause=f"11 ayat (1) huruf {self.letter}")

    @property
    def title_message(self) -> str:
        """Message id: what the law asks."""
        return f"validation.condition.{self.letter}"

    @property
    def message(self) -> str:
        """Message id: what was found."""
        return f"validation.condition.{self.letter}.{self.state}"


class LegalClass(StrEnum):
    """PP 71/2019 Ps 60 ayat (2)."""

    CERTIFIED = "certified"
    NOT_CERTIFIED = "not-certified"

    @property
    def message(self) -> str:
        return f"validation.class.{self}"


class LegalReason(StrEnum):
    """Why a signature is of its class."""

    RECOGNISED = "recognised"
    TRIAL = "trial"
    NOT_ESTABLISHED = "not-established"
    NOT_RECOGNISED = "not-recognised"
    DEVICE_UNKNOWN = "device-unknown"

    @property
    def message(self) -> str:
        return f"validation.class.because.{self}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the law looks at besides the checks.

    `committing`: the key is one for commitments (keyUsage contentCommitment). `recognised`: the anchor is one of an
    Indonesian provider. `device`: a policy of the certificate promises a certified device.
    """

    trusted: bool = False
    committing: bool = False
    recognised: bool = False
    device: bool = False


def conditions_of(checks: Iterable[Check], standing: Standing, /) -> tuple[Condition, ...]:
    """All six, in their order."""
    states = {check.name: check for check in checks}

    def judged(letter: str, *names: CheckName, also: bool = True) -> Condition:
        return Condition(letter=letter, state=_state(states, names, also=also), evidence=names)

    trusted = standing.trusted
    return (
        judged("a", CheckName.SIGNING_CERTIFICATE, CheckName.SIGNATURE_VALUE, CheckName.CHAIN, also=trusted),
        judged("b", CheckName.REVOCATION, CheckName.SUSPENSION, CheckName.VALIDITY_PERIOD, also=trusted),
        judged("c", CheckName.SIGNATURE_READABLE, CheckName.SIGNATURE_VALUE),
        judged("d", CheckName.BYTE_RANGE, CheckName.DOCUMENT_DIGEST, CheckName.LATER_CHANGES),
        judged("e", CheckName.SIGNING_CERTIFICATE, CheckName.CHAIN, also=trusted),
        judged("f", CheckName.SIGNATURE_VALUE, also=standing.committing),
    )


def _state(states: dict[CheckName, Check], names: tuple[CheckName, ...], *, also: bool) -> ConditionState:
    """Contradicted where a check proves the contrary, met where all passed, else open."""
    found = [states.get(name) for name in names]
    failing = [check for check in found if check is not None and check.reason is not None]
    if any(
        check.conclusion is not None and check.conclusion.indication is Indication.TOTAL_FAILED for check in failing
    ):
        return ConditionState.UNMET
    return ConditionState.MET if also and not failing and None not in found else ConditionState.OPEN


def classify(*, passed: bool, trial: bool, standing: Standing) -> tuple[LegalClass, LegalReason]:
    """The class, and why. What is doubtful is not certified: the class adds weight, and must not add it by mistake."""
    if trial:
        return LegalClass.NOT_CERTIFIED, LegalReason.TRIAL
    if not passed:
        return LegalClass.NOT_CERTIFIED, LegalReason.NOT_ESTABLISHED
    if not standing.recognised:
        return LegalClass.NOT_CERTIFIED, LegalReason.NOT_RECOGNISED
    if not standing.device:
        return LegalClass.NOT_CERTIFIED, LegalReason.DEVICE_UNKNOWN
    return LegalClass.CERTIFIED, LegalReason.RECOGNISED
