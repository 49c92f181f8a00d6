"""Agencies and subscribers. Personal data is sealed on the way in and opened on the way out, nowhere else."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.enrolment.agency import Agency as AgencyValue
from absah.enrolment.agency import CooperationAgreement
from absah.enrolment.applicant import Applicant, EmailAddress, Employment
from absah.enrolment.name_words import words_of
from absah.enrolment.naming import PersonName
from absah.enrolment.states import SubscriberState
from absah.enrolment.subscriber import SubscriberNumber
from absah.kernel.clock import Instant, instant
from absah.kernel.people import Nik, Nip
from absah.signing.ports import CredentialId
from absah_site.enrolment.models import Agency, NameWord, Subscriber

_TABLE = "enrolment_subscriber"

#: What stands where an address was erased.
NO_ADDRESS: Final = EmailAddress("terhapus@tidak-ada.invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAgency:
    """An agency and its opaque id, under which roles are given and the ledger knows it."""

    id: UUID
    agency: AgencyValue
    suspended_for: str = ""

    @property
    def is_active(self) -> bool:
        """Whether certificates are issued for its people."""
        return not self.suspended_for


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSubscriber:
    """A person in the register, without what is sealed. `user` is the account's public id, where there is one."""

    id: UUID
    number: SubscriberNumber
    agency: RegisteredAgency
    user: UUID | None
    name: PersonName
    post: str
    unit: str
    credential: CredentialId | None
    state: SubscriberState = SubscriberState.REGISTERED
    state_cause: str = ""
    state_at: Instant | None = None


def _agency_value(row: Agency) -> RegisteredAgency:
    return RegisteredAgency(
        id=row.pk,
        agency=AgencyValue(
            code=row.code,
            name=row.name,
            organisation_identifier=row.organisation_identifier,
            units=tuple(row.units),
            city=row.city,
            province=row.province,
            agreement=CooperationAgreement(
                number=row.agreement_number, since=row.agreement_since, until=row.agreement_until
            ),
            domains=tuple(row.domains),
        ),
        suspended_for=row.suspended_for,
    )


def add_agency(registered: RegisteredAgency, /, *, at: Instant) -> None:
    """Enter an agency."""
    agency = registered.agency
    Agency.objects.create(
        id=registered.id,
        code=agency.code,
        name=agency.name,
        organisation_identifier=agency.organisation_identifier,
        units=list(agency.units),
        city=agency.city,
        province=agency.province,
        agreement_number=agency.agreement.number,
        agreement_since=agency.agreement.since,
        agreement_until=agency.agreement.until,
        domains=list(agency.domains),
        registered_at=at,
    )


def change_agency(agency: UUID, /, *, units: tuple[str, ...], domains: tuple[str, ...]) -> None:
    """What an agency says of itself."""
    Agency.objects.filter(pk=agency).update(units=list(units), domains=list(domains))


def renew_agreement(agency: UUID, agreement: CooperationAgreement, /) -> None:
    """The agreement under which the agency is from now on."""
    Agency.objects.filter(pk=agency).update(
        agreement_number=agreement.number, agreement_since=agreement.since, agreement_until=agreement.until
    )


def lock_agency(agency: UUID, /) -> RegisteredAgency | None:
    """An agency, held until the transaction ends."""
    row = Agency.objects.select_for_update().filter(pk=agency).first()
    return None if row is None else _agency_value(row)


def set_agency_suspended(agency: UUID, reason: str, /, *, at: Instant | None) -> None:
    """Suspend an agency for a reason, or let it work again (no reason, no time)."""
    Agency.objects.filter(pk=agency).update(suspended_for=reason, suspended_at=at)


def agencies(*identifiers: UUID) -> tuple[RegisteredAgency, ...]:
    """All agencies by name, or those that are named."""
    rows = Agency.objects.order_by("name", "pk")
    if identifiers:
        rows = rows.filter(pk__in=identifiers)
    return tuple(_agency_value(row) for row in rows)


def find_agency(agency: UUID, /) -> RegisteredAgency | None:
    """By its opaque id."""
    row = Agency.objects.filter(pk=agency).first()
    return None if row is None else _agency_value(row)


