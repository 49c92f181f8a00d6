"""The inventory of electronic systems that use certificates (K1-a), and what each must show (K1-i, K1-j)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from absah.agreements.agreement import Agreement
from absah.agreements.duties import EvidenceKind
from absah.agreements.evidence import Evidence, Source
from absah.agreements.model import LogoOwner
from absah.agreements.parties import Role
from absah.kernel.errors import BadInput


class SystemMalformed(BadInput):
    """A system has a name, an owner and an address that begins with https or http. Parameter: field."""

    code = "agreements.system-malformed"


class Status(StrEnum):
    """Where a system is in its life."""

    PLANNED = "planned"
    TESTING = "testing"
    IN_USE = "in-use"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicSystem:
    """One application of the first party."""

    key: str
    name: str
    url: str
    owner: str
    interface: str
    status: Status
    integrated_on: date | None = None

    def __post_init__(self) -> None:
        for field in ("key", "name", "owner"):
            if not getattr(self, field).strip():
                raise SystemMalformed(field=field)
        if not self.url.startswith(("https://", "http://")):
            raise SystemMalformed(field="url")
        if self.status is Status.IN_USE and self.integrated_on is None:
            raise SystemMalformed(field="integrated_on")


def inventory_evidence(system: ElectronicSystem, /, *, on: date) -> Evidence:
    """An entry of the inventory as evidence for K1-a."""
    return Evidence(kind=EvidenceKind.INVENTORY, source=Source.SYSTEMS, reference=system.key, on=on)


def logo_owner(agreement: Agreement, day: date, /) -> str:
    """Whose logo an application shows on a day (K1-i): the second party's, or the issuer's."""
    if agreement.model.rules.logo is LogoOwner.ISSUER:
        return agreement.issuer_on(day)
    return agreement.parties[Role.SECOND].name_on(day)


def statement_issuer(agreement: Agreement, day: date, /) -> str:
    """Who is named as issuer in the statement on output documents (K1-j): the issuing unit, by its name of the day."""
    return agreement.issuer_on(day)
