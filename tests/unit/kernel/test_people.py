"""NIK and NIP: what has the structure exists, and nothing else; neither prints itself."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from absah.kernel.people import Nik, NikMalformed, Nip, NipMalformed, Sex

REGIONS = st.sampled_from(["999901", "999999", "317101", "117401", "979999"])
BIRTHS = st.dates(min_value=date(1926, 1, 1), max_value=date(2025, 12, 31))
SEQUENCES = st.integers(min_value=1, max_value=9999)


def nik_of(region: str, born: date, sex: Sex, sequence: int) -> str:
    day = born.day + (40 if sex is Sex.FEMALE else 0)
    return f"{region}{day:02}{born.month:02}{born.year % 100:02}{sequence:04}"


@given(region=REGIONS, born=BIRTHS, sex=st.sampled_from(Sex), sequence=SEQUENCES)
@example(region="999901", born=date(2000, 2, 29), sex=Sex.FEMALE, sequence=1)
def test_a_nik_says_birth_date_sex_and_whether_it_is_fictional(
    region: str, born: date, sex: Sex, sequence: int
) -> None:
    nik = Nik(nik_of(region, born, sex, sequence))

    assert nik.sex is sex
    assert nik.matches_birth_date(born)
    assert not nik.matches_birth_date(date(born.year, born.month, 1 if born.day > 1 else 2))
    assert nik.is_fictional is region.startswith("9999")


@given(region=REGIONS, born=BIRTHS, sex=st.sampled_from(Sex), sequence=SEQUENCES)
def test_a_nik_never_prints_itself(region: str, born: date, sex: Sex, sequence: int) -> None:
    digits = nik_of(region, born, sex, sequence)
    nik = Nik(digits)

    assert digits[4:12] not in repr(nik) + str(nik) + nik.masked
    assert nik.masked == f"{digits[:4]}••••••••{digits[12:]}"


@given(st.text(max_size=20))
def test_any_text_is_a_nik_or_refused_with_a_code(written: str) -> None:
    try:
        taken = Nik(written)
    except NikMalformed:
        return
    assert taken.digits == written


@given(day=st.integers(min_value=0, max_value=99))
def test_only_days_of_a_month_and_the_same_plus_forty_are_birth_days(day: int) -> None:
    digits = f"999901{day:02}0190" + "0001"
    lawful = day in range(1, 32) or day in range(41, 72)
    if lawful:
        assert Nik(digits).matches_birth_date(date(1990, 1, day % 40))
    else:
        with pytest.raises(NikMalformed):
            Nik(digits)


@pytest.mark.parametrize(
    ("digits", "problem"),
    [
        ("", "16-digits"),
        ("999901010190000", "16-digits"),
        ("99990101019000011", "16-digits"),
        ("9999010101900001\n", "16-digits"),
        ("٩٩٩٩٠١٠١٠١٩٠٠٠٠١", "16-digits"),
        ("1000010101900001", "region"),
        ("9801010101900001", "region"),
        ("0000000000000000", "region"),
        ("9999013002900001", "birth-date"),
        ("9999010113900001", "birth-date"),
        ("9999012902990001", "birth-date"),
        ("9999010101900000", "sequence"),
    ],
)
def test_a_malformed_nik_is_refused_without_repeating_it(digits: str, problem: str) -> None:
    with pytest.raises(NikMalformed) as refusal:
        Nik(digits)

    assert refusal.value.parameters == {"problem": problem}
    if digits:
        assert digits not in str(refusal.value)


@given(
    born=st.dates(min_value=date(1940, 1, 1), max_value=date(2005, 12, 31)),
    appointed=st.dates(min_value=date(2006, 1, 1), max_value=date(2026, 11, 21)),
    sex=st.sampled_from("12"),
    sequence=st.integers(min_value=0, max_value=999),
    contract=st.booleans(),
)
def test_a_nip_of_18_digits_is_read_with_or_without_spaces(
    born: date, appointed: date, sex: str, sequence: int, *, contract: bool
) -> None:
    month = "21" if contract else f"{appointed.month:02}"
    digits = f"{born:%Y%m%d}{appointed.year}{month}{sex}{sequence:03}"
    nip = Nip.parse(f" {digits[:8]} {digits[8:14]}\t{digits[14]} {digits[15:]}\n")

    assert nip == Nip(digits)
    assert Nip.parse(nip.grouped) == nip
    assert digits not in repr(nip)


def test_a_nip_is_grouped_as_letters_write_it() -> None:
    assert Nip("199103142019032004").grouped == "19910314 201903 2 004"
    assert Nip("1991031420190304").grouped == "19910314 201903 04"


@given(st.text(max_size=20))
def test_any_text_is_a_nip_or_refused_with_a_code(written: str) -> None:
    try:
        taken = Nip.parse(written)
    except NipMalformed:
        return
    assert taken.digits == "".join(written.split())


@pytest.mark.parametrize(
    ("digits", "problem"),
    [
        ("", "length"),
        ("19910314201903200", "length"),
        ("19910314201903200x", "length"),
        ("199103142019032004" + "1", "length"),
        ("199113142019032004", "date"),
        ("199103142019132004", "date"),
        ("199103141990032004", "date"),
        ("199103142019030004", "sex"),
        ("199103142019033004", "sex"),
    ],
)
def test_a_malformed_nip_is_refused_without_repeating_it(digits: str, problem: str) -> None:
    with pytest.raises(NipMalformed) as refusal:
        Nip(digits)

    assert refusal.value.parameters == {"problem": problem}
    if digits:
        assert digits not in str(refusal.value)
