"""A commitment binds a value, and says nothing once its salt is gone."""

import pytest

from absah.audit.commitment import SALT_BYTES, Commitment, Salt, commit, opens

SALT = Salt(b"s" * SALT_BYTES)


def test_only_the_value_and_the_salt_together_open_a_commitment() -> None:
    commitment = commit("9999010101900001", SALT)
    assert len(commitment) == 64
    assert opens(commitment, "9999010101900001", SALT)
    assert not opens(commitment, "9999010101900002", SALT)
    assert not opens(commitment, "9999010101900001", Salt(b"t" * SALT_BYTES))
    assert not opens(Commitment("00" * 32), "9999010101900001", SALT)


@pytest.mark.parametrize("size", [0, SALT_BYTES - 1, SALT_BYTES + 1])
def test_a_salt_of_another_length_is_a_programming_error(size: int) -> None:
    with pytest.raises(ValueError, match="salt"):
        commit("value", Salt(b"s" * size))
