import pytest

from absah.pki.name_search import as_searched, searched_name


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("CN=Siti Contoh,OU=X,O=Kota,C=ID", "siti contoh"),
        (r"CN=Budi\, S.H.+2.5.4.5=1,O=Kota", "budi, s.h."),
        ("O=Pemerintah  Kota Contoh,L=Kota,C=ID", "pemerintah kota contoh"),
        ("OU=CN\\=Budi,C=ID", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_subject_is_its_common_name_or_its_organisation(subject: str, name: str) -> None:
    assert searched_name(subject) == name


def test_what_is_typed_is_compared_without_case_and_with_single_spaces() -> None:
    assert as_searched("  SITI   Contoh ") == "siti contoh"
    assert len(as_searched("x" * 500)) == 128
