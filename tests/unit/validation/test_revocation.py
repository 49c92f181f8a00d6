from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from tests.fixtures_pki import NOW, Party, Pki
from tests.unit.validation.samples import (
    CA,
    LATER,
    SIGNER,
    Shape,
    after,
    knowledge,
    make_crl,
    make_ocsp,
    odd,
    revoked,
)

from absah.kernel.clock import Instant
from absah.pki import oids
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.evidence import Material
from absah.validation.material import Knowledge, Memory
from absah.validation.moments import Existence, Moment
from absah.validation.revocation import NotRevoked, RevokedSince, Status, StatusUnknown, status_at
from absah.validation.revocation_sources import Question

RESPONDER = Shape(name="Responder", usages=("digital_signature",), extended=(oids.OCSP_SIGNING,), no_check=True)


def known(party: Party) -> KnownCertificate:
    found = read_certificate(party.certificate)
    assert found is not None
    return found


def answered(subject: Party, issuer: Party, material: Knowledge, at: Instant = LATER) -> Status:
    moment = Moment(at=at, proven=False, fresh_at=at, existence=Existence(now=material.now))
    question = Question(certificate=known(subject), above=(known(issuer),))
    return status_at(question, moment, material.now, replace(material, memory=Memory()))


def status(subject: Party, issuer: Party, /, at: Instant = LATER, **material: object) -> Status:
    return answered(subject, issuer, knowledge(**material), at)


def test_a_fresh_list_of_the_issuer_says_good_or_revoked(pki: Pki):
    good = status(pki.person, pki.issuing, crls=(make_crl(pki.issuing),))
    assert isinstance(good, NotRevoked)
    assert (good.proofs[0].kind, good.proofs[0].this_update) == ("crl", NOW)
    bad = status(pki.person, pki.issuing, crls=(make_crl(pki.issuing, revoked(pki.person, NOW)),))
    assert isinstance(bad, RevokedSince)
    assert (bad.at, bad.reason) == (NOW, RevocationReason.KEY_COMPROMISE)


def test_a_source_proves_good_only_when_it_was_fresh(pki: Pki):
    short = (make_crl(pki.issuing, days=1),)
    assert isinstance(status(pki.person, pki.issuing, crls=short), NotRevoked)
    assert status(pki.person, pki.issuing, at=after(days=2), crls=short) == StatusUnknown(problem="not-fresh")
    assert status(pki.person, pki.issuing) == StatusUnknown(problem="no-data")
    bad = (make_crl(pki.issuing, revoked(pki.person, NOW), days=1),)
    assert isinstance(status(pki.person, pki.issuing, at=after(days=2), crls=bad), RevokedSince)


def test_a_source_made_after_the_certificate_expired_proves_nothing(pki: Pki):
    brief = odd(replace(SIGNER, days=1), pki.issuing)
    crls = (make_crl(pki.issuing, at=after(days=2)),)
    assert status(brief, pki.issuing, at=NOW, crls=crls, now=after(days=3)) == StatusUnknown(problem="no-data")


def test_a_source_from_the_future_is_not_listened_to(pki: Pki):
    crls = (make_crl(pki.issuing, at=after(days=2)),)
    ocsps = (make_ocsp(pki.issuing, pki.person, pki.responder, at=after(days=2)),)
    assert status(pki.person, pki.issuing, crls=crls, ocsps=ocsps) == StatusUnknown(problem="no-data")


def test_a_list_counts_only_when_its_issuer_may_sign_lists_and_did(pki: Pki):
    mute = odd(Shape(name="Mute", authority=True, usages=("key_cert_sign",)))
    leaf = odd(SIGNER, mute)
    voice = odd(CA, key=mute.key)
    listed = make_crl(Party(mute.key, odd(replace(CA, name="Mute"), key=mute.key).certificate))
    assert isinstance(status(leaf, mute, crls=(listed, make_crl(voice))), StatusUnknown)
    liar = odd(replace(CA, name="Odd CA"))
    honest = odd(replace(CA, name="Odd CA"))
    assert isinstance(status(odd(SIGNER, honest), honest, crls=(make_crl(liar),)), StatusUnknown)


def test_a_hold_is_lifted_by_a_newer_list_and_nothing_else_is(pki: Pki):
    held = make_crl(pki.issuing, revoked(pki.person, NOW, RevocationReason.CERTIFICATE_HOLD))
    newer = make_crl(pki.issuing, at=after(minutes=5))
    assert isinstance(status(pki.person, pki.issuing, crls=(held,)), RevokedSince)
    assert isinstance(status(pki.person, pki.issuing, crls=(held, newer)), NotRevoked)
    ended = make_crl(pki.issuing, revoked(pki.person, NOW))
    assert isinstance(status(pki.person, pki.issuing, crls=(ended, newer)), RevokedSince)


