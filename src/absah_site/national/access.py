"""The national service itself, for the apps that ask it, and how the connection stands, for the page."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from absah.adapters.upstream.line import Line
from absah.adapters.upstream.service import HttpNationalService, SignIn, Wire
from absah.esign.client.ports import NationalService
from absah.esign.client.refusals import NotConnected
from absah_site import composition
from absah_site.national import store
from absah_site.national.store import KnownCredential
from absah_site.upstream_settings import UpstreamTable

__all__ = ["KnownCredential", "Standing", "is_named", "national_service", "settings", "standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the settings name, and which credential is in use."""

    settings: UpstreamTable
    credential: KnownCredential | None

    @property
    def is_connected(self) -> bool:
        """Whether the service can be asked."""
        return bool(self.settings.base_url) and self.credential is not None


def settings() -> UpstreamTable:
    """What the settings say of the service."""
    return composition.config().upstream


def is_named() -> bool:
    """Whether the certificates of this instance's agency come from a service elsewhere."""
    return bool(settings().base_url)


def standing() -> Standing:
    """How the connection stands."""
    return Standing(settings=settings(), credential=store.current())


def national_service() -> NationalService:
    """The service. Raises NotConnected, and AddressUnfit where the settings name no usable address."""
    found = standing()
    if not found.settings.base_url or found.credential is None:
        raise NotConnected
    return _service(found.settings, found.credential.id)


@lru_cache(maxsize=4)
def _service(table: UpstreamTable, credential: UUID) -> HttpNationalService:
    """One for each pair: it remembers its token."""
    clock = composition.clock()
    return HttpNationalService(
        line=Line(table.line(composition.config().data), clock),
        credential=store.opened(credential, vault=composition.personal_data()),
        clock=clock,
        rng=composition.rng(),
        wire=Wire(table.wire),
        sign_in=SignIn(table.sign_in),
    )
