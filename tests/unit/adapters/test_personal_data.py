"""Personal data sealed for its own place, found by a blind index."""

import pickle
from pathlib import Path

import pytest

from absah.adapters.personal_data import (
    PersonalDataKeyMissing,
    PersonalDataUnreadable,
    PersonalDataVault,
    Place,
    load_personal_data_vault,
)
from absah.kernel.rng import UnsafeSeededRng

RNG = UnsafeSeededRng(b"personal data")
KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
BLIND = bytes(range(64, 96))
PLACE = Place(table="subscriber", row="1", field="nik")


def vault(keys=KEYS, blind=BLIND) -> PersonalDataVault:
    return PersonalDataVault(keys, blind, RNG)


def test_a_value_opens_in_its_own_place_only_and_looks_different_each_time() -> None:
    sealed, again = (vault().seal("9999014107900001", PLACE) for _ in range(2))
    assert sealed != again
    assert b"9999" not in sealed
    assert vault().open(sealed, PLACE) == "9999014107900001"
    for other in (
        Place(table="subscriber", row="2", field="nik"),
        Place(table="subscriber", row="1", field="nip"),
        Place(table="subscribe", row="r1", field="nik"),
    ):
        with pytest.raises(PersonalDataUnreadable):
            vault().open(sealed, other)


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    old = vault({1: KEYS[1]}).seal("lama", PLACE)
    new = vault().seal("baru", PLACE)
    assert (old[0], new[0]) == (1, 2)
    assert vault().open(old, PLACE) == "lama"
    with pytest.raises(PersonalDataKeyMissing):
        vault({1: KEYS[1]}).open(new, PLACE)


@pytest.mark.parametrize("damage", [b"", b"\x02", b"\x02" + bytes(11), None], ids=["empty", "head", "short", "bit"])
def test_a_damaged_value_is_unreadable(damage: bytes | None) -> None:
    sealed = vault().seal("x", PLACE)
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1]) if damage is None else damage
    with pytest.raises(PersonalDataUnreadable):
        vault().open(broken, PLACE)


def test_equal_values_of_a_kind_have_equal_indexes_and_only_with_the_same_key() -> None:
    index = vault().blind_index("nik", "9999014107900001")
    assert index == vault().blind_index("nik", "9999014107900001")
    assert index != vault().blind_index("nip", "9999014107900001")
    assert index != vault(blind=KEYS[1]).blind_index("nik", "9999014107900001")
    assert index not in {vault().blind_index("nik", "9999014107900002"), b""}


@pytest.mark.parametrize(("keys", "blind"), [({}, BLIND), ({0: KEYS[1]}, BLIND), ({256: KEYS[1]}, BLIND),
                                             ({1: b"short"}, BLIND), (KEYS, b"short")])  # fmt: skip
def test_without_sound_keys_there_is_no_vault(keys: dict[int, bytes], blind: bytes) -> None:
    with pytest.raises(PersonalDataKeyMissing):
        vault(keys, blind)


def test_keys_are_read_from_their_files_and_a_missing_one_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(PersonalDataKeyMissing):
        load_personal_data_vault(tmp_path, RNG)
    for name, key in (("pii-1.key", KEYS[1]), ("pii-2.key", KEYS[2]), ("blind.key", BLIND), ("pii-x.key", b"other")):
        (tmp_path / name).write_bytes(key)
    read = load_personal_data_vault(tmp_path, RNG)
    assert read.open(vault().seal("x", PLACE), PLACE) == "x"


def test_the_vault_hides_its_keys_and_cannot_be_pickled() -> None:
    assert repr(vault()) == "PersonalDataVault(…)"
    with pytest.raises(TypeError):
        pickle.dumps(vault())
