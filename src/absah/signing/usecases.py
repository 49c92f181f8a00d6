"""The walk through the states: in one call for one document or several, or step by step for those who wait in between.

    prepare_signing  →  (the signer agrees)  →  complete_signing

Authorisation comes once for all documents of an act; each signature value is made once and used once. If anything fails
after the keys were used, the consent is spent and the signer is asked again.
"""

from collections.abc import Sequence

from absah.kernel.clock import Clock
from absah.signing.completion import SigningPorts, complete, material_before, require_reachable
from absah.signing.consent import authorise
from absah.signing.factors import Factors
from absah.signing.material import NO_MATERIAL
from absah.signing.ports import Activation, CredentialView, SignedValues, SwiftSigner
from absah.signing.preparation import prepare
from absah.signing.refusals import BatchMixed, SignatureCountWrong
from absah.signing.request import BatchRequest, Drafted, Prepared, Signed, SigningRequest


def prepare_signing(
    draft: Drafted, ports: SigningPorts, /, *, clock: Clock, view: CredentialView | None = None
) -> Prepared:
    """The first half: everything up to the digest that the signer has to agree to. Without a `view` it is asked for."""
    require_reachable(draft.level, ports)
    signer = ports.signer.certificate_chain(draft.credential) if view is None else view
    in_one = draft.is_final and draft.level.has_material
    material = material_before(signer, ports) if in_one else NO_MATERIAL
    return prepare(
        draft, signer, ports.engine, now=clock.now(), room=ports.room, material=material, surveyor=ports.surveyor
    )


def complete_signing(
    prepared: Sequence[Prepared], application: str, factors: Factors, ports: SigningPorts, /, *, clock: Clock
) -> tuple[Signed, ...]:
    """The second half: one activation for all, one signature for each, in the same order."""
    credentials = {one.draft.credential for one in prepared}
    if len(credentials) != 1:
        raise BatchMixed(credentials=len(credentials))
    activation = Activation(
        credential=credentials.pop(),
        application=application,
        digests=tuple(one.digest for one in prepared),
        factors=factors,
    )
    made = _at_once(prepared, activation, ports.swift) if ports.swift else _in_turn(prepared, activation, ports, clock)
    # The signer's own word that it agreed to these digests, whichever way it came.
    agreed = [authorise(one, made.consent, now=clock.now()) for one in prepared]
    tokens = made.tokens or (None,) * len(made.signatures)
    if not len(made.signatures) == len(tokens) == len(agreed):
        raise SignatureCountWrong(asked=len(agreed), given=len(made.signatures))
    return tuple(
        complete(one, signature, ports, token=token)
        for one, signature, token in zip(agreed, made.signatures, tokens, strict=True)
    )


def _in_turn(prepared: Sequence[Prepared], activation: Activation, ports: SigningPorts, clock: Clock) -> SignedValues:
    consent = ports.signer.authorise(activation)
    for one in prepared:
        authorise(one, consent, now=clock.now())
    signatures = ports.signer.sign(consent, tuple(one.signed_attributes for one in prepared))
    return SignedValues(consent=consent, signatures=signatures, tokens=())


def _at_once(prepared: Sequence[Prepared], activation: Activation, swift: SwiftSigner) -> SignedValues:
    stamped = any(one.draft.level.has_timestamp for one in prepared)
    return swift.sign_at_once(activation, tuple(one.signed_attributes for one in prepared), stamped=stamped)


def sign_documents(request: BatchRequest, ports: SigningPorts, /, *, clock: Clock) -> tuple[Signed, ...]:
    """Several documents by one act of one signer."""
    prepared = [prepare_signing(draft, ports, clock=clock) for draft in request.drafts]
    return complete_signing(prepared, request.application, request.factors, ports, clock=clock)


def sign_document(request: SigningRequest, ports: SigningPorts, /, *, clock: Clock) -> Signed:
    """One document by one act of one signer."""
    batch = BatchRequest(drafts=(request.draft,), application=request.application, factors=request.factors)
    return sign_documents(batch, ports, clock=clock)[0]
