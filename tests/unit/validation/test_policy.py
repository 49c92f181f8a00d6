import pytest
from tests.unit.validation.samples import context, document, judge, make_cms, signature

from absah.kernel.errors import AbsahError
from absah.pki.algorithms import DigestAlgorithm
from absah.validation.checks import Check, CheckLevel, CheckName, Outcome, failed
from absah.validation.conclusion import Indication, SubIndication
from absah.validation.evidence import Change, ChangeKind, DigestFact
from absah.validation.policy import (
    ALWAYS_FAILING,
    CHECKS_OF,
    PolicyIncomplete,
    PolicyTooLax,
    PolicyUnknown,
    PolicyUnreadable,
    Subject,
    ValidationPolicy,
    load_policy,
    parse_policy,
)
from absah.validation.process import validate


def written(*, subject: str = "", **levels: str) -> str:
    lines = ['name = "strict"', 'version = "2026-11"', "clock_skew_seconds = 0"]
    for table, names in CHECKS_OF.items():
        lines.append(f"[{table}]")
        changed = levels if table == subject else {}
        lines += [f'{name} = "{changed.get(name.replace("-", "_"), "fail")}"' for name in sorted(names)]
    return "\n".join(lines)


def with_level(check: CheckName, level: CheckLevel, subject: Subject = Subject.SIGNATURE) -> ValidationPolicy:
    return parse_policy(written(subject=subject, **{check.replace("-", "_"): level.value}))


def test_the_policy_that_comes_along_is_complete_and_named_in_the_report():
    policy = load_policy()
    told = judge(signature()).to_dict()["policy"]
    assert told == {"name": "absah", "version": policy.version, "sha256": policy.digest}
    with pytest.raises(PolicyUnknown):
        load_policy("no-such-policy")


def test_a_level_decides_what_a_failure_weighs():
    later = signature(changes=(Change(kind=ChangeKind.OTHER, where="x"),))
    expected = {
        CheckLevel.FAIL: (Indication.INDETERMINATE, 1),
        CheckLevel.WARN: (Indication.TOTAL_PASSED, 1),
        CheckLevel.INFORM: (Indication.TOTAL_PASSED, 1),
        CheckLevel.IGNORE: (Indication.TOTAL_PASSED, 0),
    }
    for level, (indication, shown) in expected.items():
        policy = with_level(CheckName.LATER_CHANGES, level)
        report = validate(document(later), context(policy=policy))
        found = [one for one in report.signatures[0].checks if one.name is CheckName.LATER_CHANGES]
        assert (report.indication, len(found)) == (indication, shown), level


def test_a_check_of_another_level_keeps_its_reason_and_decides_nothing():
    check = failed(CheckName.REVOCATION, SubIndication.TRY_LATER)
    (noticed,) = with_level(CheckName.REVOCATION, CheckLevel.WARN).weigh(Subject.SIGNATURE, (check,))
    assert (noticed.reason, noticed.conclusion) == (SubIndication.TRY_LATER, None)
    assert Check(name=CheckName.CHAIN, outcome=Outcome.PASSED).conclusion is None


def test_revocation_may_be_left_out_where_somebody_wants_it_so():
    policy = with_level(CheckName.REVOCATION, CheckLevel.IGNORE)
    report = validate(document(signature(make_cms())), context(policy=policy, crls=()))
    assert report.indication is Indication.TOTAL_PASSED
    assert policy.level(Subject.SIGNATURE, CheckName.REVOCATION) is CheckLevel.IGNORE


def test_nothing_takes_weight_from_what_makes_a_signature():
    altered = signature(digests=(DigestFact(algorithm=DigestAlgorithm.SHA256, value=bytes(32)),))
    assert judge(altered).indication is Indication.TOTAL_FAILED
    for name in ALWAYS_FAILING:
        with pytest.raises(PolicyTooLax):
            with_level(name, CheckLevel.WARN)


def test_a_policy_names_every_check_and_no_other():
    whole = written()
    missing = whole.replace('revocation = "fail"\n', "", 1)
    strange = whole.replace('revocation = "fail"', 'revocation = "fail"\nweather = "warn"', 1)
    for text in (missing, strange):
        with pytest.raises(PolicyIncomplete):
            parse_policy(text)


@pytest.mark.parametrize(
    "text",
    [
        "name =",
        "name = 'x'",
        written().replace('version = "2026-11"', 'version = "soon"'),
        written().replace('chain = "fail"', 'chain = "perhaps"', 1),
        written().replace("clock_skew_seconds = 0", "clock_skew_seconds = -1"),
    ],
)
def test_what_is_no_policy_is_refused_with_a_code(text: str):
    with pytest.raises(PolicyUnreadable) as refusal:
        parse_policy(text)
    assert isinstance(refusal.value, AbsahError)
