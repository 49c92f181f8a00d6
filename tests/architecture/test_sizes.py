"""Modules stay under their limit, have telling names, and the list of exceptions only shrinks."""

import pytest
from tools.check_sizes import EXCEPTIONS, ROOT, STOP, findings, lengths


def test_our_modules_are_small_and_named_after_what_they_do() -> None:
    assert findings(lengths(ROOT), EXCEPTIONS) == []


@pytest.mark.parametrize(
    ("measured", "exceptions", "said"),
    [
        ({"src/absah/pki/long.py": STOP + 1}, {}, "Split it"),
        ({"src/absah/pki/long.py": 700}, {"src/absah/pki/long.py": 699}, "Split it"),
        ({"src/absah/pki/long.py": 698}, {"src/absah/pki/long.py": 699}, "Lower its exception"),
        ({"src/absah/pki/long.py": STOP}, {"src/absah/pki/long.py": 699}, "Take it off"),
        ({}, {"src/absah/pki/gone.py": 699}, "does not exist"),
        ({"src/absah/pki/utils.py": 10}, {}, "says nothing"),
        ({"src/absah/helpers/keys.py": 10}, {}, "says nothing"),
    ],
)
def test_a_planted_fault_is_found(measured, exceptions, said: str) -> None:
    assert [sentence for sentence in findings(measured, exceptions) if said in sentence]


def test_a_module_at_the_limit_passes() -> None:
    assert findings({"src/absah/pki/full.py": STOP, "src/absah/pki/big.py": 600}, {"src/absah/pki/big.py": 600}) == []