def agency_ids() -> tuple[UUID, ...]:
    """The opaque ids of all agencies."""
    return tuple(Agency.objects.order_by("pk").values_list("id", flat=True))


def agency_code_taken(code: str, /) -> bool:
    """Whether an agency has this code."""
    return Agency.objects.filter(code=code).exists()


def _subscriber_value(row: Subscriber) -> RegisteredSubscriber:
    return RegisteredSubscriber(
        id=row.pk,
        number=SubscriberNumber(row.number),
        agency=_agency_value(row.agency),
        user=row.user_id,
        name=PersonName(full=row.name, titles_before=row.titles_before, titles_after=row.titles_after),
        post=row.post,
        unit=row.unit,
        credential=CredentialId(row.credential) if row.credential else None,
        state=SubscriberState(row.state),
        state_cause=row.state_cause,
        state_at=None if row.state_at is None else instant(row.state_at),
    )


def _place(subscriber: UUID, field: str) -> Place:
    return Place(table=_TABLE, row=str(subscriber), field=field)


def _columns(subscriber: UUID, applicant: Applicant, vault: PersonalDataVault) -> dict[str, object]:
    nip = applicant.nip
    return {
        "nik_index": vault.blind_index("nik", applicant.nik.digits),
        "nik_sealed": vault.seal(applicant.nik.digits, _place(subscriber, "nik")),
        "nip_sealed": None if nip is None else vault.seal(nip.digits, _place(subscriber, "nip")),
        "nip_index": None if nip is None else vault.blind_index("nip", nip.digits),
        "email_sealed": vault.seal(applicant.email.address, _place(subscriber, "email")),
        "email_index": email_index(applicant.email, vault),
        "name": applicant.name.full,
        "titles_before": applicant.name.titles_before,
        "titles_after": applicant.name.titles_after,
        "post": applicant.post,
        "unit": applicant.unit,
        "city": applicant.city,
        "province": applicant.province,
        "rank": applicant.rank,
        "employment": "" if applicant.employment is None else applicant.employment.value,
    }


def email_index(email: EmailAddress, vault: PersonalDataVault, /) -> bytes:
    """By what an address is found: people write theirs with and without capitals."""
    return vault.blind_index("email", email.address.lower())


def _keep_words(subscriber: UUID, agency: UUID, applicant: Applicant) -> None:
    name = applicant.name.full
    NameWord.objects.bulk_create(
        NameWord(subscriber_id=subscriber, agency_id=agency, word=word, name=name) for word in words_of(name)
    )


def add_subscriber(
    subscriber: UUID, number: SubscriberNumber, applicant: Applicant, /, *, agency: UUID, vault: PersonalDataVault
) -> None:
    """Enter a person."""
    columns = _columns(subscriber, applicant, vault)
    Subscriber.objects.create(id=subscriber, number=number.text, agency_id=agency, **columns)
    _keep_words(subscriber, agency, applicant)


def replace_applicant(subscriber: UUID, applicant: Applicant, /, *, agency: UUID, vault: PersonalDataVault) -> None:
    """Bring what the agency knows of a person up to date; the agency may be another than before."""
    Subscriber.objects.filter(pk=subscriber).update(agency_id=agency, **_columns(subscriber, applicant, vault))
    NameWord.objects.filter(subscriber_id=subscriber).delete()
    _keep_words(subscriber, agency, applicant)


def with_nik(applicant: Applicant, nik: Nik, /) -> Applicant:
    """The same with the NIK of the register."""
    return replace(applicant, nik=nik)


def set_differs(subscriber: UUID, /, *, since: Instant | None) -> None:
    """Since when the certificate in use says something else than the register; None: it does not."""
    Subscriber.objects.filter(pk=subscriber).update(differs_since=since)


def set_state(subscriber: UUID, state: SubscriberState, /, *, cause: str, at: Instant) -> None:
    """Where a person stands in the register."""
    Subscriber.objects.filter(pk=subscriber).update(state=state.value, state_cause=cause, state_at=at)


def keep_phone(subscriber: UUID, phone: str, /, *, vault: PersonalDataVault) -> None:
    """Remember the telephone number that the person gave."""
    sealed = vault.seal(phone, _place(subscriber, "phone"))
    Subscriber.objects.filter(pk=subscriber).update(phone_sealed=sealed)


