"""An agency whose administrator looks after its webhooks, and a receiver on this machine that is trusted."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from tests.fixtures_instance import Instance, Office, bare_instance, instance, office, walk
from tests.fixtures_receiver import Receiver, receiver

from absah.notices.webhooks.events import Event
from absah_site.actors import Account
from absah_site.config import WebhooksTable
from absah_site.roles import Role
from absah_site.webhooks import actions
from absah_site.webhooks.actions import Drawn, Wanted

__all__ = ["bare_instance", "instance", "office", "receiver", "walk"]


@pytest.fixture
def admin(instance: Instance, office: Office) -> Account:
    return instance.officer("yonas", Role.AGENCY_ADMIN, agency=str(office.agency))


@pytest.fixture
def hook(instance: Instance, office: Office, admin: Account, receiver: Receiver, settings) -> Callable[..., Drawn]:
    """Names the receiver of this machine, as its agency does."""
    settings.CONFIG = replace(settings.CONFIG, webhooks=WebhooksTable(trusted=("127.0.0.1",)))

    def named(*events: Event, agency: UUID | None = None) -> Drawn:
        wanted = Wanted(name="Kepegawaian", address=receiver.address, events=frozenset(events) or None)
        return actions.register_hook(agency or office.agency, wanted, by=admin)

    return named
