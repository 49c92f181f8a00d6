import hashlib
from dataclasses import replace

from absah.adapters import known_views
from absah.adapters.known_views import KnownViews
from absah.pki.algorithms import KeyAlgorithm
from absah.signing.ports import Activation, CredentialId, CredentialState, CredentialView, SignerConsent

ANI, BUDI = CredentialId("subscriber:ani"), CredentialId("subscriber:budi")
VIEW = CredentialView(
    certificate=b"sertifikat", chain=(b"penerbit",), key_algorithm=KeyAlgorithm.P256, state=CredentialState.ACTIVE
)
PRINT = hashlib.sha256(b"sertifikat").hexdigest()


class Counting:
    """Tells the same view of everybody."""

    def __init__(self, view: CredentialView = VIEW) -> None:
        self.view = view
        self.asked: list[CredentialId] = []

    def certificate_chain(self, credential: CredentialId, /) -> CredentialView:
        self.asked.append(credential)
        return self.view

    def authorise(self, activation: Activation, /) -> SignerConsent:
        raise NotImplementedError

    def sign(self, consent: SignerConsent, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        raise NotImplementedError


def test_a_view_is_asked_for_once_for_each_certificate() -> None:
    signer, views = Counting(), KnownViews()
    assert views.view(signer, ANI, PRINT) is views.view(signer, ANI, PRINT) is VIEW
    views.view(signer, BUDI, PRINT)
    assert signer.asked == [ANI, BUDI]


def test_another_certificate_than_the_one_that_is_known_is_not_remembered() -> None:
    signer, views = Counting(), KnownViews()
    views.view(signer, ANI, "yang-baru")
    signer.view = replace(VIEW, certificate=b"yang baru")
    assert views.view(signer, ANI, "yang-baru").certificate == b"yang baru"
    assert len(signer.asked) == 2


def test_a_key_that_may_not_be_used_now_is_looked_at_again() -> None:
    signer, views = Counting(replace(VIEW, state=CredentialState.SUSPENDED)), KnownViews()
    views.view(signer, ANI, PRINT)
    signer.view = VIEW
    assert views.view(signer, ANI, PRINT).state is CredentialState.ACTIVE


def test_what_is_remembered_does_not_grow_without_end(monkeypatch) -> None:
    monkeypatch.setattr(known_views, "_MOST", 1)
    signer, views = Counting(), KnownViews()
    for one in (ANI, BUDI, ANI):
        views.view(signer, one, PRINT)
    assert signer.asked == [ANI, BUDI, ANI]
