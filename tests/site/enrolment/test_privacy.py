"""What is personal stands nowhere in clear: not in the database, not in the ledger, not in the log."""

import logging

import pytest
from django.db import connection
from tests.fakes.documents import page_with
from tests.fixtures_instance import NIK, PASSPHRASE, PASSWORD, Walk

from absah.adapters.signer import wire
from absah.adapters.signer.errors import WrongPassphrase
from absah.kernel.people import Nik
from absah.signing.factors import Factors, Secret
from absah_site.enrolment import access
from absah_site.signing.actions import SigningOrder, sign_for_subscriber


def whole_database() -> str:
    """Every value of every table, as text; bytes as they are and as hexadecimal."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        found += [bytes(value).decode("latin-1"), bytes(value).hex()]
                    else:
                        found.append(str(value))
    return "\n".join(found)


SECRETS = (NIK, "199007012015032001", "rina.lestari@sagarabiru.example", "8115550101", PASSPHRASE, PASSWORD)


def test_nothing_personal_and_no_secret_stands_in_the_database_or_in_the_log(walk: Walk, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    held = walk.activated(with_totp=True)
    order = SigningOrder(
        document=page_with(), nik=Nik(NIK), factors=Factors(passphrase=Secret(PASSPHRASE)), application="test"
    )
    sign_for_subscriber(order)
    wrong = Factors(passphrase=Secret(PASSPHRASE + "!"))
    with pytest.raises(WrongPassphrase):
        sign_for_subscriber(SigningOrder(document=page_with(), nik=Nik(NIK), factors=wrong, application="test"))
    tokens = [token.text for _, token in walk.instance.mailbox.letters]
    everything = whole_database() + caplog.text + repr(order) + repr(walk.instance.mailbox)
    assert "Rina Ayu Lestari" in everything
    for secret in (*SECRETS, held.totp_secret, *tokens):
        assert secret not in everything
        assert secret.encode().hex() not in everything


def test_a_person_is_found_by_nik_without_anything_being_opened(walk: Walk) -> None:
    walk.entered()
    found = access.subscriber_with_nik(Nik(NIK))
    assert access.address_of(found.id).address == "rina.lestari@sagarabiru.example"
    assert not {wire.Authorise, wire.SignAtOnce} & set(walk.instance.signer.asked)
