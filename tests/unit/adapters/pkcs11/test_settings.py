"""What an instance may say about tokens and keys."""

import pytest

from absah.adapters.pkcs11.errors import TokenSettingsMalformed, TokenUnknown
from absah.adapters.pkcs11.place import TokenPlace, parse_place
from absah.adapters.pkcs11.settings import read_key_settings

TOKEN = '[tokens.hsm-1]\nmodule = "/usr/lib/module.so"\nlabel = "absah"\npin_file = "hsm-1.pin"\n'


def write(folder, text):
    (folder / "absah.toml").write_text(text)


def test_a_folder_without_settings_has_software_keys_only(tmp_path):
    settings = read_key_settings(tmp_path)
    assert settings.tokens == ()
    assert settings.keys.token_for("authority") is None
    assert not settings.keys.allow_import
    with pytest.raises(TokenUnknown):
        settings.token("hsm-1")


def test_a_pin_file_lies_in_secrets_unless_it_says_where(tmp_path):
    write(tmp_path, 'role = "authority"\n' + TOKEN + '[keys]\nauthority = "hsm-1"\n')
    settings = read_key_settings(tmp_path)
    assert settings.token("hsm-1").pin_file == tmp_path / "secrets" / "hsm-1.pin"
    assert settings.token("hsm-1").sessions == 1
    assert settings.keys.token_for("authority") == "hsm-1"
    assert settings.keys.token_for("tsa") is None
    write(tmp_path, TOKEN.replace('"hsm-1.pin"', '"/run/credentials/pin"'))
    assert str(read_key_settings(tmp_path).token("hsm-1").pin_file) == "/run/credentials/pin"


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("[tokens.hsm", "absah.toml"),
        (TOKEN.replace("/usr", "usr"), "tokens.hsm-1.module"),
        (TOKEN + "sessions = 9\n", "tokens.hsm-1.sessions"),
        (TOKEN + 'pin = "271828"\n', "tokens.hsm-1.pin"),
        (TOKEN + '[keys]\nauthority = "hsm-2"\n', "tokens"),
        (TOKEN.replace("hsm-1]", '"HSM 1"]'), "tokens"),
        (TOKEN.replace("hsm-1]", "software]"), "tokens"),
    ],
)
def test_a_token_that_is_not_described_rightly_is_refused_by_setting(tmp_path, text, setting):
    write(tmp_path, text)
    with pytest.raises(TokenSettingsMalformed) as refusal:
        read_key_settings(tmp_path)
    assert refusal.value.parameters["setting"] == setting


def test_a_place_is_read_as_it_was_written():
    place = TokenPlace(token="hsm-1", key_id=b"\xca\xfe")
    assert str(place) == "token:hsm-1:cafe"
    assert parse_place(str(place)) == place
    assert parse_place("software") is None
