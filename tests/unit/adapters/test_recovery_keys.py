import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from absah.adapters.recovery_keys import (
    RecoveryKeyExists,
    RecoveryKeyUnreadable,
    make_recovery_key,
    read_private_half,
    read_public_half,
)

OTHER = Ed25519PrivateKey.generate()


def test_a_pair_belongs_together_and_its_private_half_is_closed_to_others(tmp_path):
    public = make_recovery_key(tmp_path / "key")
    assert public == tmp_path / "key.pub"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    private = read_private_half(tmp_path / "key")
    assert private.public_key().public_bytes_raw() == read_public_half(public).public_bytes_raw()


def test_a_key_is_never_replaced(tmp_path):
    make_recovery_key(tmp_path / "key")
    with pytest.raises(RecoveryKeyExists):
        make_recovery_key(tmp_path / "key")


def test_the_wrong_half_a_wrong_key_and_no_file_are_refused(tmp_path):
    public = make_recovery_key(tmp_path / "key")
    (tmp_path / "other.pub").write_bytes(
        OTHER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    for path in (tmp_path / "key", tmp_path / "other.pub", tmp_path / "none"):
        with pytest.raises(RecoveryKeyUnreadable):
            read_public_half(path)
    pem = OTHER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "other").write_bytes(pem)
    for path in (public, tmp_path / "other"):
        with pytest.raises(RecoveryKeyUnreadable):
            read_private_half(path)
