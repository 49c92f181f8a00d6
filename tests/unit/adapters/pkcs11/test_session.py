"""A session over a module that says what no token of a test can be made to say: PINs about to lock, odd errors."""

import pkcs11
import pytest
from pkcs11 import ObjectClass, TokenFlag

from absah.adapters.pkcs11.errors import (
    TokenFailed,
    TokenKeyMissing,
    TokenMechanismMissing,
    TokenModuleMissing,
    TokenPinLocked,
    TokenPinMissing,
    TokenPinWrong,
)
from absah.adapters.pkcs11.session import TokenSession
from absah.adapters.pkcs11.settings import TokenSettings
from absah.pki.algorithms import DigestAlgorithm, KeyNotAllowed, SignatureAlgorithm, SignatureScheme

ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)


class Key:
    key_type = pkcs11.KeyType.EC

    def __init__(self, **attributes):
        self.attributes = attributes
        self.problem = None

    def __getitem__(self, attribute):
        return self.attributes[attribute.name]

    def sign(self, _data, **_how):
        raise self.problem


class Module:
    """One slot, one token, one session."""

    label, serial, flags, opened = "satu", b"0001", TokenFlag(0), None
    manufacturer_id = model = "Fake"

    def __init__(self, *, opening=None, flags=0, key=None):
        self.opening, self.flags, self.logins = opening, TokenFlag(flags), 0
        self.key = self.public = key

    def get_slots(self, *, token_present):
        assert token_present
        return [self]

    def get_token(self):
        return self

    def open(self, *, rw, user_pin):
        self.logins += 1
        assert rw
        assert user_pin == "271828"
        if self.opening:
            raise self.opening
        return self

    def get_key(self, *, object_class, **_wanted):
        found = self.key if object_class is ObjectClass.PRIVATE_KEY else self.public
        if found is None:
            raise pkcs11.NoSuchKey
        return found


@pytest.fixture
def settings(tmp_path):
    pin = tmp_path / "hsm.pin"
    pin.touch(mode=0o600)
    pin.write_text("271828\n")
    return TokenSettings(name="hsm", module="/module.so", label="satu", serial="", pin_file=pin, sessions=1)


@pytest.mark.parametrize("flag", [TokenFlag.USER_PIN_LOCKED, TokenFlag.USER_PIN_FINAL_TRY])
def test_no_pin_is_tried_where_it_is_locked_or_would_be(settings, flag):
    module = Module(flags=flag)
    with pytest.raises(TokenPinLocked):
        TokenSession(settings, library=module)
    assert module.logins == 0


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (pkcs11.PinLocked(), TokenPinLocked),
        (pkcs11.PinExpired(), TokenPinLocked),
        (pkcs11.PinIncorrect(), TokenPinWrong),
        (pkcs11.UserPinNotInitialized(), TokenPinWrong),
        (pkcs11.DeviceError(), TokenFailed),
    ],
)
def test_each_way_of_refusing_a_login_is_named(settings, said, error):
    with pytest.raises(error) as refusal:
        TokenSession(settings, library=Module(opening=said))
    assert "271828" not in str(refusal.value)


def test_an_error_of_the_module_is_named_by_its_class_only(settings):
    key = Key()
    session = TokenSession(settings, library=Module(key=key))
    key.problem = pkcs11.DeviceRemoved("secret words of a module")
    with pytest.raises(TokenFailed) as refusal:
        session.sign(b"1", ECDSA, bytes(32))
    assert refusal.value.parameters == {"token": "hsm", "problem": "DeviceRemoved"}
    key.problem = pkcs11.MechanismInvalid()
    with pytest.raises(TokenMechanismMissing):
        session.sign(b"1", ECDSA, bytes(32))


def test_a_key_without_its_public_half_or_on_another_curve_is_not_adopted(settings):
    kept = {"EXTRACTABLE": False, "SENSITIVE": True, "ALWAYS_SENSITIVE": True, "NEVER_EXTRACTABLE": True}
    module = Module(key=Key(**kept, EC_PARAMS=bytes.fromhex("06052b81040023")))
    with pytest.raises(KeyNotAllowed):  # P-521
        TokenSession(settings, library=module).find(b"1")
    module.public = None
    with pytest.raises(TokenKeyMissing):
        TokenSession(settings, library=module).find(b"1")


def test_a_pin_that_is_empty_or_no_text_is_missing(settings):
    for content in (b"", b"\n271828", b"\xff\xfe"):
        settings.pin_file.write_bytes(content)
        with pytest.raises(TokenPinMissing):
            TokenSession(settings, library=Module())


def test_a_module_that_is_no_module_is_missing(settings):
    with pytest.raises(TokenModuleMissing):
        TokenSession(settings)
