"""DSA as it stands in old chains, with parameters of its own or its issuer's."""

from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import LATER, basic, name, root, spki, usage

from absah.kernel.clock import instant
from absah.pki import der
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.inputs import Inputs, TrustAnchor
from absah.validation.path.refusals import Reason, Refusal
from absah.validation.path.search import Pool, find_path
from absah.validation.path.signatures import inherit_parameters, judge_signature
from absah.validation.path.validation import Accepted

DSA, DSA_SHA256 = "1.2.840.10040.4.1", "2.16.840.1.101.3.4.3.2"


@cache
def parameters() -> dsa.DSAParameters:
    return dsa.generate_parameters(1024)


@cache
def dsa_key(label: str) -> dsa.DSAPrivateKey:
    return parameters().generate_private_key()


def dsa_spki(label: str, *, bare: bool = False) -> bytes:
    whole = dsa_key(label).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not bare:
        return whole
    fields = der.Reader(whole, "key").read(der.SEQUENCE).reader()
    fields.read(der.SEQUENCE)
    return der.sequence(der.sequence(der.oid(DSA)), fields.read(der.BIT_STRING).encoded)


def dsa_certificate(subject: str, issuer: str, *extensions: bytes, bare: bool = False) -> Certificate:
    algorithm = der.sequence(der.oid(DSA_SHA256))
    tbs = der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(5),
        algorithm,
        name(issuer),
        der.sequence(der.time(NOW), der.time(LATER)),
        name(subject),
        dsa_spki(subject, bare=bare),
        der.explicit(3, der.sequence(*extensions)),
    )
    return read_certificate(der.sequence(tbs, algorithm, der.bit_string(dsa_key(issuer).sign(tbs, hashes.SHA256()))))


def ca(subject: str, issuer: str, *, bare: bool = False) -> Certificate:
    return dsa_certificate(subject, issuer, basic(), usage(5), bare=bare)


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
