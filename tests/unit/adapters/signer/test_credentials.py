"""The life of a credential, and the rows that remember it."""

import sqlite3
import stat
from datetime import timedelta

import pytest
from tests.fixtures_pki import PERSON_NAME, TSA_NAME
from tests.fixtures_signer import CA, PERSON, RIGHT, TSA, enrol_services, order_for

from absah.adapters.key_vault import (
    ByPassphrase,
    ByService,
    ImportRefused,
    NoTokens,
    SoftwareVault,
    generate_software_key,
    plain_form_of,
)
from absah.adapters.sealing import SealUnreadable
from absah.adapters.signer.custody import STORE
from absah.adapters.signer.errors import (
    CertificateForeign,
    CertificateUnfit,
    ChainBroken,
    CredentialExists,
    CredentialNotPending,
    CredentialPending,
    CredentialRevoked,
    CredentialUnknown,
    FactorNotBound,
    KindRefused,
    ProtectionRefused,
    StoreUnusable,
    TotpAlreadyBound,
    WrongPassphrase,
    WrongTotp,
)
from absah.adapters.signer.records import CertifiedChain, KeyKind
from absah.adapters.signer.schema import open_database
from absah.adapters.signer.store import Store
from absah.adapters.totp import code_at, read_base32
from absah.kernel.errors import BadInput
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId, CredentialState

NEW = CredentialId("new")


def create(house, name=NEW, kind=KeyKind.SUBSCRIBER, protection=None):
    return house.service.credentials.create_key(
        name, kind=kind, algorithm=KeyAlgorithm.P256, protection=protection or ByService()
    )


def issued(house, profile, subject, public_key):
    wanted = order_for(profile, subject, public_key, house.certificate(CA), house.clock.now())
    return house.service.services.issue_certificate(CA, wanted)


def attach(house, name, certificate, chain=None):
    above = (house.certificate(CA), house.root.certificate) if chain is None else chain
    house.service.credentials.attach_certificate(name, CertifiedChain(certificate=certificate, chain=above))


def test_a_key_that_exists_is_never_made_again(house):
    before = house.custody.credential(PERSON)
    with pytest.raises(CredentialExists):
        create(house, PERSON)
    assert house.custody.credential(PERSON) == before


def test_a_key_survives_a_restart(house, open_house):
    before = house.custody.credential(PERSON)
    assert open_house().custody.credential(PERSON) == before


@pytest.mark.parametrize("kind", [KeyKind.AUTHORITY, KeyKind.TSA, KeyKind.OCSP])
def test_keys_of_services_have_no_passphrase(house, kind):
    with pytest.raises(ProtectionRefused):
        create(house, kind=kind, protection=ByPassphrase(RIGHT))


def test_the_view_shows_certificate_chain_and_state(house):
    view = house.service.credentials.view(PERSON)
    assert view.chain == (house.certificate(CA), house.root.certificate)
    assert (view.key_algorithm, view.state) == (KeyAlgorithm.P256, CredentialState.ACTIVE)


def test_without_a_certificate_there_is_nothing_to_see(house):
    create(house)
    with pytest.raises(CredentialPending):
        house.service.credentials.view(NEW)
    with pytest.raises(CredentialUnknown):
        house.service.credentials.view(CredentialId("nobody"))


def test_a_certificate_for_another_key_is_refused(house):
    create(house)
    with pytest.raises(CertificateForeign):
        attach(house, NEW, house.certificate(PERSON))


def test_a_chain_that_does_not_hold_is_refused(house):
    certificate = issued(house, "individual-signer", PERSON_NAME, create(house))
    for chain in ((house.root.certificate,), (house.certificate(CA), house.certificate(PERSON))):
        with pytest.raises(ChainBroken):
            attach(house, NEW, certificate, chain)
    with pytest.raises(BadInput):
        attach(house, NEW, certificate, (b"no certificate",))


@pytest.mark.parametrize(
    ("kind", "profile", "subject"),
    [
        (KeyKind.SUBSCRIBER, "tsa", TSA_NAME),
        (KeyKind.TSA, "individual-signer", PERSON_NAME),
        (KeyKind.OCSP, "tsa", TSA_NAME),
        (KeyKind.AUTHORITY, "tsa", TSA_NAME),
    ],
)
def test_a_certificate_of_another_purpose_is_refused(house, kind, profile, subject):
    certificate = issued(house, profile, subject, create(house, kind=kind))
    with pytest.raises(CertificateUnfit):
        attach(house, NEW, certificate)
    with pytest.raises(CredentialPending):
        house.service.credentials.view(NEW)


