from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from tests.fixtures_pki import NOW, Party, Pki
from tests.unit.validation.samples import CA, SIGNER, Shape, after, knowledge, odd

from absah.kernel.clock import instant
from absah.pki import oids
from absah.validation import paths
from absah.validation.certificates import KnownCertificate, read_certificate, read_certificates
from absah.validation.conclusion import SubIndication
from absah.validation.path.signatures import Signatures
from absah.validation.paths import Path, PathPurpose, find_paths, judge_path, judge_period, known_issuers


def known(party: Party) -> KnownCertificate:
    found = read_certificate(party.certificate)
    assert found is not None
    return found


def path_of(*parties: Party) -> Path:
    return Path(certificates=tuple(known(party) for party in parties))


def chain(*shapes: Shape) -> tuple[Party, ...]:
    """Leaf first; each issues the one before it, and the last signs itself."""
    made: list[Party] = []
    for shape in reversed(shapes):
        made.append(odd(shape, made[-1] if made else None))
    return tuple(reversed(made))


def problem(path: Path, purpose: PathPurpose = PathPurpose.SIGNING) -> str:
    found = judge_path(path, purpose)
    return "" if found is None else found.problem


def test_a_path_is_found_through_intermediates_and_ends_at_the_anchor(pki: Pki):
    pool = knowledge(certificates=(pki.issuing.certificate, pki.seal.certificate))
    found = find_paths(known(pki.person), pool)
    assert [[one.der for one in path.certificates] for path in found] == [
        [pki.person.certificate, pki.issuing.certificate, pki.root.certificate]
    ]
    assert [len(path.links) for path in found] == [2]
    assert problem(found[0]) == ""


def test_an_anchor_is_trusted_by_itself(pki: Pki):
    pool = knowledge(anchors=(pki.person.certificate,))
    assert find_paths(known(pki.person), pool) == (path_of(pki.person),)
    assert problem(path_of(pki.person)) == ""


def test_a_name_is_not_enough(pki: Pki):
    impostor = odd(replace(CA, name="Odd CA"))
    other = odd(replace(CA, name="Odd CA"))
    leaf = odd(SIGNER, impostor)
    pool = knowledge(anchors=(other.certificate,), certificates=(other.certificate,))
    assert find_paths(known(leaf), pool) == ()
    assert known_issuers(known(leaf), pool) == (known(leaf),)


def test_two_authorities_that_certify_one_another_do_not_run_in_circles():
    one = odd(replace(CA, name="One"))
    two = odd(replace(CA, name="Two"))
    one_by_two = odd(replace(CA, name="One"), two, key=one.key)
    two_by_one = odd(replace(CA, name="Two"), one, key=two.key)
    leaf = odd(SIGNER, one)
    pool = knowledge(anchors=(), certificates=(one_by_two.certificate, two_by_one.certificate))
    assert find_paths(known(leaf), pool) == ()
    assert len(known_issuers(known(leaf), pool)) == 3


def test_the_search_is_bounded_in_signatures_and_in_length():
    top = odd(replace(CA, name="Top"))
    leaf, *above = chain(SIGNER, *(replace(CA, name=f"CA {number}") for number in range(9)))
    pool = knowledge(anchors=(above[-1].certificate,), certificates=tuple(one.certificate for one in above))
    assert find_paths(known(leaf), pool) == ()
    assert len(known_issuers(known(leaf), pool)) == paths.MAXIMUM_LENGTH
    short = odd(SIGNER, top)
    assert len(find_paths(known(short), knowledge(anchors=(top.certificate,)))) == 1
    spent = Path(certificates=(known(short), known(top)), signatures=Signatures(0))
    assert problem(spent) == "search-limit"


def test_an_issuer_must_be_an_authority_that_may_sign_certificates():
    for shape, expected in (
        (Shape(name="CA", usages=("key_cert_sign",)), "not-an-authority"),
        (Shape(name="CA", authority=False), "not-an-authority"),
        (Shape(name="CA", authority=True, usages=("crl_sign",)), "may-not-sign-certificates"),
        (Shape(name="CA", authority=True), ""),
    ):
        assert problem(path_of(*chain(SIGNER, shape, CA))) == expected


def test_path_length_counts_authorities_between_but_not_those_that_issue_themselves():
    flat = replace(CA, name="Flat", path_length=0)
    below = replace(CA, name="Below")
    assert problem(path_of(*chain(SIGNER, flat, CA))) == ""
    assert problem(path_of(*chain(SIGNER, below, flat, CA))) == "path-too-long"
    old = odd(replace(CA, name="Rolling", path_length=0))
    new = odd(replace(CA, name="Rolling"), old)
    leaf = odd(SIGNER, new)
    assert problem(path_of(leaf, new, old)) == ""


