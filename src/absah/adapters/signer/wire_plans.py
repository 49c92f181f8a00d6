"""Orders, revocation lists and OCSP answers as messages: what was written, apart from what is accepted.

A profile travels by name only. The signer reads it from its own catalogue, so that nobody can hand in a laxer one.
"""

from typing import Annotated, Literal, Self, TypeAlias, assert_never

from pydantic import Field

from absah.adapters.signer.errors import MessageRefused
from absah.adapters.signer.wire_fields import Moment, Octets, SerialNumber, WireModel
from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.crl import CrlHeader, CrlPlan, RevokedEntry
from absah.pki.issuance import CertificateOrder, Endpoints
from absah.pki.names import AuthorityName, IndividualName, MachineName, SealName, ServerName, SubjectName
from absah.pki.ocsp import CertId, OcspPlan, SingleStatus
from absah.pki.profiles import Validity, load_profile
from absah.pki.revocation import Good, RevocationReason, RevocationStatus, Revoked, Unknown


class _Authority(WireModel):
    kind: Literal["authority"] = "authority"
    common_name: str
    organisation: str
    units: tuple[str, ...]


class _Individual(WireModel):
    kind: Literal["individual"] = "individual"
    common_name: str
    given_name: str | None
    surname: str | None
    subscriber_number: str
    units: tuple[str, ...]
    organisation: str
    locality: str
    province: str


class _Seal(WireModel):
    kind: Literal["seal"] = "seal"
    common_name: str
    units: tuple[str, ...]
    organisation: str
    organisation_identifier: str
    locality: str
    province: str


class _Server(WireModel):
    kind: Literal["server"] = "server"
    organisation: str
    locality: str
    province: str


class _Machine(WireModel):
    kind: Literal["machine"] = "machine"
    common_name: str
    units: tuple[str, ...]
    organisation: str
    locality: str
    province: str


_AnySubject: TypeAlias = _Authority | _Individual | _Seal | _Server | _Machine
_Subject: TypeAlias = Annotated[_AnySubject, Field(discriminator="kind")]


def _write_subject(subject: SubjectName) -> _AnySubject:
    match subject:
        case AuthorityName():
            form: type[_AnySubject] = _Authority
        case IndividualName():
            form = _Individual
        case SealName():
            form = _Seal
        case ServerName():
            form = _Server
        case MachineName():
            form = _Machine
        case _:
            assert_never(subject)
    return form(**{field: getattr(subject, field) for field in form.model_fields if field != "kind"})


def _read_subject(written: _AnySubject) -> SubjectName:
    fields = written.model_dump(exclude={"kind"})
    match written:
        case _Authority():
            return AuthorityName(**fields)
        case _Individual():
            return IndividualName(**fields)
        case _Seal():
            return SealName(**fields)
        case _Server():
            return ServerName(**fields)
        case _Machine():
            return MachineName(**fields)


class NameOnWire(WireModel):
    """The name of a service of ours."""

    common_name: str
    organisation: str
    units: tuple[str, ...]

    @classmethod
    def write(cls, name: AuthorityName, /) -> Self:
        return cls(common_name=name.common_name, organisation=name.organisation, units=name.units)

    def read(self) -> AuthorityName:
        """Raises NameValueRefused."""
        return AuthorityName(**self.model_dump())


class OrderOnWire(WireModel):
    """A certificate order."""

    profile: str
    subject: _Subject
    public_key: Octets
    serial: SerialNumber
    not_before: Moment
    not_after: Moment
    issuer: Octets | None
    crl_url: str | None
    ocsp_url: str | None
    ca_issuers_url: str | None
    emails: tuple[str, ...]
    dns_names: tuple[str, ...] = ()

    @classmethod
    def write(cls, order: CertificateOrder, /) -> Self:
        """Raises MessageRefused for a profile that is not the catalogue's."""
        if load_profile(order.profile.name) != order.profile:
            raise MessageRefused(problem="profile")
        return cls(
            profile=order.profile.name,
            subject=_write_subject(order.subject),
            public_key=order.public_key,
            serial=order.serial,
            not_before=order.validity.not_before,
            not_after=order.validity.not_after,
            issuer=order.issuer,
            crl_url=order.endpoints.crl_url,
            ocsp_url=order.endpoints.ocsp_url,
            ca_issuers_url=order.endpoints.ca_issuers_url,
            emails=order.emails,
            dns_names=order.dns_names,
        )

    def read(self) -> CertificateOrder:
        """Raises the errors of names and profiles."""
        return CertificateOrder(
            profile=load_profile(self.profile),
            subject=_read_subject(self.subject),
            public_key=self.public_key,
            serial=Serial(self.serial),
            validity=Validity(not_before=instant(self.not_before), not_after=instant(self.not_after)),
            issuer=self.issuer,
            endpoints=Endpoints(crl_url=self.crl_url, ocsp_url=self.ocsp_url, ca_issuers_url=self.ca_issuers_url),
            emails=self.emails,
            dns_names=self.dns_names,
        )


