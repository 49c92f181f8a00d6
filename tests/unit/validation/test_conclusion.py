import pytest

from absah.validation.conclusion import (
    PASSED,
    Conclusion,
    Indication,
    SubIndication,
    Verdict,
    because,
    verdict_for,
    worst,
)


def test_each_reason_has_the_indication_that_the_norm_gives_it():
    assert because(SubIndication.HASH_FAILURE).indication is Indication.TOTAL_FAILED
    assert because(SubIndication.OUT_OF_BOUNDS_NO_POE).indication is Indication.INDETERMINATE


def test_a_pair_that_the_norm_does_not_know_cannot_exist():
    for indication, reason in (
        (Indication.TOTAL_PASSED, SubIndication.TRY_LATER),
        (Indication.TOTAL_FAILED, SubIndication.TRY_LATER),
        (Indication.INDETERMINATE, SubIndication.HASH_FAILURE),
        (Indication.INDETERMINATE, None),
    ):
        with pytest.raises(ValueError, match="does not go with"):
            Conclusion(indication=indication, reason=reason)


def test_the_worst_wins_and_among_equals_the_first():
    open_first = because(SubIndication.TRY_LATER)
    open_second = because(SubIndication.NO_POE)
    broken = because(SubIndication.HASH_FAILURE)
    assert worst([]) == PASSED
    assert worst([PASSED, open_first, open_second]) == open_first
    assert worst([open_first, broken]) == broken


def test_a_document_without_signature_is_neither_valid_nor_invalid():
    assert verdict_for(Indication.TOTAL_PASSED, signed=False) is Verdict.UNSIGNED
    assert [verdict_for(one, signed=True) for one in Indication] == [
        Verdict.VALID,
        Verdict.UNDETERMINED,
        Verdict.INVALID,
    ]
