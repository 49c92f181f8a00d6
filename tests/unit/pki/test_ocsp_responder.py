from datetime import timedelta

import pytest
from tests.fixtures_pki import ISSUING_NAME, NOW, RESPONDER_NAME, Party, Pki, certify, new_key

from absah.kernel.clock import instant
from absah.pki import der, oids
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, public_key_of_certificate, validity_of
from absah.pki.ocsp import cert_id_for, parse_ocsp_response
from absah.pki.ocsp_requests import AskedCertificate
from absah.pki.ocsp_responder import OcspResponder, OcspResponderRefused, Period, SingleAnswer
from absah.pki.ocsp_statuses import encode_cert_id
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown

PERIOD = Period(this_update=NOW, next_update=instant(NOW + timedelta(hours=12)))


def asked_about(party: Party, issuer: bytes, digest: DigestAlgorithm = DigestAlgorithm.SHA1) -> AskedCertificate:
    named = cert_id_for(issuer, party.serial, digest)
    return AskedCertificate(
        encode_cert_id(named), digest, named.issuer_name_hash, named.issuer_key_hash, int(party.serial)
    )


@pytest.fixture(scope="module")
def responder(pki: Pki) -> OcspResponder:
    return OcspResponder(pki.issuing.certificate, pki.responder.certificate, pki.responder.key)


def test_an_answer_says_what_it_was_told_about_each_certificate_and_verifies(pki: Pki, responder) -> None:
    revoked = Revoked(at=NOW, reason=RevocationReason.KEY_COMPROMISE)
    plainly = Revoked(at=NOW, reason=RevocationReason.UNSPECIFIED)
    statuses = (Good(), revoked, plainly, Unknown())
    parties = (pki.person, pki.seal, pki.tsa, pki.responder)
    asked = [asked_about(party, pki.issuing.certificate, DigestAlgorithm.SHA256) for party in parties]

    answer = parse_ocsp_response(
        responder.respond(
            [SingleAnswer(asked=one, status=status) for one, status in zip(asked, statuses, strict=True)], PERIOD
        )
    )

    answer.verify(public_key_of_certificate(load_certificate(pki.responder.certificate)))
    assert answer.is_from(pki.responder.certificate)
    assert answer.certificates == (pki.responder.certificate,)
    for party, status in zip(parties, statuses, strict=True):
        single = answer.find(pki.issuing.certificate, party.serial)
        assert single is not None
        assert (single.status, single.this_update, single.next_update) == (status, NOW, PERIOD.next_update)
    assert answer.nonce is None


def test_a_nonce_comes_back_and_the_archive_cut_off_is_the_day_the_issuer_began(pki: Pki, responder) -> None:
    nonce = der.extension(oids.OCSP_NONCE, der.octet_string(b"n" * 32))
    asked = asked_about(pki.person, pki.issuing.certificate)

    encoded = responder.respond([SingleAnswer(asked=asked, status=Good())], PERIOD, nonce)

    assert parse_ocsp_response(encoded).nonce == b"n" * 32
    begins = validity_of(load_certificate(pki.issuing.certificate))[0]
    cutoff = der.extension(oids.OCSP_ARCHIVE_CUTOFF, der.generalized_time(begins))
    assert cutoff in encoded
    unknown = responder.respond([SingleAnswer(asked=asked, status=Unknown())], PERIOD)
    assert cutoff not in unknown


def test_a_responder_knows_the_certificates_of_its_issuer_by_every_digest(pki: Pki, responder) -> None:
    for digest in DigestAlgorithm:
        assert responder.is_about(asked_about(pki.person, pki.issuing.certificate, digest))
    assert not responder.is_about(asked_about(pki.issuing, pki.root.certificate))
    foreign = asked_about(pki.person, pki.issuing.certificate)._replace(digest=None)
    assert not responder.is_about(foreign)
    assert responder.not_after == validity_of(load_certificate(pki.responder.certificate))[1]


def test_only_the_issuers_own_delegate_with_its_own_key_may_answer(pki: Pki) -> None:
    namesake = certify("issuing-ca", ISSUING_NAME, pki.root)  # the same name, another key
    stranger = certify("ocsp-responder", RESPONDER_NAME, namesake)

    for certificate, key, problem in (
        (pki.person.certificate, pki.person.key, "extended-key-usage"),
        (pki.root.certificate, pki.root.key, "extended-key-usage"),
        (pki.responder.certificate, new_key(), "key"),
        (stranger.certificate, stranger.key, "issuer"),
    ):
        with pytest.raises(OcspResponderRefused) as refused:
            OcspResponder(pki.issuing.certificate, certificate, key)
        assert refused.value.parameters == {"problem": problem}
