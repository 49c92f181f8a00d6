"""Operators find a certificate by its numbers and by the beginning of a name, from indexes alone."""

import pytest
from django.db import connection
from tests.fixtures_instance import Instance, agency_value, applicant_value

from absah.enrolment.agency import certificate_subject
from absah.enrolment.subscriber import SubscriberNumber
from absah_site.actors import Operator
from absah_site.pki import access
from absah_site.pki import actions as pki
from absah_site.pki.access import Search
from absah_site.pki.models import Certificate
from absah_site.pki.store.overview import _meant

from cryptography.hazmat.primitives.asymmetric import ec  # isort: skip
from absah.pki.algorithms import public_key_of  # isort: skip


def issued(number: str = "ABCDEFGH23") -> pki.IssuedCertificate:
    subject = certificate_subject(applicant_value(), agency_value(), SubscriberNumber(number))
    key = public_key_of(ec.generate_private_key(ec.SECP256R1()))
    request = pki.IssuanceRequest(
        profile="individual-signer", subject=subject, public_key=key, credential=None, holder=number, agency="a"
    )
    return pki.issue_certificate(request, by=Operator())


def found(text: str) -> list[str]:
    return [one.serial for one in access.find_certificates(Search(text=text), offset=0, limit=10)]


def test_a_certificate_is_found_by_serial_fingerprint_subscriber_and_the_beginning_of_its_name(
    instance: Instance,
) -> None:
    made = issued()
    row = Certificate.objects.get(serial=made.serial)
    name = row.name

    for text in (
        made.serial,
        made.serial[:8],
        made.serial.lstrip("0").upper(),
        ":".join(row.fingerprint[at : at + 2] for at in range(0, 64, 2)),
        "ABCDEFGH23",
        name[:4].upper(),
        f"  {name} ",
    ):
        assert made.serial in found(text), text
    assert found(name[1:]) == []
    assert found("tidak ada orang ini") == []
    assert found("f" * 65) == []


@pytest.mark.parametrize("text", ["siti", "ada", "1234abcd", "ABCDEFGH23", "ab" * 32])
def test_no_search_reads_the_whole_register(instance: Instance, text: str) -> None:
    issued()
    if connection.vendor == "sqlite":
        plan = _meant(text).explain()
        assert "SCAN pki_certificate" not in plan, plan
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = _meant(text).explain()
        assert "Seq Scan" not in plan, plan
