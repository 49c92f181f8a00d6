"""Where a list is long, the register is asked about the certificates at hand."""

import pytest
from tests.fixtures_instance import Walk, bare_instance, instance, office, walk
from tests.fixtures_pki import make_pki

from absah.adapters.signer.errors import SignerUnreachable
from absah.pki.crl import parse_crl
from absah.pki.ocsp import parse_ocsp_response
from absah.pki.revocation import Good, Revoked
from absah.validation.context import ValidationContext
from absah.validation.needs import Needs, StatusNeeded
from absah_site import composition
from absah_site.actors import Operator
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.validation import adapter as register_status
from absah_site.validation.access import status_fetcher, verification_context

__all__ = ["bare_instance", "instance", "office", "walk"]

pytestmark = pytest.mark.django_db
BY = Operator(name="test")


@pytest.fixture
def ask(walk: Walk, monkeypatch: pytest.MonkeyPatch):
    """What the register adds for a certificate, every list being long."""
    monkeypatch.setattr(register_status, "SHORT", 0)

    def asking(certificate: bytes) -> ValidationContext:
        need = StatusNeeded(certificate=certificate, issuer=b"", responders=(), lists=())
        monkeypatch.setattr(register_status, "find_needs", lambda *_: Needs(statuses=(need,)))
        context = verification_context(walk.instance.clock.now())
        assert context.crls == ()
        return register_status.RegisterStatus(None).completed(None, context)

    return asking


def test_the_register_is_asked_about_the_one_certificate(walk: Walk, ask) -> None:
    serial = walk.activated().serial
    pki.publish_crls(walk.instance.clock.now())
    certificate = register.certificate(serial).certificate

    (answer,) = ask(certificate).ocsps
    assert isinstance(parse_ocsp_response(answer).responses[0].status, Good)

    pki.suspend_certificate(serial, by=BY)
    (answer,) = ask(certificate).ocsps
    assert isinstance(parse_ocsp_response(answer).responses[0].status, Revoked)


def test_without_the_signer_the_list_is_read_after_all(walk: Walk, ask, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = register.certificate(walk.activated().serial).certificate
    pki.publish_crls(walk.instance.clock.now())

    def away(*_: object) -> bytes:
        raise SignerUnreachable

    monkeypatch.setattr(composition.signer(), "ocsp_response", away)
    found = ask(certificate)
    assert found.ocsps == ()
    assert [parse_crl(crl).number for crl in found.crls] == [parse_crl(register.published_crl("issuing-ca")[0]).number]


def test_a_certificate_of_others_brings_nothing_and_short_lists_need_no_question(walk: Walk, ask, monkeypatch) -> None:
    pki.publish_crls(walk.instance.clock.now())
    foreign = ask(make_pki().person.certificate)
    assert (foreign.crls, foreign.ocsps) == ((), ())

    monkeypatch.setattr(register_status, "SHORT", 1 << 20)
    monkeypatch.setattr(register_status, "find_needs", lambda *_: pytest.fail("nobody needs to ask"))
    context = verification_context(walk.instance.clock.now())
    assert len(context.crls) == 4  # root and issuing CA, and what the folder had before
    assert status_fetcher().completed(None, context) == context
