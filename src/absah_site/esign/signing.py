"""Signing for an application: may it, whose key, is it the same question again, and then the one act of signing.

    scope, quota -> person -> certificate usable -> asked before? -> signed together
                                                        |
                                                        +-> authorised again -> the same answer

Every attempt is written down, refused ones too. What is refused before a key is used leaves no signature row.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from absah.esign.asks import AskedDocument, CodeText, OurWords, PictureFile, SigningAsk
from absah.esign.refusals import SecondFactorNeeded, StillRunning
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah.pdf.bare_appearance import Code
from absah.pdf.pictures import Picture, read_picture
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.factors import FactorKind, Factors
from absah.signing.ports import Activation, DocumentDigest
from absah_site import composition
from absah_site.applications.access import (
    EarlierAnswer,
    RecordedUse,
    Scope,
    UseState,
    earlier_answer,
    is_running,
    require_quota,
    require_scope,
)
from absah_site.applications.actions import WINDOW, SigningUse, same_asked, shown_mark
from absah_site.esign.exchange import Call
from absah_site.esign.people import find_person
from absah_site.signing.actions import DocumentOrder, UsableSigner, sign_together, usable_holder

_BOTH: Final = frozenset(FactorKind)
#: Longer than any signature takes; a process that died leaves its attempt begun.
_RUNNING_FOR: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A call that is being answered, and its row."""

    call: Call
    ask: SigningAsk
    row: SigningUse


def sign_for(call: Call, ask: SigningAsk, /) -> tuple[bytes, ...]:
    """Sign all, or hand out none. Raises what the wire, the register, the engine and the signer refuse."""
    attempt = _Attempt(call=call, ask=ask, row=_row_of(call, ask))
    try:
        return _signed(attempt)
    except AbsahError as error:
        attempt.row.refused(error)
        raise


def _row_of(call: Call, ask: SigningAsk) -> SigningUse:
    digests = [DigestAlgorithm.SHA256.digest(one.content) for one in ask.documents]
    whole = digests[0] if len(digests) == 1 else DigestAlgorithm.SHA256.digest(b"".join(digests))
    use = RecordedUse(
        id=opaque_id(composition.rng()),
        application=call.application.id,
        operation=call.operation,
        state=UseState.BEGUN,
        began_at=call.at,
        files=len(digests),
        input_sha256=whole.hex(),
        factors="+".join(sorted(kind.value for kind in ask.factors.kinds)),
    )
    return SigningUse(use, tuple(one.content for one in ask.documents), call.began)


def _signed(attempt: _Attempt) -> tuple[bytes, ...]:
    call, ask, application = attempt.call, attempt.ask, attempt.call.application
    require_scope(application, Scope.SIGN)
    require_quota(application)
    # PP 71/2019 Ps 64: two factors, unless the agency has taken one upon itself for this application, by name.
    if application.both_factors and ask.factors.kinds != _BOTH:
        raise SecondFactorNeeded
    holder = find_person(ask.person, application)
    attempt.row.about(holder=holder.number.text, asked="")
    signer = usable_holder(holder)
    orders = tuple(_order(call, ask.factors, one) for one in ask.documents)
    asked = _mark_of(attempt, signer)
    attempt.row.about(holder=holder.number.text, asked=asked)
    repeated = _answer_again(attempt, signer, asked)
    if repeated is not None:
        return repeated
    attempt.row.showing(ask.factors.totp)
    return tuple(one.document for one in sign_together(orders, signer, witness=attempt.row))


def _order(call: Call, factors: Factors, asked: AskedDocument) -> DocumentOrder:
    properties = asked.properties
    return DocumentOrder(
        document=asked.content,
        factors=factors,
        application=call.application.reference,
        placement=properties.placement,
        level=call.application.level,
        reason=properties.reason,
        location=properties.location,
        password=properties.password,
        field_name=_field_name(call),
        keep=False,  # the document is the application's; it stays there
        bare=_bare(asked),
    )


def _field_name(call: Call) -> str:
    """As the service names its fields: `sig_` and the time. Random digits follow, for who signs often in a second."""
    digits = int.from_bytes(composition.rng().token(8), "big") % 1_000_000
    return f"sig_{int(call.at.timestamp())}{digits:06d}"


def _bare(asked: AskedDocument) -> Picture | Code | None:
    match asked.properties.shown:
        case PictureFile(data):
            return read_picture(data)
        case CodeText(text):
            return Code(text)
        case OurWords():
            return None


def _mark_of(attempt: _Attempt, signer: UsableSigner) -> str:
    """Equal for what is the same request: application, signer, documents, and how they are to be signed."""
    parts = [
        signer.credential.encode(),
        signer.certificate.fingerprint.encode(),
        attempt.call.application.level.encode(),
    ]
    for one in attempt.ask.documents:
        asked = one.properties
        password = "" if asked.password is None else asked.password.reveal()
        shown = asked.shown.data if isinstance(asked.shown, PictureFile) else repr(asked.shown).encode()
        parts += [one.content, repr((asked.placement, asked.reason, asked.location, password)).encode(), shown]
    return same_asked(parts)


def _answer_again(attempt: _Attempt, signer: UsableSigner, asked: str) -> tuple[bytes, ...] | None:
    """The answer of an identical request, once the signer has agreed again and the certificate is still good."""
    application, now = attempt.call.application.id, composition.clock().now()
    if is_running(application, asked, since=instant(now - _RUNNING_FOR)):
        raise StillRunning
    earlier = earlier_answer(application, asked, since=instant(now - WINDOW), now=now)
    if earlier is None:
        return None
    contents = (one.content for one in attempt.ask.documents)
    documents = tuple(content + added for content, added in zip(contents, earlier.added, strict=True))
    if tuple(DigestAlgorithm.SHA256.digest(one).hex() for one in documents) != earlier.use.outputs:
        return None
    _agree_again(attempt, signer, earlier)
    attempt.row.repeated(earlier.use)
    return documents


def _agree_again(attempt: _Attempt, signer: UsableSigner, earlier: EarlierAnswer) -> None:
    """Check the factors as if something were signed. A one-time code that was used for this very answer is good once.

    Raises what the signer refuses.
    """
    factors = attempt.ask.factors
    if factors.totp is not None and not earlier.was_repeated:
        mark = shown_mark(earlier.use.id, factors.totp)
        if hmac.compare_digest(mark, earlier.use.shown):
            if factors.passphrase is None:
                return
            factors = Factors(passphrase=factors.passphrase)
    view = composition.signer().certificate_chain(signer.credential)
    digest = DocumentDigest(view.way.digest.digest(attempt.row.id.bytes))
    composition.signer().authorise(
        Activation(
            credential=signer.credential,
            application=attempt.call.application.reference,
            digests=(digest,),
            factors=factors,
        )
    )