def erase_optional(subscriber: UUID, /) -> None:
    """Empty what no certificate names and no law asks for. The address goes later: `erase_address`."""
    Subscriber.objects.filter(pk=subscriber).update(
        nip_sealed=None, nip_index=None, phone_sealed=None, rank="", employment=""
    )


def erase_address(account: UUID, /, *, vault: PersonalDataVault) -> bool:
    """Put an address that reaches nobody (RFC 2606 §2) in the place of a person's. False: it was there already."""
    row = Subscriber.objects.filter(user__public_id=account, email_index__isnull=False).first()
    if row is None:
        return False
    sealed = vault.seal(NO_ADDRESS.address, _place(row.pk, "email"))
    Subscriber.objects.filter(pk=row.pk).update(email_sealed=sealed, email_index=None)
    return True


def link_account(subscriber: UUID, user: UUID, /) -> None:
    """Remember which account is this person's."""
    Subscriber.objects.filter(pk=subscriber).update(user_id=user)


def keep_credential(subscriber: UUID, credential: CredentialId | None, /) -> None:
    """Remember which key in custody is this person's; None: the key is with its holder."""
    Subscriber.objects.filter(pk=subscriber).update(credential=credential or "")


def find_subscriber(**criterion: object) -> RegisteredSubscriber | None:
    """By one column: `pk`, `number`, `user`, `credential`."""
    row = Subscriber.objects.select_related("agency").filter(**criterion).first()
    return None if row is None else _subscriber_value(row)


def find_subscriber_by_nik(nik: Nik, /, *, vault: PersonalDataVault) -> RegisteredSubscriber | None:
    """By NIK, over the blind index."""
    return find_subscriber(nik_index=vault.blind_index("nik", nik.digits))


def find_subscriber_by_email(email: EmailAddress, /, *, vault: PersonalDataVault) -> RegisteredSubscriber | None:
    """By address, over the blind index; None also when two people share it."""
    rows = Subscriber.objects.select_related("agency").filter(email_index=email_index(email, vault))[:2]
    return _subscriber_value(rows[0]) if len(rows) == 1 else None


def lock_subscriber(subscriber: UUID, /) -> None:
    """Hold a person's row until the transaction ends."""
    Subscriber.objects.select_for_update(of=("self",)).get(pk=subscriber)


def open_applicant(subscriber: UUID, /, *, vault: PersonalDataVault) -> Applicant:
    """All that the agency entered, opened. For checks and for the certificate; never for a screen."""
    row = Subscriber.objects.get(pk=subscriber)
    nip = None if row.nip_sealed is None else vault.open(bytes(row.nip_sealed), _place(subscriber, "nip"))
    return Applicant(
        nik=Nik(vault.open(bytes(row.nik_sealed), _place(subscriber, "nik"))),
        nip=None if nip is None else Nip(nip),
        name=PersonName(full=row.name, titles_before=row.titles_before, titles_after=row.titles_after),
        email=EmailAddress(vault.open(bytes(row.email_sealed), _place(subscriber, "email"))),
        post=row.post,
        unit=row.unit,
        city=row.city,
        province=row.province,
        rank=row.rank,
        employment=Employment(row.employment) if row.employment else None,
    )


def recipients_after(agency: UUID | None, number: str, /, *, limit: int) -> tuple[tuple[str, UUID | None], ...]:
    """Numbers and accounts of the people of an agency (None: of all) after a number, in their order."""
    rows = Subscriber.objects.filter(number__gt=number)
    rows = rows if agency is None else rows.filter(agency_id=agency)
    return tuple((row.number, row.user_id) for row in rows.only("number", "user_id").order_by("number")[:limit])


def with_accounts_at(agency: UUID | None, /) -> tuple[RegisteredSubscriber, ...]:
    """The people of an agency, or of all, who have an account in use; by name."""
    rows = Subscriber.objects.filter(user__is_active=True).select_related("agency")
    rows = rows if agency is None else rows.filter(agency_id=agency)
    return tuple(_subscriber_value(row) for row in rows.order_by("name", "pk"))
