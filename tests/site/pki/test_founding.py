"""An authority whose certificate comes from outside: entered with its root, published, and the one that issues."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import Instance
from tests.fixtures_pki import ISSUING_NAME, Party, new_key
from tests.fixtures_signer import order_for, root_at

from absah.adapters.key_vault import ByService
from absah.audit.tags import PkiTag
from absah.pki.algorithms import KeyAlgorithm, public_key_of
from absah.pki.crl import parse_crl
from absah.pki.hierarchy import AuthorityForeign
from absah.pki.issuance import issue, prepare
from absah.signing.ports import CredentialId
from absah_site.actors import Operator
from absah_site.audit.models import Entry
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.store import AuthorityKind

pytestmark = pytest.mark.django_db

NEW = CredentialId("ca-2")
BY = Operator(name="test")


@pytest.fixture
def root(instance: Instance) -> Party:
    return root_at(instance.clock.now())


@pytest.fixture
def public_key(instance: Instance) -> bytes:
    """A key that waits in the signer."""
    return instance.signer.create_key(NEW, kind="authority", algorithm=KeyAlgorithm.P256, protection=ByService())


def certified(instance: Instance, root: Party, public_key: bytes) -> bytes:
    now = instance.clock.now()
    return issue(prepare(order_for("issuing-ca", ISSUING_NAME, public_key, root.certificate, now), now=now), root.key)


def test_the_newest_ca_issues_and_the_one_before_goes_on_with_its_lists(instance: Instance, root, public_key):
    before = access.issuing_authority(now=instance.clock.now())
    certificate = certified(instance, root, public_key)
    instance.clock.advance(timedelta(seconds=1))
    entered, above = pki.found_by_certificate(NEW, certificate, root.certificate, public_key, by=BY)
    assert entered.chain == (root.certificate,)
    assert above.kind is AuthorityKind.ROOT
    assert access.issuing_authority(now=instance.clock.now()).slug == NEW
    folder = instance.config.repository
    assert (folder / "ca" / f"{above.slug}.cer").read_bytes() == root.certificate
    for slug in (NEW, before.slug):
        assert len(parse_crl((folder / "crl" / f"{slug}.crl").read_bytes())) == 0
    # Interrupted or not: done again, nothing is entered twice.
    again = pki.found_by_certificate(NEW, certificate, root.certificate, public_key, by=BY)
    assert [one.slug for one in again] == [entered.slug, above.slug]
    assert Entry.objects.filter(tag=PkiTag.AUTHORITY_CREATED, subject=f"authority:{NEW}").count() == 1


def test_a_name_is_never_given_another_certificate_and_a_key_no_foreign_one(instance: Instance, root, public_key):
    first = certified(instance, root, public_key)
    pki.found_by_certificate(NEW, first, root.certificate, public_key, by=BY)
    with pytest.raises(pki.AuthorityExists):
        pki.found_by_certificate(NEW, certified(instance, root, public_key), root.certificate, public_key, by=BY)
    stranger = certified(instance, root, public_key_of(new_key()))
    with pytest.raises(AuthorityForeign):
        pki.found_by_certificate("ca-3", stranger, root.certificate, public_key, by=BY)
