"""CRLs in partitions: which list a certificate names, what each list holds, when it is made again."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fixtures_instance import Instance
from tests.site.pki.test_issuance import wanted

from absah.kernel.clock import instant as instant_of
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate
from absah.pki.crl import CertificateList, parse_crl
from absah.pki.revocation import Cause, RevocationReason
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Operator
from absah_site.pki import access, store
from absah_site.pki import actions as pki
from absah_site.pki.actions.publishing import PartitionRefused
from absah_site.pki.models import Authority, Certificate
from absah_site.roles import Role

BY = Operator(name="test")


def issue_for(number: int) -> pki.IssuedCertificate:
    key = public_key_of(ec.generate_private_key(ec.SECP256R1()))
    return pki.issue_certificate(
        wanted(f"k{number}", public_key=key, credential=None, holder=f"HOLDER{number:03}"), by=BY
    )


def listed(shard: int = 0) -> CertificateList:
    (crl,) = access.published_crl("issuing-ca", shard)
    return parse_crl(crl)


def address_in(certificate: bytes) -> str:
    points = load_certificate(certificate).extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (name,) = points[0].full_name or ()
    return str(name.value)


def test_a_certificate_names_the_list_of_its_partition_and_the_list_names_the_same_address(
    instance: Instance,
) -> None:
    before = issue_for(0)
    pki.partition_crls("issuing-ca", 4, by=BY)
    issued = [issue_for(number) for number in range(1, 9)]
    instance.clock.advance(timedelta(seconds=5))
    for one in (before, *issued):
        pki.revoke_for(one.serial, Cause.RETIRED, by=BY)
    pki.publish_due_crls(instance.clock.now())

    assert address_in(before.certificate).endswith("/repo/crl/issuing-ca.crl")
    for one in issued:
        shard = int(one.serial, 16) % 4 + 1
        assert address_in(one.certificate).endswith(f"/repo/crl/issuing-ca.{shard}.crl")
        found = listed(shard)
        assert found.distribution_points == (address_in(one.certificate),)
        assert found.find(int(one.serial, 16)).reason is RevocationReason.CESSATION_OF_OPERATION
    everything = listed()
    assert everything.distribution_points == ()
    assert {entry.serial for entry in everything} == {int(one.serial, 16) for one in (before, *issued)}
    assert sum(len(listed(shard)) for shard in range(1, 5)) == 8
    numbers = [listed(shard).number for shard in range(5)]
    assert len(set(numbers)) == 5


def test_a_change_makes_its_own_list_and_the_list_of_all_again_and_no_other(instance: Instance) -> None:
    pki.partition_crls("issuing-ca", 4, by=BY)
    issued = issue_for(1)
    pki.publish_crls(instance.clock.now())
    instance.clock.advance(timedelta(seconds=5))
    assert pki.publish_due_crls(instance.clock.now()) == ()

    pki.suspend_certificate(issued.serial, by=BY)
    published = pki.publish_due_crls(instance.clock.now())

    shard = int(issued.serial, 16) % 4 + 1
    assert [one.shard for one in published] == [0, shard]
    assert listed(shard).find(int(issued.serial, 16)).reason is RevocationReason.CERTIFICATE_HOLD


def test_partitions_only_grow_and_only_of_an_issuing_ca(instance: Instance) -> None:
    pki.partition_crls("issuing-ca", 4, by=BY)
    for slug, shards in (("issuing-ca", 3), ("issuing-ca", 1025), ("root-ca", 4)):
        with pytest.raises(PartitionRefused):
            pki.partition_crls(slug, shards, by=BY)
    with pytest.raises(NotPermitted):
        pki.partition_crls("issuing-ca", 8, by=instance.officer("rara", Role.RA))
    pki.partition_crls("issuing-ca", 8, by=instance.officer("caca", Role.CA))
    assert Authority.objects.get(slug="issuing-ca").shards == 8


@pytest.mark.parametrize("keeps", [True, False])
def test_expired_certificates_stay_on_the_list_but_of_a_ca_for_tls_only_until_they_were_on_one_after_their_end(
    instance: Instance, keeps: bool
) -> None:
    Authority.objects.filter(slug="issuing-ca").update(keeps_expired=keeps)
    issued = issue_for(1)
    pki.revoke_certificate(issued.serial, RevocationReason.SUPERSEDED, by=BY)
    ends = instant_of(instance.clock.now() + timedelta(days=2))
    Certificate.objects.filter(serial=issued.serial).update(not_after=ends)
    seen = []
    for _ in range(5):
        instance.clock.advance(timedelta(days=1, hours=1))
        pki.publish_due_crls(instance.clock.now())
        seen.append(len(listed()))

    assert seen == ([1] * 5 if keeps else [1, 1, 0, 0, 0])
    encoded = listed().encoded
    assert (b"\x06\x03U\x1d<" in encoded) is keeps  # expiredCertsOnCRL


def test_a_million_entries_would_leave_the_database_in_chunks_packed(instance: Instance) -> None:
    issued = [issue_for(number) for number in range(3)]
    for one in issued:
        pki.revoke_certificate(one.serial, RevocationReason.KEY_COMPROMISE, by=BY)

    chunks = list(store.packed_entries("issuing-ca", 0, this_update=instance.clock.now()))

    assert [len(chunk) for chunk in chunks] == [3 * 29]
    packed = [chunks[0][start : start + 29] for start in range(0, 3 * 29, 29)]
    assert [int.from_bytes(entry[:20], "big") for entry in packed] == sorted(int(one.serial, 16) for one in issued)
