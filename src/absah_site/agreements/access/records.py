"""The registers of an agreement as people read them: every record with its entries."""

from dataclasses import dataclass
from typing import Any, Final

from absah.agreements.registers import Register
from absah.kernel.errors import NotFound
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
