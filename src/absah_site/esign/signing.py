"""Signing for an application: may it, whose key, is it the same question again, and then the one act of signing.

    scope, quota -> person -> certificate usable -> asked before? -> signed together
                       |                                |
                       |                                +-> authorised again -> the same answer
                       +-> certificate elsewhere -> passed on (`passing_on`)

Every attempt is written down, refused ones too. What is refused before a key is used leaves no signature row.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from absah.esign.asks import BOTH_FACTORS, AskedDocument, CodeText, OurWords, Person, PictureFile, SigningAsk
from absah.esign.refusals import SecondFactorNeeded
from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.rng import opaque_id
from absah.pdf.bare_appearance import Code
from absah.pdf.pictures import Picture, read_picture
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, DocumentDigest
from absah_site import composition
from absah_site.applications.access import (
    EarlierAnswer,
    RecordedUse,
    Scope,
    UseState,
    earlier_answer,
    require_quota,
    require_scope,
)
from absah_site.applications.actions import WINDOW, SigningUse, same_asked, shown_mark
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.esign.exchange import Call
from absah_site.esign.marks import sign_at_marks
from absah_site.esign.passing_on import pass_on
from absah_site.esign.people import find_person
from absah_site.relay.access import holder_elsewhere
from absah_site.seals.access import Seal
from absah_site.seals.actions import usable_seal
from absah_site.signing.actions import DocumentOrder, UsableKey, usable_holder

_ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A call that is being answered, and its row."""

    call: Call
    factors: Factors
    documents: tuple[AskedDocument, ...]
    row: SigningUse


def sign_for(call: Call, ask: SigningAsk, /) -> tuple[bytes, ...]:
    """Sign all, or hand out none. Raises what the wire, the register, the engine and the signer refuse."""
    attempt = _Attempt(
        call=call, factors=ask.factors, documents=ask.documents, row=_row_of(call, ask.factors, ask.documents)
    )
    return _recorded(attempt, lambda: _signed_by(attempt, ask.person))


def seal_for(call: Call, seal: Seal, code: Secret, documents: tuple[AskedDocument, ...], /) -> tuple[bytes, ...]:
    """The same with a seal of the agency, opened by a one-time code for so many files."""
    factors = Factors(totp=code.reveal())
    attempt = _Attempt(call=call, factors=factors, documents=documents, row=_row_of(call, factors, documents))
    return _recorded(attempt, lambda: _signed(attempt, _sealer(attempt, seal)))


def _recorded(attempt: _Attempt, sign: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    try:
        return sign()
    except AbsahError as error:
        attempt.row.refused(error)
        raise


def _row_of(call: Call, factors: Factors, documents: tuple[AskedDocument, ...]) -> SigningUse:
    digests = [DigestAlgorithm.SHA256.digest(one.content) for one in documents]
    whole = digests[0] if len(digests) == 1 else DigestAlgorithm.SHA256.digest(b"".join(digests))
    use = RecordedUse(
        id=opaque_id(composition.rng()),
        application=call.application.id,
        operation=call.operation,
        state=UseState.BEGUN,
        began_at=call.at,
        files=len(digests),
        input_sha256=whole.hex(),
        factors="+".join(sorted(kind.value for kind in factors.kinds)),
    )
    return SigningUse(use, tuple(one.content for one in documents), call.began)


def _signed_by(attempt: _Attempt, who: Person) -> tuple[bytes, ...]:
    """Signed with the key of a person, which is here, or elsewhere."""
    person = _person(attempt, who)
    if holder_elsewhere(person) is None:
        return _signed(attempt, usable_holder(person).key)
    require_quota(attempt.call.application)
    # Without the certificate: a question of which nobody knows the outcome stays the same when a newer one is seen.
    asked = _mark_of(attempt, (_ELSEWHERE, person.number.text))
    attempt.row.about(holder=person.number.text, asked=asked)
    return pass_on(attempt.call, _orders(attempt), person, attempt.row, asked=asked)


def _person(attempt: _Attempt, who: Person) -> RegisteredSubscriber:
    """Who is to sign. Raises what the application and the register refuse."""
    application = attempt.call.application
    require_scope(application, Scope.SIGN)
    # PP 71/2019 Ps 64: two factors, unless the agency has taken one upon itself for this application, by name.
    if application.both_factors and attempt.factors.kinds != BOTH_FACTORS:
        raise SecondFactorNeeded
    person = find_person(who, application)
    attempt.row.about(holder=person.number.text, asked="")
    return person


def _sealer(attempt: _Attempt, seal: Seal) -> UsableKey:
    """The key of a seal."""
    require_scope(attempt.call.application, Scope.SEAL)
    attempt.row.about(holder=seal.number, asked="")
    return usable_seal(seal)


def _signed(attempt: _Attempt, key: UsableKey) -> tuple[bytes, ...]:
    require_quota(attempt.call.application)
    orders = _orders(attempt)
    asked = _mark_of(attempt, (key.credential, key.certificate.fingerprint))
    attempt.row.about(holder=key.number, asked=asked)
    repeated = _answer_again(attempt, key, asked)
    if repeated is not None:
        return repeated
    attempt.row.showing(attempt.factors.totp)
    return sign_at_marks(orders, key, attempt.row, name=partial(_field_name, attempt.call))


def _orders(attempt: _Attempt) -> tuple[DocumentOrder, ...]:
    return tuple(_order(attempt.call, attempt.factors, one) for one in attempt.documents)


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


def _mark_of(attempt: _Attempt, key: tuple[str, str]) -> str:
    """Equal for what is the same request: key and certificate, documents, and how they are to be signed."""
    parts = [*(one.encode() for one in key), attempt.call.application.level.encode()]
    for one in attempt.documents:
        asked = one.properties
        password = "" if asked.password is None else asked.password.reveal()
        shown = asked.shown.data if isinstance(asked.shown, PictureFile) else repr(asked.shown).encode()
        parts += [one.content, repr((asked.placement, asked.reason, asked.location, password)).encode(), shown]
    return same_asked(parts)


def _answer_again(attempt: _Attempt, key: UsableKey, asked: str) -> tuple[bytes, ...] | None:
    """The answer of an identical request, once the signer has agreed again and the certificate is still good.

    Raises StillRunning, and what the signer refuses.
    """
    application, now = attempt.call.application.id, composition.clock().now()
    earlier = earlier_answer(application, asked, since=instant(now - WINDOW), now=now)
    if earlier is None:
        return None
    contents = (one.content for one in attempt.documents)
    documents = tuple(content + added for content, added in zip(contents, earlier.added, strict=True))
    if tuple(DigestAlgorithm.SHA256.digest(one).hex() for one in documents) != earlier.use.outputs:
        return None
    _agree_again(attempt, key, earlier)
    attempt.row.repeated(earlier.use)
    return documents


def _agree_again(attempt: _Attempt, key: UsableKey, earlier: EarlierAnswer) -> None:
    """Check the factors as if something were signed. A one-time code that was used for this very answer is good once.

    Raises what the signer refuses.
    """
    factors = attempt.factors
    if factors.totp is not None and not earlier.was_repeated:
        mark = shown_mark(earlier.use.id, factors.totp)
        if hmac.compare_digest(mark, earlier.use.shown):
            if factors.passphrase is None:
                return
            factors = Factors(passphrase=factors.passphrase)
    view = composition.signer().certificate_chain(key.credential)
    digest = DocumentDigest(view.way.digest.digest(attempt.row.id.bytes))
    composition.signer().authorise(
        Activation(
            credential=key.credential,
            application=attempt.call.application.reference,
            digests=(digest,),
            factors=factors,
        )
    )
