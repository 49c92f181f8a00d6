"""By what authority somebody signs: four kinds, each with its lines, its decree and its days."""

from datetime import date

import pytest

from absah.enrolment.mandate import Mandate, MandateKind, MandateUnlawful

SINCE = date(2026, 11, 2)


def mandate(kind: MandateKind, **more) -> Mandate:
    return Mandate(**({"kind": kind, "post": "Wali Kota", "decree": "SK 1/2026", "since": SINCE} | more))


def test_each_kind_has_its_lines() -> None:
    assert mandate(MandateKind.ON_BEHALF).lines("Sekretaris Daerah") == ("a.n. Wali Kota", "Sekretaris Daerah")
    further = mandate(MandateKind.FOR_THEM, through="Sekretaris Daerah")
    assert further.lines("Kepala Bagian") == ("a.n. Wali Kota", "Sekretaris Daerah", "u.b.", "Kepala Bagian")
    for kind, printed in ((MandateKind.ACTING, "Plt. Wali Kota"), (MandateKind.ACTING_DAILY, "Plh. Wali Kota")):
        assert mandate(kind, until=SINCE).lines("Sekretaris Daerah") == (printed,)


def test_a_mandate_holds_from_its_first_day_to_its_last() -> None:
    acting = mandate(MandateKind.ACTING, until=date(2026, 11, 30))
    days = (date(2026, 11, 1), SINCE, date(2026, 11, 30), date(2026, 12, 1))
    assert [acting.holds_on(day) for day in days] == [False, True, True, False]
    assert mandate(MandateKind.ON_BEHALF).holds_on(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("kind", "changed", "problem"),
    [
        (MandateKind.ON_BEHALF, {"post": " "}, "empty"),
        (MandateKind.ON_BEHALF, {"decree": ""}, "empty"),
        (MandateKind.ON_BEHALF, {"through": "Sekretaris"}, "through"),
        (MandateKind.FOR_THEM, {}, "through"),
        (MandateKind.ACTING, {}, "no-end"),
        (MandateKind.ACTING_DAILY, {"until": date(2026, 11, 1)}, "period"),
    ],
)
def test_what_is_missing_is_refused_by_name(kind: MandateKind, changed: dict, problem: str) -> None:
    with pytest.raises(MandateUnlawful) as refused:
        mandate(kind, **changed)
    assert refused.value.parameters == {"problem": problem}
