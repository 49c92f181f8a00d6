"""The credential: row to value and back, sealed on the way in and opened on the way out, nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from absah.adapters.personal_data import PersonalDataVault, Place
from absah.adapters.upstream.service import ServiceCredential
from absah.kernel.clock import Instant, instant
from absah.signing.factors import Secret
from absah_site.national.models import Credential

_TABLE = "national_credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCredential:
    """That there is one, and since when; without what is sealed."""

    id: UUID
    entered_by: str
    entered_at: Instant


def replace(
    identifier: UUID, credential: ServiceCredential, /, *, by: str, at: Instant, vault: PersonalDataVault
) -> None:
    """Enter a pair, in place of the one before, whose content is gone."""
    Credential.objects.filter(in_use=True).update(in_use=False, username_sealed=b"", password_sealed=b"")
    Credential.objects.create(
        id=identifier,
        username_sealed=vault.seal(credential.username, _place(identifier, "username")),
        password_sealed=vault.seal(credential.password.reveal(), _place(identifier, "password")),
        entered_by=by,
        entered_at=at,
    )


def current() -> KnownCredential | None:
    """The pair in use."""
    row = Credential.objects.filter(in_use=True).only("id", "entered_by", "entered_at").first()
    if row is None:
        return None
    return KnownCredential(id=row.pk, entered_by=row.entered_by, entered_at=instant(row.entered_at))


def opened(identifier: UUID, /, *, vault: PersonalDataVault) -> ServiceCredential:
    """What is in it."""
    row = Credential.objects.get(pk=identifier)
    return ServiceCredential(
        username=vault.open(bytes(row.username_sealed), _place(identifier, "username")),
        password=Secret(vault.open(bytes(row.password_sealed), _place(identifier, "password"))),
    )


def _place(identifier: UUID, field: str) -> Place:
    return Place(table=_TABLE, row=str(identifier), field=field)
