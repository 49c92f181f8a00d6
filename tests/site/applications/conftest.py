"""The demo instance of these tests, and the people who look after applications."""

import pytest
from tests.fixtures_instance import Instance, Office, bare_instance, instance, office, walk

from absah_site.actors import Account
from absah_site.roles import Role

__all__ = ["bare_instance", "instance", "office", "walk"]


@pytest.fixture
def admin(instance: Instance, office: Office) -> Account:
    return instance.officer("yonas", Role.AGENCY_ADMIN, agency=str(office.agency))
