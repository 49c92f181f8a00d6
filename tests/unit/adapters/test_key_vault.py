"""Software keys: made, sealed, opened, closed; and the key of a root in its own file."""

import pickle
import stat

import pytest

from absah.adapters.key_vault import ByPassphrase, ByService, KeyClosed, SoftwareVault
from absah.adapters.offline_keys import OfflineKeyExists, OfflineKeyMissing, create_offline_key, open_offline_key
from absah.adapters.sealing import Belonging, DerivationCost, SealNotOpened, SealUnreadable, UnderService, seal
from absah.adapters.service_secret import (
    ServiceSecret,
    ServiceSecretExists,
    ServiceSecretExposed,
    ServiceSecretMissing,
    create_service_secret,
    load_service_secret,
)
from absah.kernel.rng import SystemRng, UnsafeSeededRng
from absah.pki.algorithms import KeyAlgorithm, key_algorithm_of, public_key_of
from absah.signing.factors import Secret

SERVICE = ServiceSecret(bytes(32))
MINE = Belonging(credential="c-1", kind="subscriber", key_version=1)
RIGHT = ByPassphrase(Secret("tujuh gajah menari"))


@pytest.fixture
def vault():
    return SoftwareVault(SERVICE, SystemRng())


@pytest.mark.parametrize("algorithm", [KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.RSA2048])
def test_a_key_opens_as_the_one_that_was_made(vault, algorithm):
    made = vault.generate(algorithm, MINE, ByService())
    opened = vault.open(made.stored, MINE, ByService())
    assert key_algorithm_of(made.public_key) is algorithm
    assert public_key_of(opened.signing_key()) == made.public_key


def test_a_key_under_a_passphrase_needs_it(vault):
    made = vault.generate(KeyAlgorithm.P256, MINE, RIGHT)
    assert public_key_of(vault.open(made.stored, MINE, RIGHT).signing_key()) == made.public_key
    with pytest.raises(SealNotOpened):
        vault.open(made.stored, MINE, ByPassphrase(Secret("tujuh")))


def test_after_a_change_of_passphrase_only_the_new_one_opens_the_same_key(vault):
    made = vault.generate(KeyAlgorithm.P256, MINE, RIGHT)
    new = ByPassphrase(Secret("delapan gajah"))
    changed = vault.protect_again(made.stored, MINE, (RIGHT, new))
    assert public_key_of(vault.open(changed, MINE, new).signing_key()) == made.public_key
    with pytest.raises(SealNotOpened):
        vault.open(changed, MINE, RIGHT)


def test_an_opened_key_hides_itself_and_is_gone_when_closed(vault):
    made = vault.generate(KeyAlgorithm.P256, MINE, ByService())
    opened = vault.open(made.stored, MINE, ByService())
    assert repr(opened) == "OpenedSoftwareKey(open)"
    with pytest.raises(TypeError):
        pickle.dumps(opened)
    opened.close()
    opened.close()
    assert repr(opened) == "OpenedSoftwareKey(closed)"
    with pytest.raises(KeyClosed):
        opened.signing_key()


def test_what_was_sealed_but_is_no_key_is_unreadable(vault):
    blob = seal(bytearray(b"no key"), UnderService(SERVICE), MINE, UnsafeSeededRng(b"k"))
    with pytest.raises(SealUnreadable):
        vault.open(blob, MINE, ByService())


def test_the_key_of_a_root_rests_in_its_own_file(tmp_path):
    path, passphrase = tmp_path / "offline" / "root.key", Secret("upacara kunci")
    cheap = DerivationCost()
    public_key = create_offline_key(path, KeyAlgorithm.P384, passphrase, cost=cheap)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_key_of(open_offline_key(path, passphrase)) == public_key
    with pytest.raises(SealNotOpened):
        open_offline_key(path, Secret("upacara"))
    with pytest.raises(OfflineKeyExists):
        create_offline_key(path, KeyAlgorithm.P384, passphrase, cost=cheap)
    assert public_key_of(open_offline_key(path, passphrase)) == public_key


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(OfflineKeyMissing):
        open_offline_key(tmp_path / "none.key", Secret("x"))


def test_a_service_secret_is_made_once_and_read_back(tmp_path):
    create_service_secret(tmp_path, SystemRng())
    path = tmp_path / "secrets" / "service.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_service_secret(tmp_path).identity == ServiceSecret(path.read_bytes()).identity
    before = path.read_bytes()
    with pytest.raises(ServiceSecretExists):
        create_service_secret(tmp_path, SystemRng())
    assert path.read_bytes() == before


def test_a_service_secret_that_others_can_read_is_refused(tmp_path):
    create_service_secret(tmp_path, SystemRng())
    (tmp_path / "secrets" / "service.key").chmod(0o640)
    with pytest.raises(ServiceSecretExposed):
        load_service_secret(tmp_path)


def test_a_missing_or_short_service_secret_is_refused(tmp_path):
    with pytest.raises(ServiceSecretMissing):
        load_service_secret(tmp_path)
    create_service_secret(tmp_path, UnsafeSeededRng(b"s"))
    (tmp_path / "secrets" / "service.key").write_bytes(b"short")
    with pytest.raises(ServiceSecretMissing):
        load_service_secret(tmp_path)


def test_a_wiped_service_secret_no_longer_makes_the_same_keys():
    service = ServiceSecret(bytes(range(32)))
    before = service.mixed_with(b"context")
    service.wipe()
    assert service.mixed_with(b"context") != before