def test_name_constraints_and_critical_extensions_are_judged():
    constrained = replace(CA, name="Constrained", name_constraints=True)
    assert problem(path_of(*chain(SIGNER, constrained, CA))) == ""
    assert problem(path_of(*chain(SIGNER, constrained))) == ""
    outside = replace(SIGNER, name="Outside", host="example.org")
    assert problem(path_of(*chain(outside, constrained, CA))) == "name-not-permitted"
    assert problem(path_of(*chain(outside, constrained))) == "name-not-permitted"
    assert problem(path_of(*chain(replace(SIGNER, critical_unknown=True), CA))) == "critical-extension"


def test_a_path_that_an_authority_spoils_is_shown_only_where_there_is_no_other():
    top = odd(replace(CA, name="Top"))
    middle = odd(replace(CA, name="Middle"), top)
    spoilt = odd(Shape(name="Middle", authority=False), top, key=middle.key)
    leaf = odd(SIGNER, middle)
    both = knowledge(anchors=(top.certificate,), certificates=(spoilt.certificate, middle.certificate))
    assert find_paths(known(leaf), both) == (path_of(leaf, middle, top),)
    alone = knowledge(anchors=(top.certificate,), certificates=(spoilt.certificate,))
    assert find_paths(known(leaf), alone) == (path_of(leaf, spoilt, top),)
    assert problem(path_of(leaf, spoilt, top)) == "not-an-authority"


def test_a_signer_needs_a_key_for_signing_documents():
    for shape, expected in (
        (replace(SIGNER, usages=("key_encipherment",)), "key-usage"),
        (replace(SIGNER, usages=None), ""),
        (replace(SIGNER, usages=("digital_signature",), extended=(oids.DOCUMENT_SIGNING,)), ""),
        (replace(SIGNER, extended=(oids.TIME_STAMPING,)), "extended-key-usage"),
        (replace(SIGNER, extended=(oids.OCSP_SIGNING,)), "extended-key-usage"),
    ):
        assert problem(path_of(*chain(shape, CA))) == expected


def test_a_time_stamping_unit_has_one_usage_and_it_is_critical(pki: Pki):
    assert problem(path_of(pki.tsa, pki.issuing, pki.root), PathPurpose.TIME_STAMPING) == ""
    for shape in (
        SIGNER,
        replace(SIGNER, extended=(oids.TIME_STAMPING,)),
        replace(SIGNER, extended=(oids.TIME_STAMPING, oids.DOCUMENT_SIGNING), extended_critical=True),
    ):
        assert problem(path_of(*chain(shape, CA)), PathPurpose.TIME_STAMPING) == "extended-key-usage"


def test_every_certificate_of_a_path_must_have_been_in_force():
    path = path_of(*chain(replace(SIGNER, days=10), replace(CA, days=20)))
    assert judge_period(path, NOW) is None
    late = judge_period(path, after(days=11))
    assert late is not None
    assert late.reason is SubIndication.OUT_OF_BOUNDS_NO_POE
    early = judge_period(path, instant(NOW - timedelta(days=1)))
    assert early is not None
    assert early.reason is SubIndication.NOT_YET_VALID
    renewed = path_of(*chain(SIGNER, replace(CA, not_before=after(days=5))))
    unsure = judge_period(renewed, after(days=1))
    assert unsure is not None
    assert (unsure.reason, unsure.problem) == (SubIndication.OUT_OF_BOUNDS_NO_POE, "before-validity")


def test_what_cannot_be_read_is_no_certificate(pki: Pki):
    assert read_certificate(b"no certificate") is None
    assert read_certificates((b"x", pki.root.certificate, pki.root.certificate)) == (known(pki.root),)


def test_a_key_or_an_algorithm_that_nobody_can_compute_signs_nothing(pki: Pki):
    agreement = x25519.X25519PrivateKey.generate()
    useless = odd(Shape(name="Useless"), pki.root, key=agreement)
    assert not known(useless).signed_by(known(useless))
    assert known(useless).signed_by(known(pki.root))
    small = known(odd(CA, key=ec.generate_private_key(ec.SECP224R1())))
    assert small.signed_by(small)
    assert not small.signed_by(replace(small, public_key=b"no key"))
    assert not replace(small, signature_algorithm=None).signed_by(small)


def test_a_certificate_whose_two_algorithms_differ_has_none(pki: Pki):
    certificate = pki.person.certificate
    sha256, sha384 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040303")
    at = certificate.rindex(sha256)
    mixed = certificate[:at] + sha384 + certificate[at + len(sha256) :]
    found = read_certificate(mixed)  # the library may refuse it first
    assert found is None or found.signature_algorithm is None
