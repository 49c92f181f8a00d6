"""Authorising and signing: only what was agreed to, once, by the right key, with the right factors."""

import pickle
import threading
from datetime import timedelta

import pytest
from tests.fixtures_pki import PERSON_NAME, SEAL_NAME
from tests.fixtures_signer import CA, ID_DATA, PERSON, RIGHT, SEAL, WRONG, attributes_for, digest_of

from absah.adapters.key_vault import ByPassphrase, ByService, KeyClosed, SoftwareVault
from absah.adapters.signer.errors import (
    AttributesRefused,
    CertificateExpired,
    CertificateNotYetValid,
    ConsentUnknown,
    CredentialPending,
    CredentialRevoked,
    CredentialSuspended,
    CredentialUnknown,
    DigestNotConsented,
    FactorMissing,
    FactorNotBound,
    KindRefused,
    MessageRefused,
    MustWait,
    WrongPassphrase,
    WrongTotp,
)
from absah.adapters.signer.records import KeyKind
from absah.kernel.errors import BadInput
from absah.pki import der, oids
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureKeyMismatch,
    SignatureScheme,
    pss_algorithm,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms_attributes import Attribute
from absah.signing.factors import FactorKind, Secret
from absah.signing.ports import CredentialId, CredentialState

ONE, TWO, THREE = map(digest_of, ("one", "two", "three"))
ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)


def open_count(monkeypatch):
    """Counts how often a sealed key is opened."""
    calls = []
    real = SoftwareVault.open

    def counting(self, *arguments):
        calls.append(arguments[1].credential)
        return real(self, *arguments)

    monkeypatch.setattr(SoftwareVault, "open", counting)
    return calls


def test_a_signature_is_over_the_attributes_and_by_the_certificate(house):
    certificate = house.certificate(PERSON)
    attributes = attributes_for(ONE, certificate)
    (signature,) = house.sign(house.authorise(ONE), attributes)
    verify_bytes(public_key_of_certificate(load_certificate(certificate)), signature, attributes, ECDSA)


def test_a_key_on_p384_signs_with_its_own_digest(bare_house):
    house = bare_house
    certificate = house.enrol(
        PERSON, KeyKind.SUBSCRIBER, "individual-signer", PERSON_NAME, ByPassphrase(RIGHT), KeyAlgorithm.P384
    )
    digest = digest_of("one", DigestAlgorithm.SHA384)
    attributes = attributes_for(digest, certificate, DigestAlgorithm.SHA384)
    (signature,) = house.sign(house.authorise(digest), attributes)
    algorithm = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA384)
    verify_bytes(public_key_of_certificate(load_certificate(certificate)), signature, attributes, algorithm)
    with pytest.raises(MessageRefused):
        house.authorise(ONE)


def test_an_rsa_key_signs_with_pss_when_it_was_made_so(bare_house):
    house = bare_house
    certificate = house.enrol(
        PERSON,
        KeyKind.SUBSCRIBER,
        "individual-signer",
        PERSON_NAME,
        ByPassphrase(RIGHT),
        KeyAlgorithm.RSA2048,
        scheme=SignatureScheme.RSA_PSS,
    )
    attributes = attributes_for(ONE, certificate)
    (signature,) = house.sign(house.authorise(ONE), attributes)
    algorithm = pss_algorithm(DigestAlgorithm.SHA256)
    verify_bytes(public_key_of_certificate(load_certificate(certificate)), signature, attributes, algorithm)
    assert house.service.credentials.view(PERSON).way == algorithm


def test_a_scheme_that_the_key_does_not_have_makes_no_key(bare_house):
    name = CredentialId("kurva")
    with pytest.raises(SignatureKeyMismatch):
        bare_house.service.credentials.create_key(
            name,
            kind=KeyKind.SEAL,
            algorithm=KeyAlgorithm.P256,
            protection=ByService(),
            scheme=SignatureScheme.RSA_PSS,
        )
    assert name not in {one.credential for one in bare_house.service.credentials.all()}


