"""A holder lets a passkey of the own account agree for the own key, and takes that back.

The signer process checks every factor that the key has, and the device's answer; it alone remembers which passkeys may
agree. What the account knows of a passkey opens the site, never a key.
"""

from typing import Final

from django.db import transaction

from absah.adapters.signer.errors import FactorNotBound, PasskeyUnfit
from absah.adapters.signer.passkey_answers import NewPasskey
from absah.audit.tags import SigningTag
from absah.kernel.dates import moment_word
from absah.signing.factors import FactorKind, Factors, PasskeyAnswer
from absah.signing.passkeys import binding_challenge
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.notices.actions import notify
from absah_site.roles import Permission
from absah_site.signing.actions.documents import usable_holder

_UNNAMED: Final = "-"


def bind_passkey(factors: Factors, answer: object, /, *, by: Account) -> None:
    """Let the passkey that answered agree for the own key. Raises PasskeyUnfit and what the signer refuses."""
    signer = usable_holder(enrolment.subscriber_of(by.public_id))
    authorise(by, Permission.DOCUMENT_SIGN, About(owner=signer.subscriber.user))
    proof = accounts.consent_proof(by, binding_challenge(signer.credential), answer)
    if proof is None:
        raise PasskeyUnfit
    new = NewPasskey(
        site=proof.site,
        public_key=proof.public_key,
        answer=PasskeyAnswer(
            credential_id=proof.credential_id,
            authenticator_data=proof.authenticator_data,
            client_data=proof.client_data,
            signature=proof.signature,
        ),
    )
    composition.signer().bind_passkey(signer.credential, new, factors)
    _told("bound", SigningTag.PASSKEY_BOUND, signer.credential, proof.credential_id, by=by)


def release_passkey(credential_id: bytes, /, *, by: Account) -> None:
    """Take it back, with or without the device. Raises `signer.factor-not-bound`."""
    subscriber = enrolment.subscriber_of(by.public_id)
    authorise(by, Permission.DOCUMENT_SIGN, About(owner=subscriber.user))
    if subscriber.credential is None:
        raise FactorNotBound(factor=FactorKind.PASSKEY.value)
    composition.signer().release_passkey(subscriber.credential, credential_id)
    _told("released", SigningTag.PASSKEY_RELEASED, subscriber.credential, credential_id, by=by)


@transaction.atomic(durable=True)
def _told(what: str, tag: SigningTag, credential: CredentialId, credential_id: bytes, *, by: Account) -> None:
    now = composition.clock().now()
    record(at=now, tag=tag, actor=by.reference, subject=by.reference, facts={"credential": credential})
    said = {"name": accounts.passkey_names(by).get(credential_id, _UNNAMED), "moment": moment_word(now)}
    notify(f"signing.passkey-{what}", to=by.reference, at=now, parameters=said, link="/sertifikat-saya/")
