"""The demo instance, and a national service in memory that says what a test wants it to say."""

from dataclasses import dataclass, field, replace

import pytest
from tests.fixtures_instance import bare_instance, instance, office, walk
from tests.site.registration.conftest import _pictures_are_opened_elsewhere, pool

from absah.enrolment.wire_status import WireStatus
from absah.esign.client.ports import ProfileThere
from absah.kernel.people import Nik
from absah_site.outside.actions import synchronising
from absah_site.upstream_settings import UpstreamTable

__all__ = ["_pictures_are_opened_elsewhere", "bare_instance", "instance", "office", "pool", "walk"]


@dataclass
class National:
    """What it knows of each NIK; an exception is raised instead. `asked` in their order."""

    statuses: dict[str, WireStatus | Exception] = field(default_factory=dict)
    profiles: dict[str, ProfileThere] = field(default_factory=dict)
    chains: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def status(self, nik: Nik, /) -> WireStatus:
        self.asked.append(nik.digits)
        found = self.statuses.get(nik.digits, WireStatus.NOT_REGISTERED)
        if isinstance(found, Exception):
            raise found
        return found

    def profile(self, nik: Nik, /) -> ProfileThere | None:
        return self.profiles.get(nik.digits)

    def chain(self, nik: Nik, /) -> tuple[bytes, ...]:
        return self.chains.get(nik.digits, ())


@pytest.fixture
def national(instance, settings, monkeypatch: pytest.MonkeyPatch) -> National:
    table = UpstreamTable(base_url="https://esign.example")
    instance.config = settings.CONFIG = replace(settings.CONFIG, upstream=table)
    there = National()
    monkeypatch.setattr(synchronising, "national_service", lambda: there)
    return there