def test_a_consent_says_who_what_how_and_how_long(house):
    consent = house.authorise(ONE, TWO)
    assert consent.credential == PERSON
    assert consent.digests == {ONE, TWO}
    assert consent.factors_used == {FactorKind.PASSPHRASE}
    assert consent.expires_at - consent.given_at == timedelta(seconds=120)


def test_a_consent_without_documents_is_none(house):
    with pytest.raises(MessageRefused):
        house.authorise()


def test_each_digest_of_a_consent_is_signed_once(house):
    certificate = house.certificate(PERSON)
    consent = house.authorise(ONE, TWO)
    house.sign(consent, attributes_for(ONE, certificate))
    with pytest.raises(DigestNotConsented):
        house.sign(consent, attributes_for(ONE, certificate))
    house.sign(consent, attributes_for(TWO, certificate))
    with pytest.raises(ConsentUnknown):
        house.sign(consent, attributes_for(TWO, certificate))


def test_one_digest_twice_in_one_call_is_refused_and_uses_nothing_up(house):
    attributes = attributes_for(ONE, house.certificate(PERSON))
    consent = house.authorise(ONE)
    with pytest.raises(DigestNotConsented):
        house.sign(consent, attributes, attributes)
    assert len(house.sign(consent, attributes)) == 1


def test_one_foreign_document_in_a_batch_stops_the_batch(house):
    certificate = house.certificate(PERSON)
    consent = house.authorise(ONE, TWO)
    with pytest.raises(DigestNotConsented):
        house.sign(consent, attributes_for(ONE, certificate), attributes_for(THREE, certificate))
    assert [row for row in house.journal() if row[1] == "sign"] == []
    both = (attributes_for(ONE, certificate), attributes_for(TWO, certificate))
    assert len(house.sign(consent, *both)) == 2


def test_of_many_threads_one_signs_a_digest(house):
    attributes = attributes_for(ONE, house.certificate(PERSON))
    consent, results = house.authorise(ONE), []

    def attempt():
        try:
            results.append(len(house.sign(consent, attributes)))
        except (DigestNotConsented, ConsentUnknown):
            results.append(0)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0] * 7 + [1]


def test_a_consent_ends_after_120_seconds(house):
    consent = house.authorise(ONE)
    house.clock.advance(timedelta(seconds=120))
    with pytest.raises(ConsentUnknown):
        house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))


def test_a_key_is_closed_after_120_seconds_even_if_nobody_asks(house):
    live = house.custody.consents.find(house.authorise(ONE).consent_id)
    house.clock.advance(timedelta(seconds=120))
    house.custody.drop_expired()
    with pytest.raises(KeyClosed):
        live.opened._handle.signing_key()
    assert house.custody.opened.find(PERSON) is None


def test_a_consent_does_not_survive_a_restart(house, open_house):
    attributes = attributes_for(ONE, house.certificate(PERSON))
    consent = house.authorise(ONE)
    with pytest.raises(ConsentUnknown):
        open_house().sign(consent, attributes)


@pytest.mark.parametrize(
    ("attribute", "made"),
    [
        ("content-type", lambda mine: _attributes(mine, content_type=oids.TST_INFO)),
        ("signing-time", lambda mine: _attributes(mine, (_signing_time(),))),
        ("signing-certificate", lambda mine: _attributes(mine, ess=b"another certificate")),
        ("signing-certificate", lambda mine: _attributes(mine, ess=None)),
        (oids.SIGNATURE_TIME_STAMP, lambda mine: _attributes(mine, (_other(),))),
        ("form", lambda mine: _attributes(mine, second=b"a second certificate")),
        ("form", lambda mine: _attributes(mine, disordered=True)),
    ],
)
def test_only_exactly_the_attributes_of_pades_are_signed(house, attribute, made):
    consent = house.authorise(ONE)
    with pytest.raises(AttributesRefused) as refused:
        house.sign(consent, made(house.certificate(PERSON)))
    assert refused.value.parameters == {"attribute": attribute}


