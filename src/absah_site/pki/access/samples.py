"""What the daily second look at issued certificates found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from absah.audit.entry import FactValue
from absah.kernel.clock import Instant
from absah_site.audit.access import entries_about

#: What the ledger's rows about samples are about.
SAMPLE: Final = "lint:sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look: how many certificates, how many findings, the first of them as `serial/code`, and who judged."""

    at: Instant
    looked: int
    findings: int
    told: tuple[str, ...]
    second_opinion: bool

    @property
    def facts(self) -> Mapping[str, FactValue]:
        """As the ledger has it."""
        return {
            "looked": self.looked,
            "findings": self.findings,
            "told": self.told,
            "second_opinion": self.second_opinion,
        }

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Serial and code of the findings that are told."""
        return tuple((serial, code) for serial, _, code in (one.partition("/") for one in self.told))


def latest_sample() -> Sample | None:
    """The newest look, if there was one."""
    entries = entries_about(SAMPLE, limit=1)
    if not entries:
        return None
    facts = dict(entries[0].facts)
    told = facts["told"]
    return Sample(
        at=entries[0].at,
        looked=int(str(facts["looked"])),
        findings=int(str(facts["findings"])),
        told=told if isinstance(told, tuple) else (),
        second_opinion=facts["second_opinion"] is True,
    )
