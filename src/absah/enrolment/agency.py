"""An agency that certificates are issued for, under a cooperation agreement (a stub until agreements have events)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import final

from absah.enrolment.applicant import Applicant, EmailAddress, EmailMalformed, FieldMalformed, clean_text
from absah.enrolment.naming import certificate_name
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.errors import BadInput, WrongState
from absah.pki.names import IndividualName

_LONGEST_CODE = 40
_LONGEST_NAME = 64  # RFC 5280 appendix A.1: ub-organization-name and ub-organizational-unit-name


class UnitUnknown(BadInput):
    """The unit is not on the agency's list. Parameter: unit."""

    code = "enrolment.unit-unknown"


class AgencySuspended(WrongState):
    """The agency is suspended: nothing is issued for its people."""

    code = "enrolment.agency-suspended"


class AgreementNotInForce(WrongState):
    """The agency has no cooperation agreement that is in force on this day."""

    code = "enrolment.agreement-not-in-force"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CooperationAgreement:
    """The agreement under which certificates are issued: its number, first and last day."""

    number: str
    since: date
    until: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", clean_text(self.number, "agreement_number"))
        if self.until < self.since:
            raise AgreementNotInForce


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency with its units. `organisation_identifier` is 2.5.4.97, as it will stand in a seal's certificate.

    `domains` are those of its official mail, `sagarabiru.go.id` for all addresses at it and below.
    """

    code: str
    name: str
    organisation_identifier: str
    units: tuple[str, ...]
    city: str
    province: str
    agreement: CooperationAgreement
    domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", self.code) or len(self.code) > _LONGEST_CODE:
            raise FieldMalformed(field="code", problem="characters")
        object.__setattr__(self, "name", clean_text(self.name, "name", longest=_LONGEST_NAME))
        units = tuple(clean_text(unit, "unit", longest=_LONGEST_NAME) for unit in self.units)
        object.__setattr__(self, "units", units)
        for label in ("organisation_identifier", "city", "province"):
            object.__setattr__(self, label, clean_text(getattr(self, label), label))
        object.__setattr__(self, "domains", tuple(dict.fromkeys(map(_mail_domain, self.domains))))


def _mail_domain(written: str) -> str:
    """A domain as addresses have it. Raises FieldMalformed."""
    domain = written.strip().lower().removeprefix("@")
    try:
        EmailAddress(f"a@{domain}")
    except EmailMalformed:
        raise FieldMalformed(field="domain", problem="characters") from None
    return domain


def has_official_address(agency: Agency, email: EmailAddress, /) -> bool:
    """Whether an address is at one of the agency's own domains, or below. With none named nobody's is."""
    _, _, domain = email.address.rpartition("@")
    return any(domain == own or domain.endswith(f".{own}") for own in agency.domains)


def check_agreement(agency: Agency, /, *, today: date) -> None:
    """The agency's agreement is in force: first and last day included. Raises."""
    if not agency.agreement.since <= today <= agency.agreement.until:
        raise AgreementNotInForce


def check_unit(agency: Agency, unit: str, /) -> None:
    """The unit is one of the agency's. Raises."""
    if unit not in agency.units:
        raise UnitUnknown(unit=unit)


def certificate_subject(applicant: Applicant, agency: Agency, number: SubscriberNumber, /) -> IndividualName:
    """The subject of a person's certificate: name, agency, unit, place and the opaque number; never NIK or e-mail."""
    name = certificate_name(applicant.name)
    return IndividualName(
        common_name=name.common_name,
        given_name=name.given_name,
        surname=name.surname,
        subscriber_number=number.text,
        units=(applicant.unit,),
        organisation=agency.name,
        locality=applicant.city,
        province=applicant.province,
    )