def _attributes(mine, extra=(), *, content_type=ID_DATA, ess=b"", second=None, disordered=False):
    certificates = [one for one in (mine if ess == b"" else ess, second) if one is not None]
    listed = [der.sequence(der.octet_string(DigestAlgorithm.SHA256.digest(one))) for one in certificates]
    found = [
        Attribute(oid=oids.CONTENT_TYPE, values=(der.oid(content_type),)),
        Attribute(oid=oids.MESSAGE_DIGEST, values=(der.octet_string(ONE),)),
        *extra,
    ]
    if listed:
        found.append(Attribute(oid=oids.SIGNING_CERTIFICATE_V2, values=(der.sequence(der.sequence(*listed)),)))
    encoded = [one.encoded for one in found]
    if not disordered:
        return der.set_of(*encoded)
    in_order = der.set_of(*encoded)
    backwards = b"".join(sorted(encoded, reverse=True))
    return in_order[: len(in_order) - len(backwards)] + backwards


def _signing_time():
    return Attribute(oid=oids.SIGNING_TIME, values=(b"\x17\x0d261121020000Z",))


def _other():
    return Attribute(oid=oids.SIGNATURE_TIME_STAMP, values=(der.octet_string(b"x"),))


@pytest.mark.parametrize("noise", [b"", b"\x31\x00", b"\x31\x80\x00\x00", b"\xff" * 40])
def test_what_is_no_attributes_is_bad_input(house, noise):
    with pytest.raises(BadInput):
        house.sign(house.authorise(ONE), noise)


def test_a_hash_for_another_certificate_of_ours_is_refused(house):
    seal = house.enrol(SEAL, KeyKind.SEAL, "organisation-seal", SEAL_NAME, ByService())
    with pytest.raises(AttributesRefused):
        house.sign(house.authorise(ONE), attributes_for(ONE, seal))


def test_a_suspension_while_the_passphrase_is_derived_leaves_nothing_open(house, monkeypatch):
    real = SoftwareVault.open

    def open_slowly(self, *arguments):
        opened = real(self, *arguments)
        house.service.credentials.change_state(PERSON, CredentialState.SUSPENDED)
        return opened

    monkeypatch.setattr(SoftwareVault, "open", open_slowly)
    with pytest.raises(CredentialSuspended):
        house.authorise(ONE)
    assert house.custody.opened.find(PERSON) is None


@pytest.mark.parametrize(("state", "error"), [("suspended", CredentialSuspended), ("revoked", CredentialRevoked)])
def test_a_suspension_or_revocation_stops_consents_that_were_given(house, state, error):
    consent = house.authorise(ONE)
    opened = house.custody.opened.find(PERSON)
    house.service.credentials.change_state(PERSON, CredentialState(state))
    with pytest.raises(ConsentUnknown):
        house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))
    with pytest.raises(error):
        house.authorise(ONE)
    with pytest.raises(KeyClosed):
        opened.signing_key()


def test_a_lifted_suspension_signs_again(house):
    keeper = house.service.credentials
    keeper.change_state(PERSON, CredentialState.SUSPENDED)
    keeper.change_state(PERSON, CredentialState.ACTIVE)
    assert house.sign(house.authorise(ONE), attributes_for(ONE, house.certificate(PERSON)))


def test_an_expired_certificate_signs_nothing_and_spends_no_attempt(house):
    house.clock.advance(timedelta(days=800))
    for _ in range(6):
        with pytest.raises(CertificateExpired):
            house.authorise(ONE, passphrase=WRONG)


def test_a_certificate_that_is_not_valid_yet_signs_nothing(house):
    house.clock.advance(timedelta(days=-1))
    with pytest.raises(CertificateNotYetValid):
        house.authorise(ONE)


def test_the_certificate_may_expire_between_consent_and_signature(house):
    end = load_certificate(house.certificate(PERSON)).not_valid_after_utc
    house.clock.advance(end - house.clock.now())
    consent = house.authorise(ONE)
    house.clock.advance(timedelta(seconds=1))
    with pytest.raises(CertificateExpired):
        house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))


