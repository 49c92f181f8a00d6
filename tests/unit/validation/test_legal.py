"""The six conditions of UU ITE Ps 11 and the classes of PP 71/2019 Ps 60."""

import hashlib

from tests.fixtures_pki import NOW, Pki
from tests.unit.validation.samples import SIGNER, after, judge, make_cms, make_crl, odd, revoked, signature

from absah.kernel.messages import Language, catalogue
from absah.validation.certificates import read_certificate
from absah.validation.evidence import Change, ChangeKind, DigestFact, Statements, UnreadableSignature
from absah.validation.legal import ConditionState, LegalClass, LegalReason
from absah.validation.report import Report
from absah.validation.trust import AnchorTerms, TrustAnchors


def states(report: Report) -> str:
    """m for met, o for open, u for unmet, from a to f."""
    return "".join(one.state.value[0] for one in report.signatures[0].conditions)


def recognised(pki: Pki, *policies: str) -> TrustAnchors:
    terms = AnchorTerms(recognised=True, certified_policies=frozenset(policies))
    root = pki.root.certificate
    return TrustAnchors(name="test", taken_at=NOW, certificates=(root,), terms={hashlib.sha256(root).digest(): terms})


def test_a_good_signature_meets_all_six_conditions():
    report = judge(signature())
    assert states(report) == "mmmmmm"
    assert str(report.signatures[0].conditions[0].citation) == "UU 11/2008 (ITE) Pasal 11 ayat (1) huruf a"


def test_each_condition_rests_on_its_own_evidence(pki: Pki):
    altered = judge(signature(digests=(DigestFact(algorithm=signature().digests[0].algorithm, value=bytes(32)),)))
    assert states(altered) == "mmmumm"
    later = judge(signature(changes=(Change(kind=ChangeKind.OTHER, where="x"),)))
    assert states(later) == "mmmomm"
    stranger = judge(signature(), anchors=TrustAnchors(name="none", taken_at=NOW))
    assert states(stranger) == "oommoo"
    unknown = judge(signature(), crls=())
    assert states(unknown) == "mommmm"
    lists = (make_crl(pki.root), make_crl(pki.issuing, revoked(pki.person, after(minutes=10)), at=after(minutes=11)))
    late = judge(signature(statements=Statements(time=after(minutes=20))), crls=lists)
    assert states(late) == "mummmm"
    unreadable = judge(UnreadableSignature(field_name="x", problem="p"))
    assert states(unreadable) == "oouooo"
    silent = odd(SIGNER, pki.issuing)
    assert states(judge(signature(make_cms(silent)))) == "mmmmmm"


def test_trial_certificates_are_never_certified(pki: Pki):
    one = judge(signature(), anchors=recognised(pki)).signatures[0]
    assert (one.legal_class, one.legal_reason) == (LegalClass.NOT_CERTIFIED, LegalReason.TRIAL)


def test_a_signature_is_certified_when_somebody_said_so_of_its_issuer_and_device(pki: Pki):
    certificate = read_certificate(pki.person.certificate)
    assert certificate is not None
    policy = certificate.parsed.extensions.policies[0].policy
    expected = {
        LegalReason.RECOGNISED: judge(signature(), trial=False, anchors=recognised(pki, policy)),
        LegalReason.DEVICE_UNKNOWN: judge(signature(), trial=False, anchors=recognised(pki)),
        LegalReason.NOT_RECOGNISED: judge(signature(), trial=False),
        LegalReason.NOT_ESTABLISHED: judge(signature(), trial=False, crls=()),
    }
    for reason, report in expected.items():
        one = report.signatures[0]
        assert one.legal_reason is reason
        assert (one.legal_class is LegalClass.CERTIFIED) is (reason is LegalReason.RECOGNISED)


def test_everything_has_words_in_both_languages():
    conditions = judge(signature()).signatures[0].conditions
    ids = {one.title_message for one in conditions} | {one.message for one in LegalClass}
    ids |= {one.message for one in LegalReason}
    ids |= {f"{one.title_message}.{state}" for one in conditions for state in ConditionState}
    for language in Language:
        assert ids <= set(catalogue(language))