def test_a_newer_certificate_for_the_same_key_takes_the_place_of_the_old(house):
    public_key = house.custody.credential(PERSON).public_key
    house.clock.advance(timedelta(days=1))
    newer = issued(house, "individual-signer", PERSON_NAME, public_key)
    attach(house, PERSON, newer)
    assert house.certificate(PERSON) == newer


def test_a_suspended_credential_stays_suspended_when_it_gets_a_certificate(house):
    house.service.credentials.change_state(PERSON, CredentialState.SUSPENDED)
    attach(house, PERSON, house.certificate(PERSON))
    assert house.service.credentials.view(PERSON).state is CredentialState.SUSPENDED


def test_revoked_is_for_ever(house):
    keeper = house.service.credentials
    keeper.change_state(PERSON, CredentialState.REVOKED)
    keeper.change_state(PERSON, CredentialState.REVOKED)
    for state in (CredentialState.ACTIVE, CredentialState.SUSPENDED):
        with pytest.raises(CredentialRevoked):
            keeper.change_state(PERSON, state)
    with pytest.raises(CredentialRevoked):
        attach(house, PERSON, house.certificate(PERSON))
    with pytest.raises(CredentialRevoked):
        keeper.bind_totp(PERSON, required=False)


def test_a_pending_credential_has_no_state_to_change_and_none_becomes_pending(house):
    create(house)
    with pytest.raises(CredentialPending):
        house.service.credentials.change_state(NEW, CredentialState.ACTIVE)
    with pytest.raises(CredentialPending):
        house.service.credentials.change_state(PERSON, CredentialState.PENDING)


def test_only_a_pending_key_can_be_dropped(house):
    create(house)
    house.service.credentials.drop_pending(NEW)
    with pytest.raises(CredentialUnknown):
        house.service.credentials.drop_pending(NEW)
    with pytest.raises(CredentialNotPending):
        house.service.credentials.drop_pending(PERSON)
    create(house)


def test_keys_of_services_have_no_one_time_code(house):
    enrol_services(house)
    with pytest.raises(KindRefused):
        house.service.credentials.bind_totp(TSA, required=False)


def test_a_key_without_a_passphrase_has_none_to_change(house):
    create(house)
    with pytest.raises(ProtectionRefused):
        house.service.credentials.change_passphrase(NEW, RIGHT, Secret("lain sekali"))


def test_the_journal_tells_the_life_of_a_credential(house):
    keeper = house.service.credentials
    keeper.bind_totp(PERSON, required=False)
    keeper.change_passphrase(PERSON, RIGHT, Secret("lain sekali"))
    keeper.change_state(PERSON, CredentialState.REVOKED)
    told = [(operation, result) for name, operation, _, _, _, result in house.journal() if name == PERSON]
    steps = ("create-key", "attach-certificate", "bind-totp", "change-passphrase", "change-state:revoked")
    assert told == [(step, "done") for step in steps]