def test_who_does_not_exist_does_not_sign(house):
    with pytest.raises(CredentialUnknown):
        house.authorise(ONE, credential=CredentialId("nobody"))


def test_who_has_no_certificate_does_not_sign(house):
    house.service.credentials.create_key(
        CredentialId("new"), kind=KeyKind.SUBSCRIBER, algorithm=KeyAlgorithm.P256, protection=ByPassphrase(RIGHT)
    )
    with pytest.raises(CredentialPending):
        house.authorise(ONE, credential=CredentialId("new"))


def test_a_key_of_a_service_signs_no_document(house):
    with pytest.raises(KindRefused):
        house.authorise(ONE, credential=CA, passphrase=None, code="123456")


def test_the_passphrase_is_derived_once_in_two_minutes_and_checked_each_time(house, monkeypatch):
    opened = open_count(monkeypatch)
    for _ in range(5):
        house.authorise(ONE)
    assert opened == [PERSON]
    with pytest.raises(WrongPassphrase):
        house.authorise(ONE, passphrase=WRONG)
    house.authorise(ONE)
    assert opened == [PERSON] * 3


def test_a_kept_key_is_never_in_memory_for_more_than_120_seconds(house, monkeypatch):
    opened = open_count(monkeypatch)
    house.authorise(ONE)
    house.clock.advance(timedelta(seconds=60))
    consent = house.authorise(ONE)
    assert consent.expires_at - consent.given_at == timedelta(seconds=60)
    house.clock.advance(timedelta(seconds=1))
    assert house.authorise(TWO).expires_at - house.clock.now() == timedelta(seconds=120)
    assert opened == [PERSON] * 2


def test_a_wrong_passphrase_ends_the_consents_of_its_own_application_only(house):
    mine, theirs = house.authorise(ONE), house.authorise(TWO, application="batch")
    with pytest.raises(WrongPassphrase):
        house.authorise(ONE, passphrase=WRONG)
    certificate = house.certificate(PERSON)
    with pytest.raises(ConsentUnknown):
        house.sign(mine, attributes_for(ONE, certificate))
    assert house.sign(theirs, attributes_for(TWO, certificate))


def test_a_changed_passphrase_opens_and_the_old_one_does_not(house):
    new = Secret("delapan gajah berlari")
    consent = house.authorise(ONE)
    house.service.credentials.change_passphrase(PERSON, RIGHT, new)
    with pytest.raises(ConsentUnknown):
        house.sign(consent, attributes_for(ONE, house.certificate(PERSON)))
    with pytest.raises(WrongPassphrase):
        house.authorise(ONE)
    assert house.sign(house.authorise(ONE, passphrase=new), attributes_for(ONE, house.certificate(PERSON)))


def test_a_one_time_code_is_accepted_once(house):
    spelled = house.service.credentials.bind_totp(PERSON, required=False)
    consent = house.authorise(ONE, code=house.code(spelled))
    assert consent.factors_used == {FactorKind.PASSPHRASE, FactorKind.TOTP}
    with pytest.raises(WrongTotp):
        house.authorise(ONE, code=house.code(spelled))
    house.clock.advance(timedelta(seconds=30))
    house.authorise(ONE, code=house.code(spelled))


def test_a_used_code_stays_used_after_a_restart(house, open_house):
    spelled = house.service.credentials.bind_totp(PERSON, required=False)
    house.authorise(ONE, code=house.code(spelled))
    with pytest.raises(WrongTotp):
        open_house().authorise(ONE, code=house.code(spelled))


def test_a_code_is_not_used_up_by_a_wrong_passphrase(house):
    spelled = house.service.credentials.bind_totp(PERSON, required=False)
    with pytest.raises(WrongPassphrase):
        house.authorise(ONE, passphrase=WRONG, code=house.code(spelled))
    house.authorise(ONE, code=house.code(spelled))


