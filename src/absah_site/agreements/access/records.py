"""The registers of an agreement as people read them: every record with its entries."""

from dataclasses import dataclass
from typing import Any, Final

from absah.agreements.disputes import NoSuchStep
from absah.agreements.duties import Duty, DutyCode, DutyUnknown, Right
from absah.agreements.registers import Addition, Register
from absah.kernel.errors import AbsahError, NotFound
from absah_site.agreements.access.opening import OpenedAgreement

_RECORD: Final = "record"


class RecordUnknown(NotFound):
    """The register has no such record."""

    code = "agreements.record-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record: its number in the register, as it stands now, and its entries in their order."""

    number: int
    value: Any
    entries: tuple[Any, ...]

    def title(self, register: Register, /) -> str:
        """What it is called."""
        return str(getattr(self.value, register.title))


def record_stream(name: str, number: int, /) -> str:
    """The thread of a record."""
    return f"{_RECORD}/{name}/{number}"


def records(found: OpenedAgreement, register: Register, /) -> tuple[Kept, ...]:
    """Every record of a register, the newest first."""
    threads: dict[int, list[Any]] = {}
    prefix = f"{_RECORD}/{register.name}/"
    for fact in found.facts:
        if fact.stream.startswith(prefix):
            threads.setdefault(int(fact.stream.removeprefix(prefix)), []).append(fact.value)
    return tuple(
        Kept(number=number, value=register.record(found.agreement.model, entries), entries=tuple(entries))
        for number, entries in sorted(threads.items(), reverse=True)
    )


def record_of(found: OpenedAgreement, register: Register, number: int, /) -> Kept:
    """One record. Raises RecordUnknown."""
    for kept in records(found, register):
        if kept.number == number:
            return kept
    raise RecordUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What may be added to a record, and why it cannot be now."""

    addition: Addition
    refusal: AbsahError | None


def ways_on(found: OpenedAgreement, register: Register, kept: Kept, /) -> tuple[Way, ...]:
    """Everything that may ever be added to a record under this agreement."""
    ways = (Way(addition=each, refusal=each.refusal(found.agreement.model, kept.value)) for each in register.additions)
    return tuple(way for way in ways if not isinstance(way.refusal, NoSuchStep))


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """On what a register rests: the duty of one party, and the right of the other if the agreement has one."""

    duty: Duty
    right: Right | None


def basis_of(found: OpenedAgreement, register: Register, /) -> Basis | None:
    """The duty that a register serves; None where its clause is no duty of this agreement."""
    try:
        duty = found.agreement.model.duty(DutyCode(register.clause))
    except DutyUnknown:
        return None
    return Basis(duty=duty, right=found.agreement.model.right_behind(duty))
