"""The same people as in the tests of dossiers, and one for each role."""

import logging
from collections.abc import Iterator, Mapping

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.site.dossiers.conftest import Bureau, _stores, bare_instance, bureau, instance, isolated, office, walk

from absah.workflow.parts import Part
from absah_site.roles import Role

__all__ = ["_stores", "bare_instance", "bureau", "instance", "isolated", "office", "walk"]

#: Roles that are held at an agency.
_AT_AN_AGENCY = {Role.VERIFIKATOR, Role.AGENCY_ADMIN, Role.AGREEMENT_OFFICER, Role.PRIVACY_OFFICER}


@pytest.fixture(autouse=True)
def _refusals_are_not_noted() -> Iterator[None]:
    """There are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def readers(bureau: Bureau) -> Mapping[str, Client]:
    """A signed-in client for each role, one who has a document to sign, and nobody."""
    bureau.sent((bureau.rina, Part.SIGN, 1))
    bureau.drafted(title="Yang belum dikirim")
    agency = str(bureau.walk.office.agency)
    people = {"budi": bureau.budi, "rina": bureau.rina.account} | {
        f"the {role.value}": bureau.walk.instance.officer(
            role.value.replace("_", "-"), role, agency=agency if role in _AT_AN_AGENCY else ""
        )
        for role in Role
        if role not in {Role.SIGNER, Role.AGENCY_ADMIN}
    }
    clients = {"": Client()}
    for name, person in people.items():
        clients[name] = Client()
        clients[name].force_login(get_user_model().objects.get(public_id=person.public_id))
    return clients