class _Entry(WireModel):
    serial: SerialNumber
    at: Moment
    reason: int


class CrlHeaderOnWire(WireModel):
    """A revocation list that is begun; its entries follow."""

    issuer: Octets
    number: SerialNumber
    this_update: Moment
    next_update: Moment
    distribution_point: str | None
    expired_since: Moment | None

    @classmethod
    def write(cls, header: CrlHeader, /) -> Self:
        return cls(
            issuer=header.issuer_der,
            number=header.number,
            this_update=header.this_update,
            next_update=header.next_update,
            distribution_point=header.distribution_point,
            expired_since=header.expired_since,
        )

    def read(self) -> CrlHeader:
        """Raises CrlPlanRefused, MessageRefused."""
        if self.distribution_point is not None and not self.distribution_point.isascii():
            raise MessageRefused(problem="distribution_point")
        return CrlHeader(
            issuer_der=self.issuer,
            number=self.number,
            this_update=instant(self.this_update),
            next_update=instant(self.next_update),
            distribution_point=self.distribution_point,
            expired_since=None if self.expired_since is None else instant(self.expired_since),
        )


class CrlOnWire(WireModel):
    """A short revocation list that is to be signed, whole."""

    issuer: Octets
    number: SerialNumber
    this_update: Moment
    next_update: Moment
    entries: tuple[_Entry, ...]
    distribution_point: str | None
    expired_since: Moment | None = None

    @classmethod
    def write(cls, plan: CrlPlan, /) -> Self:
        return cls(
            issuer=plan.issuer_der,
            number=plan.number,
            this_update=plan.this_update,
            next_update=plan.next_update,
            entries=tuple(_Entry(serial=one.serial, at=one.at, reason=int(one.reason)) for one in plan.entries),
            distribution_point=plan.distribution_point,
            expired_since=plan.expired_since,
        )

    def read(self) -> CrlPlan:
        """Raises CrlPlanRefused."""
        return CrlPlan(
            issuer_der=self.issuer,
            number=self.number,
            this_update=instant(self.this_update),
            next_update=instant(self.next_update),
            entries=tuple(
                RevokedEntry(serial=Serial(one.serial), at=instant(one.at), reason=_read_reason(one.reason))
                for one in self.entries
            ),
            distribution_point=self.distribution_point,
            expired_since=None if self.expired_since is None else instant(self.expired_since),
        )


class _Status(WireModel):
    digest: DigestAlgorithm
    issuer_name_hash: Octets
    issuer_key_hash: Octets
    serial: SerialNumber
    status: Literal["good", "revoked", "unknown"]
    revoked_at: Moment | None
    reason: int
    this_update: Moment
    next_update: Moment | None


class OcspOnWire(WireModel):
    """An OCSP response that is to be signed."""

    responder: Octets
    produced_at: Moment
    responses: tuple[_Status, ...]
    nonce: Octets | None

    @classmethod
    def write(cls, plan: OcspPlan, /) -> Self:
        return cls(
            responder=plan.responder_der,
            produced_at=plan.produced_at,
            responses=tuple(map(_write_status, plan.responses)),
            nonce=plan.nonce,
        )

    def read(self) -> OcspPlan:
        """Raises OcspPlanRefused."""
        return OcspPlan(
            responder_der=self.responder,
            produced_at=instant(self.produced_at),
            responses=tuple(map(_read_status, self.responses)),
            nonce=self.nonce,
        )


def _write_status(single: SingleStatus) -> _Status:
    status, revoked = single.status, isinstance(single.status, Revoked)
    word: Literal["good", "revoked", "unknown"] = "unknown"
    if isinstance(status, Good):
        word = "good"
    elif revoked:
        word = "revoked"
    return _Status(
        digest=single.cert_id.digest,
        issuer_name_hash=single.cert_id.issuer_name_hash,
        issuer_key_hash=single.cert_id.issuer_key_hash,
        serial=single.cert_id.serial,
        status=word,
        revoked_at=status.at if isinstance(status, Revoked) else None,
        reason=int(status.reason) if isinstance(status, Revoked) else 0,
        this_update=single.this_update,
        next_update=single.next_update,
    )


def _read_status(written: _Status) -> SingleStatus:
    status: RevocationStatus = Unknown()
    if written.status == "good":
        status = Good()
    elif written.status == "revoked":
        if written.revoked_at is None:
            raise MessageRefused(problem="revoked_at")
        status = Revoked(at=instant(written.revoked_at), reason=_read_reason(written.reason))
    return SingleStatus(
        cert_id=CertId(
            digest=written.digest,
            issuer_name_hash=written.issuer_name_hash,
            issuer_key_hash=written.issuer_key_hash,
            serial=Serial(written.serial),
        ),
        status=status,
        this_update=instant(written.this_update),
        next_update=None if written.next_update is None else instant(written.next_update),
    )


def _read_reason(number: int) -> RevocationReason:
    try:
        return RevocationReason(number)
    except ValueError:
        raise MessageRefused(problem="reason") from None
