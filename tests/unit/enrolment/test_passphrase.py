"""Which passphrases are refused, and that the refusal does not repeat them."""

import pytest

from absah.enrolment.passphrase import PassphraseWeak, check_passphrase, indonesian_habits

PERSONAL = ("Rina Ayu Lestari", "9999014107900001", "rina.lestari@sagarabiru.example", "Kepala Dinas")
COMMON = frozenset({"correcthorsebatterystaple", "mypassword123!", "trustno1trustno1"})


@pytest.mark.parametrize(
    "passphrase",
    [
        "tujuh awan tembaga menari",
        "Xq7#vv-Lm2!paZ",
        "kursi biru di atas atap",
        "rina suka tujuh awan tembaga",
        "ラーメン と 七つの雲 と 銅",
    ],
)
def test_a_good_passphrase_passes(passphrase: str) -> None:
    check_passphrase(passphrase, personal=PERSONAL, common=COMMON)


@pytest.mark.parametrize(
    ("passphrase", "problem"),
    [
        ("", "short"),
        ("elevensigns", "short"),
        ("x" * 129, "long"),
        ("tujuh awan\x00tembaga", "characters"),
        ("abababababab", "repetition"),
        ("123456789012", "run"),
        ("abcdefghijklm", "run"),
        ("zyxwvutsrqpon", "run"),
        ("CorrectHorseBatteryStaple", "common"),
        ("correct horse battery staple 2026", "common"),
        ("MyPassword123!", "common"),
        ("rahasianegara123", "common"),
        ("Bismillah Indonesia 1945", "common"),
        ("RinaAyuLestari", "personal"),
        ("lestari-9999014107900001", "personal"),
        ("sagarabiru2026", "personal"),
    ],
)
def test_a_weak_passphrase_is_refused_without_being_repeated(passphrase: str, problem: str) -> None:
    with pytest.raises(PassphraseWeak) as refused:
        check_passphrase(passphrase, personal=PERSONAL, common=COMMON)
    assert refused.value.parameters == {"problem": problem, "shortest": 12}
    assert not passphrase or passphrase not in str(refused.value)


def test_our_list_is_lower_case_words_without_spaces() -> None:
    assert len(indonesian_habits()) > 50
    assert all(word.isalnum() and word == word.casefold() for word in indonesian_habits())
