"""DSA as it stands in old chains, with parameters of its own or its issuer's."""

from datetime import timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import root, spki, usage
from tests.unit.validation.path.making_dsa import DSA, DSA_SHA256, ca, dsa_certificate, dsa_key, dsa_spki

from absah.kernel.clock import instant
from absah.pki import der
from absah.validation.path.inputs import Inputs, TrustAnchor
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.search import Pool, find_path
from absah.validation.path.signatures import inherit_parameters, judge_signature
from absah.validation.path.validation import Accepted


def test_a_key_without_parameters_takes_those_of_its_issuer():
    anchor, between = ca("Root", "Root"), ca("CA", "Root", bare=True)
    asked = dsa_certificate("Leaf", "CA", usage(0), bare=True)
    inputs = Inputs(at=instant(NOW + timedelta(days=1)))
    found = find_path(asked, Pool((TrustAnchor.of(anchor),), (between,)), inputs)
    assert isinstance(found, Accepted)
    assert found.working_key == dsa_spki("Leaf")
    alone = TrustAnchor(name=between.subject, public_key=between.public_key)
    lost = find_path(asked, Pool((alone,)), inputs)
    assert isinstance(lost, Refusal)
    assert lost.reason is Reason.KEY_PARAMETERS_MISSING


def test_parameters_pass_between_keys_of_dsa_only():
    bare, whole = dsa_spki("A", bare=True), dsa_spki("A")
    assert inherit_parameters(bare, dsa_spki("B")) == whole
    assert inherit_parameters(whole, dsa_spki("B")) == whole
    assert inherit_parameters(bare, spki("EC")) == bare
    assert inherit_parameters(b"no key", whole) == b"no key"


def test_a_dsa_signature_holds_for_its_bytes_and_its_key_alone():
    signature = dsa_key("A").sign(b"data", hashes.SHA256())
    assert judge_signature(b"data", signature, DSA_SHA256, dsa_spki("A")) is None
    assert judge_signature(b"other", signature, DSA_SHA256, dsa_spki("A")) is Reason.SIGNATURE_INVALID
    assert judge_signature(b"data", signature, DSA_SHA256, dsa_spki("B")) is Reason.SIGNATURE_INVALID
    assert judge_signature(b"data", signature, DSA_SHA256, spki("EC")) is Reason.SIGNATURE_INVALID
    assert judge_signature(b"data", signature, "1.2.3", dsa_spki("A")) is Reason.ALGORITHM_UNSUPPORTED
    broken = der.sequence(der.sequence(der.oid(DSA), der.sequence()), der.bit_string(b"x"))
    assert judge_signature(b"data", signature, DSA_SHA256, broken) is Reason.SIGNATURE_INVALID
    assert judge_signature(b"data", signature, DSA_SHA256, b"no key") is Reason.ALGORITHM_UNSUPPORTED


def test_a_key_of_a_kind_that_signs_nothing_is_not_supported():
    from cryptography.hazmat.primitives.asymmetric import x25519

    agreement = x25519.X25519PrivateKey.generate().public_key()
    encoded = agreement.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert judge_signature(b"", b"", root().signature_algorithm, encoded) is Reason.ALGORITHM_UNSUPPORTED