def test_wrong_codes_are_counted_and_drop_the_kept_key(house):
    house.service.credentials.bind_totp(PERSON, required=False)
    house.authorise(ONE)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongTotp) as refused:
            house.authorise(ONE, code="000 000")
        assert refused.value.parameters == {"left": left}
        assert house.custody.opened.find(PERSON) is None
    with pytest.raises(MustWait):
        house.authorise(ONE)


def test_a_required_code_cannot_be_left_out(house):
    house.service.credentials.bind_totp(PERSON, required=True)
    with pytest.raises(FactorMissing) as refused:
        house.authorise(ONE)
    assert refused.value.parameters == {"factor": "totp"}


def test_a_seal_opens_by_code_alone_and_by_nothing_less(bare_house):
    house = bare_house
    certificate = house.enrol(SEAL, KeyKind.SEAL, "organisation-seal", SEAL_NAME, ByService())
    with pytest.raises(WrongTotp):
        house.authorise(ONE, credential=SEAL, passphrase=None, code="123456")
    with pytest.raises(FactorNotBound):
        house.authorise(ONE, credential=SEAL, passphrase=RIGHT)
    activation = house.service.seals.activate(SEAL).code
    drawn = house.service.seals.code("portal", SEAL, activation, 1)
    assert house.sign(
        house.authorise(ONE, credential=SEAL, passphrase=None, code=drawn.code), attributes_for(ONE, certificate)
    )
    spelled = house.service.credentials.bind_totp(SEAL, required=False)
    with pytest.raises(WrongTotp):
        house.authorise(ONE, credential=SEAL, passphrase=None, code="000 000")
    consent = house.authorise(ONE, credential=SEAL, passphrase=None, code=house.code(spelled))
    assert house.sign(consent, attributes_for(ONE, certificate))


def test_a_code_alone_does_not_open_what_a_passphrase_seals(house):
    spelled = house.service.credentials.bind_totp(PERSON, required=False)
    with pytest.raises(FactorMissing):
        house.authorise(ONE, passphrase=None, code=house.code(spelled))


def test_the_journal_names_key_document_application_and_factors(house):
    house.sign(house.authorise(ONE), attributes_for(ONE, house.certificate(PERSON)))
    assert house.journal()[-1] == (PERSON, "sign", ONE.hex(), "portal", "passphrase", "done")


def test_the_intention_is_on_disk_before_the_key_is_used(house, monkeypatch):
    seen = []

    def peek(*_):
        seen.extend(house.journal()[-1:])
        raise OSError

    monkeypatch.setattr("absah.adapters.signer.documents.sign_with", peek)
    with pytest.raises(OSError, match=r"^$"):
        house.sign(house.authorise(ONE), attributes_for(ONE, house.certificate(PERSON)))
    assert seen == [(PERSON, "sign", ONE.hex(), "portal", "passphrase", None)]
    assert house.journal()[-1][-1] == "failed"


def test_a_digest_is_used_up_even_if_the_key_then_fails(house, monkeypatch):
    attributes = attributes_for(ONE, house.certificate(PERSON))
    consent = house.authorise(ONE, TWO)

    def fail(*_):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("absah.adapters.signer.documents.sign_with", fail)
        with pytest.raises(OSError, match=r"^$"):
            house.sign(consent, attributes)
    with pytest.raises(DigestNotConsented):
        house.sign(consent, attributes)


def test_no_secret_is_shown_by_anything_that_holds_one(house):
    house.authorise(ONE)
    opened = house.custody.opened.find(PERSON)
    shown = repr(opened) + repr(house.custody.credential(PERSON)) + repr(house.custody.service)
    assert "sawah" not in shown
    assert "ABSK" not in shown
    for held in (opened, house.custody.credential(PERSON)):
        with pytest.raises(TypeError):
            pickle.dumps(held)


def test_at_the_end_every_opened_key_is_closed(house):
    house.authorise(ONE)
    opened = house.custody.opened.find(PERSON)
    house.custody.drop_keys()
    with pytest.raises(KeyClosed):
        opened.signing_key()