def test_a_list_or_answer_under_a_key_that_can_be_broken_proves_nothing_good():
    weak_ca = odd(CA, key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - weak on purpose
    person = odd(SIGNER, weak_ca)
    issuer = x509.load_der_x509_certificate(weak_ca.certificate)
    weak = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(NOW)
        .next_update(after(days=30))
        .sign(weak_ca.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    assert status(person, weak_ca, crls=(weak,)) == StatusUnknown(problem="weak-algorithm")
    answer = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            x509.load_der_x509_certificate(person.certificate),
            issuer,
            hashes.SHA256(),
            ocsp.OCSPCertStatus.GOOD,
            NOW,
            after(days=30),
            None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, issuer)
        .sign(weak_ca.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    assert status(person, weak_ca, ocsps=(answer,)) == StatusUnknown(problem="weak-algorithm")


def test_the_documents_own_proof_is_named_first(pki: Pki):
    own, newer = make_crl(pki.issuing), make_crl(pki.issuing, at=after(minutes=5))
    found = status(pki.person, pki.issuing, crls=(newer,), carried=Material(crls=(own,)))
    assert isinstance(found, NotRevoked)
    assert found.proofs[0].piece == own


def test_a_delegated_responder_speaks_for_its_issuer(pki: Pki):
    answer = make_ocsp(pki.issuing, pki.person, pki.responder, until=after(days=1))
    found = status(pki.person, pki.issuing, ocsps=(answer,))
    assert isinstance(found, NotRevoked)
    assert found.proofs[0].kind == "ocsp"
    bad = make_ocsp(pki.issuing, pki.person, pki.responder, status=Revoked(at=NOW, reason=RevocationReason.UNSPECIFIED))
    assert isinstance(status(pki.person, pki.issuing, ocsps=(bad,)), RevokedSince)
    dunno = make_ocsp(pki.issuing, pki.person, pki.responder, status=Unknown(), until=after(days=1))
    assert isinstance(status(pki.person, pki.issuing, ocsps=(dunno,)), StatusUnknown)
    endless = make_ocsp(pki.issuing, pki.person, pki.responder)
    assert status(pki.person, pki.issuing, ocsps=(endless,)) == StatusUnknown(problem="not-fresh")
    assert isinstance(status(pki.person, pki.issuing, at=NOW, ocsps=(endless,)), NotRevoked)


def test_an_answer_about_somebody_else_says_nothing(pki: Pki):
    answer = make_ocsp(pki.issuing, pki.seal, pki.responder, until=after(days=1))
    assert isinstance(status(pki.person, pki.issuing, ocsps=(answer,)), StatusUnknown)


def test_an_issuer_may_answer_itself():
    authority = odd(
        Shape(name="Own", authority=True, usages=("key_cert_sign", "digital_signature"), extended=(oids.OCSP_SIGNING,))
    )
    leaf = odd(SIGNER, authority)
    answer = make_ocsp(authority, leaf, authority, until=after(days=1))
    assert isinstance(status(leaf, authority, ocsps=(answer,)), NotRevoked)


def test_nobody_else_may_answer():
    authority = odd(CA)
    stranger = odd(replace(CA, name="Stranger"))
    leaf = odd(SIGNER, authority)
    for responder in (
        odd(replace(RESPONDER, name="By stranger"), stranger),
        odd(replace(RESPONDER, name="Odd usage", usages=("key_encipherment",)), authority),
        odd(replace(RESPONDER, name="Critical", critical_unknown=True), authority),
        odd(replace(RESPONDER, name="Too late", not_before=after(days=-9), days=1), authority),
    ):
        answer = make_ocsp(authority, leaf, responder, until=after(days=1))
        assert isinstance(status(leaf, authority, ocsps=(answer,)), StatusUnknown), responder


def test_a_namesake_of_the_authority_may_not_answer():
    authority, namesake = odd(CA), odd(CA)
    leaf = odd(SIGNER, authority)
    responder = odd(RESPONDER, namesake)
    answer = make_ocsp(authority, leaf, responder, until=after(days=1))
    assert isinstance(status(leaf, authority, ocsps=(answer,)), StatusUnknown)


def test_a_certificate_that_is_no_responders_may_not_answer(pki: Pki):
    """The answer is re-labelled: its key belongs to a certificate without the usage."""
    authority = odd(CA)
    leaf = odd(SIGNER, authority)
    responder = odd(RESPONDER, authority)
    plain = odd(replace(RESPONDER, extended=()), authority, key=responder.key)
    other = odd(replace(RESPONDER, extended=(oids.DOCUMENT_SIGNING,)), authority, key=responder.key)
    answer = make_ocsp(authority, leaf, responder, until=after(days=1))
    for swapped in (plain, other):
        pool = knowledge(ocsps=(answer,))
        bare = replace(pool, ocsps=tuple(replace(one, certificates=(swapped.certificate,)) for one in pool.ocsps))
        bare = replace(bare, certificates=())
        assert isinstance(answered(leaf, authority, bare), StatusUnknown)
    forged = replace(pool, ocsps=tuple(replace(one, signature=b"\x30\x00") for one in pool.ocsps))
    assert isinstance(answered(leaf, authority, forged), StatusUnknown)


def test_a_responder_without_nocheck_needs_a_status_of_its_own():
    authority = odd(CA)
    leaf = odd(SIGNER, authority)
    responder = odd(replace(RESPONDER, no_check=False), authority)
    answer = make_ocsp(authority, leaf, responder, until=after(days=1))
    assert isinstance(status(leaf, authority, ocsps=(answer,)), StatusUnknown)
    crl = make_crl(authority)
    assert isinstance(status(leaf, authority, ocsps=(answer,), crls=(crl,)), NotRevoked)
    itself = make_ocsp(authority, responder, responder, until=after(days=1))
    assert isinstance(status(leaf, authority, ocsps=(answer, itself)), StatusUnknown)


def test_a_partitioned_list_covers_only_its_part():
    authority = odd(CA)
    here = odd(replace(SIGNER, name="Here", crl_url="http://a.example/1.crl"), authority)
    there = odd(replace(SIGNER, name="There", crl_url="http://a.example/2.crl"), authority)
    nowhere = odd(replace(SIGNER, name="Nowhere"), authority)
    crl = make_crl(authority, distribution_point="http://a.example/1.crl")
    assert isinstance(status(here, authority, crls=(crl,)), NotRevoked)
    assert isinstance(status(there, authority, crls=(crl,)), StatusUnknown)
    assert isinstance(status(nowhere, authority, crls=(crl,)), StatusUnknown)


def scoped_crl(authority: Party, **scope: object) -> bytes:
    point = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
        "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False,
    } | scope  # fmt: skip
    issuer = x509.load_der_x509_certificate(authority.certificate)
    builder = x509.CertificateRevocationListBuilder(issuer.subject, NOW, after(days=9))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    builder = builder.add_extension(x509.IssuingDistributionPoint(**point), critical=True)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_list_for_users_covers_no_authority_and_the_other_way_round():
    authority = odd(CA)
    leaf, below = odd(SIGNER, authority), odd(replace(CA, name="Below"), authority)
    users, authorities = (
        scoped_crl(authority, only_contains_user_certs=True),
        scoped_crl(authority, only_contains_ca_certs=True),
    )
    assert isinstance(status(leaf, authority, crls=(users,)), NotRevoked)
    assert isinstance(status(below, authority, crls=(users,)), StatusUnknown)
    assert isinstance(status(below, authority, crls=(authorities,)), NotRevoked)
    assert isinstance(status(leaf, authority, crls=(authorities,)), StatusUnknown)
    name = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "1")])
    assert isinstance(status(leaf, authority, crls=(scoped_crl(authority, relative_name=name),)), StatusUnknown)


def test_a_list_with_an_entry_nobody_understands_says_nothing_about_it():
    authority = odd(CA)
    leaf = odd(SIGNER, authority)
    issuer = x509.load_der_x509_certificate(authority.certificate)
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(leaf.serial)
        .revocation_date(NOW)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.25.99"), b"\x05\x00"), critical=True)
        .build()
    )
    builder = x509.CertificateRevocationListBuilder(issuer.subject, NOW, after(days=9))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False).add_revoked_certificate(entry)
    crl = builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert isinstance(status(leaf, authority, crls=(crl,)), StatusUnknown)


def test_what_cannot_be_read_is_left_out(pki: Pki):
    pool = knowledge(crls=(b"no list",), ocsps=(b"no answer",), certificates=(b"nothing",))
    assert (pool.lists, pool.ocsps, pool.certificates) == ({}, (), ())
    assert Good() == Good()