@pytest.mark.parametrize("table", ["key_use", "key_use_result"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET at = 0"])
def test_the_journal_is_append_only(house, table, change):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"), house.custody.store.transaction() as transaction:
        transaction._connection.execute(change.format(table))


def test_the_store_is_for_its_owner_only_and_durable(house):
    path = house.data / STORE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    read = house.custody.store._connection.execute
    assert read("PRAGMA journal_mode").fetchone() == ("wal",)
    assert read("PRAGMA synchronous").fetchone() == (2,)


def test_no_private_key_lies_open_in_the_store(house):
    with house.custody.store.transaction() as transaction:
        stored = transaction.credential(PERSON).stored_key
    assert stored.startswith(b"ABSK")
    house.custody.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # The start of every PKCS #8 of an EC key: version 0, then id-ecPublicKey.
    assert bytes.fromhex("02010030130607 2a8648ce3d0201".replace(" ", "")) not in (house.data / STORE).read_bytes()


def test_an_undone_transaction_leaves_nothing(house):
    def begin_and_fail():
        with house.custody.store.transaction() as transaction:
            transaction.set_state(PERSON, CredentialState.REVOKED)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begin_and_fail()
    assert house.custody.credential(PERSON).state is CredentialState.ACTIVE


@pytest.mark.parametrize("pragma", ["user_version = 99", "application_id = 7"])
def test_a_store_of_another_release_is_refused(tmp_path, pragma):
    path = tmp_path / "keys" / "credentials.sqlite3"
    open_database(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA {pragma}")
    other.close()
    with pytest.raises(StoreUnusable):
        open_database(path)


def test_a_store_of_the_release_before_is_brought_up_to_date(house):
    """Its keys were all in software and signed as usual, which the new columns say of them."""
    path = house.data / "keys" / "credentials.sqlite3"
    house.custody.store.close()
    with sqlite3.connect(path) as older:
        older.executescript(
            "ALTER TABLE credential DROP COLUMN scheme; ALTER TABLE credential DROP COLUMN place;"
            "DROP TABLE seal_activation; DROP TABLE passkey; DROP TABLE passkey_use;"
            "PRAGMA user_version = 1;"
        )
    older.close()
    upgraded = Store(path)
    with upgraded.transaction() as transaction:
        assert {(one.place, one.scheme) for one in transaction.credentials()} == {("software", None)}
    upgraded.close()


def test_a_key_from_elsewhere_is_taken_in_only_where_the_settings_allow_it(house):
    keeper, plain = house.service.credentials, plain_form_of(generate_software_key(KeyAlgorithm.P384))
    ca = CredentialId("old-ca")
    with pytest.raises(ImportRefused):
        keeper.import_key(ca, kind=KeyKind.AUTHORITY, plain=bytearray(plain))
    house.custody.vault = SoftwareVault(house.custody.service, SystemRng(), allow_import=True)
    with pytest.raises(ProtectionRefused):
        keeper.import_key(ca, kind=KeyKind.SUBSCRIBER, plain=bytearray(plain))
    with pytest.raises(SealUnreadable):
        keeper.import_key(ca, kind=KeyKind.AUTHORITY, plain=bytearray(b"no key"))
    public_key = keeper.import_key(ca, kind=KeyKind.AUTHORITY, plain=plain)
    assert plain == bytes(len(plain))
    assert house.custody.credential(ca).public_key == public_key
    assert house.journal()[-1][1:3] == ("import-key", "software")
    with pytest.raises(CredentialExists):
        keeper.import_key(ca, kind=KeyKind.AUTHORITY, plain=bytearray(b"no key"))
    with pytest.raises(NoTokens):
        keeper.adopt_key(CredentialId("other"), kind=KeyKind.AUTHORITY, token="hsm", key_id=b"1")
    assert house.custody.vault.tokens() == ()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "credentials.sqlite3"
    path.write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(StoreUnusable):
        open_database(path)
    with pytest.raises(StoreUnusable):
        open_database(tmp_path)


def test_a_bound_authenticator_app_is_not_replaced(house):
    keeper = house.service.credentials
    keeper.bind_totp(PERSON, required=False)
    with pytest.raises(TotpAlreadyBound):
        keeper.bind_totp(PERSON, required=True)


def test_an_app_that_never_showed_a_code_is_replaced_with_the_passphrase_and_one_that_did_is_not(house):
    keeper = house.service.credentials
    first = keeper.bind_totp(PERSON, required=False, passphrase=RIGHT)
    with pytest.raises(WrongPassphrase):
        keeper.bind_totp(PERSON, required=False, passphrase=Secret("salah sekali ini"))
    second = keeper.bind_totp(PERSON, required=False, passphrase=RIGHT)
    now = house.clock.now()
    with pytest.raises(WrongTotp):
        keeper.confirm_totp(PERSON, Secret(code_at(read_base32(first), now)))
    keeper.confirm_totp(PERSON, Secret(code_at(read_base32(second), now)))
    with pytest.raises(TotpAlreadyBound):
        keeper.bind_totp(PERSON, required=False, passphrase=RIGHT)
    assert [operation for name, operation, *_ in house.journal() if name == PERSON][-1] == "confirm-totp"


def test_without_an_app_there_is_no_code_to_confirm(house):
    with pytest.raises(FactorNotBound):
        house.service.credentials.confirm_totp(PERSON, Secret("123456"))
