from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fixtures_pki import NOW, Party, Pki
from tests.unit.validation.path.making import usage
from tests.unit.validation.path.making_dsa import DSA_SHA256, ca, dsa_certificate
from tests.unit.validation.samples import CA, LATER, SIGNER, knowledge, make_crl, odd

from absah.kernel.clock import instant
from absah.pki.algorithms import DigestAlgorithm, SignatureAlgorithm, SignatureScheme
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.chains import ChainFinding, assess_chain, weak_algorithm
from absah.validation.checks import CheckName, Outcome
from absah.validation.conclusion import SubIndication
from absah.validation.moments import Existence, Moment
from absah.validation.paths import PathPurpose

UNPROVEN = Moment(at=LATER, proven=False, fresh_at=LATER, existence=Existence(now=LATER))
PROVEN = replace(UNPROVEN, at=NOW, fresh_at=NOW, proven=True)
ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)


def known(party: Party) -> KnownCertificate:
    found = read_certificate(party.certificate)
    assert found is not None
    return found


def strong(party: Party) -> bool:
    return isinstance(party.key, ec.EllipticCurvePrivateKey) and isinstance(party.key.curve, ec.SECP256R1)


def assess(leaf: Party, *authorities: Party, moment: Moment = UNPROVEN, **material: object) -> ChainFinding:
    crls = tuple(make_crl(one) for one in authorities if strong(one))
    pool = knowledge(
        anchors=(authorities[-1].certificate,), certificates=tuple(one.certificate for one in authorities), crls=crls
    )
    return assess_chain(known(leaf), PathPurpose.SIGNING, moment, replace(pool, **material))


def test_of_several_paths_the_one_that_holds_is_taken():
    good = odd(CA)
    bad = odd(replace(CA, usages=("crl_sign",)), odd(replace(CA, name="Top")), key=good.key)
    leaf = odd(SIGNER, good)
    pool = knowledge(anchors=(good.certificate,), certificates=(bad.certificate,), crls=(make_crl(good),))
    assert assess_chain(known(leaf), PathPurpose.SIGNING, UNPROVEN, pool).passed


def test_if_no_path_holds_the_first_says_why():
    top = odd(replace(CA, name="Top"))
    below = odd(replace(CA, usages=("crl_sign",)), top)
    again = odd(replace(CA, usages=("digital_signature",)), top, key=below.key)
    leaf = odd(SIGNER, below)
    pool = knowledge(anchors=(top.certificate,), certificates=(below.certificate, again.certificate))
    finding = assess_chain(known(leaf), PathPurpose.SIGNING, UNPROVEN, pool)
    assert finding.conclusion.reason is SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert finding.trusted
    assert finding.certificates[1] == known(below)


def test_a_chain_that_ends_nowhere_is_shown_and_not_trusted(pki: Pki):
    for anchors, problem in (((), "no-anchors-known"), ((pki.seal.certificate,), "no-path-to-an-anchor")):
        pool = knowledge(anchors=anchors, certificates=(pki.issuing.certificate, pki.root.certificate))
        finding = assess_chain(known(pki.person), PathPurpose.SIGNING, UNPROVEN, pool)
        assert finding.conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        assert dict(finding.checks[0].details) == {"problem": problem}
        assert (len(finding.certificates), finding.trusted) == (3, False)


def test_a_curve_that_the_policy_does_not_know_is_weak():
    authority = odd(CA, key=ec.generate_private_key(ec.SECP256K1()))
    leaf = odd(SIGNER, authority)
    for moment, reason in (
        (UNPROVEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
        (PROVEN, SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
    ):
        reasons = {one.conclusion.reason for one in assess(leaf, authority, moment=moment).checks if one.conclusion}
        assert reason in reasons


def test_a_certificate_signed_in_a_way_nobody_knows_ends_the_search():
    authority = odd(CA)
    leaf = odd(SIGNER, authority, digest=hashes.SHA224())
    assert known(leaf).signature_algorithm is None
    assert assess(leaf, authority).conclusion.reason is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_an_algorithm_is_weak_from_its_day_on(pki: Pki):
    sha1 = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA1)
    old = replace(PROVEN, at=instant(datetime(2016, 12, 31, tzinfo=UTC)))
    spki = known(pki.person).public_key
    assert weak_algorithm(sha1, spki, UNPROVEN) == "sha1"
    assert weak_algorithm(sha1, spki, old) == ""
    assert weak_algorithm(ECDSA, spki, UNPROVEN) == ""
    assert weak_algorithm(ECDSA, b"no key", UNPROVEN) == "unknown-key"


def test_an_algorithm_that_no_policy_knows_is_weak_even_where_it_can_be_computed():
    anchor, leaf = ca("Root", "Root"), dsa_certificate("Leaf", "Root", usage(0))
    signer = read_certificate(leaf.der)
    assert signer is not None
    found = assess_chain(signer, PathPurpose.SIGNING, UNPROVEN, knowledge(anchors=(anchor.der,)))
    assert found.trusted
    weak = next(check for check in found.checks if check.name is CheckName.ALGORITHMS)
    assert weak.outcome is Outcome.FAILED
    assert dict(weak.details)["algorithm"] == DSA_SHA256
