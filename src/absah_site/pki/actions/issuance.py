"""Issuing: the intention is committed before the key is used, the result after.

A serial that was intended and never concluded may have been signed. It is given up, goes on the CRL for good, and
nobody can use a certificate that the register does not know.

While the intention's commit waits for the disk the signer does all but sign: it lints, and writes its own intention.

Many at once share their commits, in the register and in the signer's journal; each is intended and concluded as if it
were alone. Where one of them is refused, all go one by one, so that none is held up by another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from itertools import groupby
from typing import Final

from django.db import IntegrityError, transaction

from absah.adapters.signer.preparation import Preparation
from absah.audit.tags import PkiTag
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, Unavailable, WrongState
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Actor
from absah_site.audit.actions import record, record_all
from absah_site.pki import access, store
from absah_site.pki.actions.eligibility import check_eligible
from absah_site.pki.actions.issuance_requests import IssuanceRequest, IssuedCertificate, Plan, plan_issuance
from absah_site.pki.actions.status import supersede, tell_signer
from absah_site.pki.store import RegisteredAuthority
from absah_site.roles import Permission
from absah_site.webhooks.actions import announce, ask_whether_anybody_listens

#: An intention older than this belongs to a process that died.
ABANDONED_AFTER: Final = timedelta(minutes=10)
#: So many share their commits. The signer answers for all of them in one message.
TOGETHER: Final = 64


class IssuanceGivenUp(WrongState):
    """The certificate was signed too late: its serial had been given up. It is on the CRL and of no use."""

    code = "register.issuance-given-up"


class IssuanceRunning(WrongState):
    """Another issuance for this holder and product, or for this key, is under way. Parameter: minutes."""

    code = "register.issuance-running"


def issue_certificate(wanted: IssuanceRequest, /, *, by: Actor) -> IssuedCertificate:
    """Have the issuing CA sign a certificate. The intention is committed before the key is used, the result after.

    The certificate lasts as long as the profile allows and its issuer lives. Raises the errors of `absah.pki`, and
    `Unavailable` when the signer does not answer; a refusal leaves a concluded intention and no certificate.
    """
    (outcome,) = issue_certificates((wanted,), by=by)
    if isinstance(outcome, AbsahError):
        raise outcome
    return outcome


def issue_certificates(
    wanted: Sequence[IssuanceRequest], /, *, by: Actor
) -> tuple[IssuedCertificate | AbsahError, ...]:
    """Have many certificates signed: for each, in order, the certificate or the error that `issue_certificate` raises.

    Who may not have all of them issued gets none. Raises NotPermitted.
    """
    for one in wanted:
        # A service of our own is none of the registration authority's business.
        permission = Permission.CERTIFICATE_ISSUE if one.holder else Permission.AUTHORITY_MANAGE
        authorise(by, permission, About(agency=one.agency or None))
    outcomes: list[IssuedCertificate | AbsahError] = []
    for first in range(0, len(wanted), TOGETHER):
        outcomes += _Round(wanted[first : first + TOGETHER], by).outcomes()
    return tuple(outcomes)


@dataclass(frozen=True, slots=True)
class _Lot:
    """Requests of one issuer that the signer prepares together."""

    numbers: tuple[int, ...]
    preparation: Preparation


class _Round:
    """Some requests on their way together. A request is its number; it drops out with its error."""

    def __init__(self, wanted: Sequence[IssuanceRequest], by: Actor) -> None:
        self._wanted = wanted
        self._by = by
        self._refused: dict[int, AbsahError] = {}
        self._plans: dict[int, Plan] = {}
        self._lots: list[_Lot] = []
        self._signed: dict[int, bytes] = {}

    def outcomes(self) -> list[IssuedCertificate | AbsahError]:
        now = composition.clock().now()
        issuing = cache(partial(access.issuing_authority, now=now))  # the same for all that name the same
        for number in range(len(self._wanted)):
            self._attempt(number, partial(self._plan, issuing=issuing, now=now))
        # By holder: two rounds with the same people wait for each other at the first of them, not crosswise.
        self._together_or_each(sorted(self._plans, key=self._holder_of), partial(self._intend, now=now))
        while self._lots:
            self._have_signed(self._lots.pop())
        self._together_or_each(tuple(self._signed), self._enter)
        for number in self._signed:
            superseded = self._wanted[number].supersedes
            if superseded is not None and number not in self._refused:
                tell_signer(access.certificate(superseded))
        return [
            self._refused.get(number) or self._plans[number].issued(self._signed[number])
            for number in range(len(self._wanted))
        ]

    def _holder_of(self, number: int) -> str:
        return self._wanted[number].holder

    def _attempt(self, number: int, step: Callable[[int], None]) -> None:
        try:
            step(number)
        except AbsahError as refused:
            self._refused[number] = refused

    def _together_or_each(self, numbers: Sequence[int], step: Callable[[Sequence[int]], None]) -> None:
        """A step, which is a transaction, for all of them; where one is refused, for each by itself."""
        if not numbers:
            return
        try:
            step(numbers)
        except AbsahError as refused:
            if len(numbers) == 1:
                self._refused[numbers[0]] = refused
                return
            for number in numbers:
                self._together_or_each((number,), step)

    def _plan(self, number: int, *, issuing: Callable[..., RegisteredAuthority], now: Instant) -> None:
        wanted = self._wanted[number]
        self._plans[number] = plan_issuance(wanted, issuing(slug=wanted.issuer), now=now)

    def _intend(self, numbers: Sequence[int], *, now: Instant) -> None:
        """Write the intentions, once it is clear that the certificates may be. Raises KeyKnown, AlreadyActive.

        The signer begins while the commit waits for the disk. It signs nothing before the commit has succeeded, and a
        signer that is not there leaves no serial behind.
        """
        lots: list[_Lot] = []
        try:
            with transaction.atomic(durable=True):
                self._write_intentions([self._plans[number] for number in numbers], now=now)
                for _, group in groupby(sorted(numbers, key=self._issuer_of), key=self._issuer_of):
                    lots.append(self._prepared(tuple(group)))  # each is known before the next may fail
        except BaseException:
            for lot in lots:
                lot.preparation.withdraw()
            raise
        self._lots += lots

    def _write_intentions(self, plans: Sequence[Plan], *, now: Instant) -> None:
        try:
            # The intention first: of two at the same time, the second waits at its constraint and then sees the first.
            store.add_intents([plan.intent for plan in plans], at=now)
            check_eligible(plans, now=now)  # on PostgreSQL the intentions go along with its question
        except IntegrityError:
            raise IssuanceRunning(minutes=int(ABANDONED_AFTER.total_seconds()) // 60) from None
        self._record(PkiTag.ISSUANCE_INTENDED, plans, at=now)

    def _issuer_of(self, number: int) -> str:
        return self._plans[number].issuer.slug

    def _prepared(self, numbers: tuple[int, ...]) -> _Lot:
        """Have the signer begin. Raises SignerUnreachable."""
        issuer = access.credential_of(self._plans[numbers[0]].issuer)
        orders = tuple(self._plans[number].order for number in numbers)
        return _Lot(numbers, composition.signer().prepare_certificates(issuer, orders))

    def _have_signed(self, lot: _Lot) -> None:
        """Ask the signer for all of them; it signs all or none. Whoever is refused is concluded as failed."""
        try:
            lot.preparation.wait()
        except Unavailable as away:
            self._fail(lot.numbers, away, state="failed")  # nobody asked it to sign
            return
        except AbsahError as refusal:
            self._find_the_refused(lot, refusal)
            return
        try:
            signed = lot.preparation.issue()
        except Unavailable as unknown:
            self._fail(lot.numbers, unknown, state="abandoned")  # nobody knows whether it signed
        except AbsahError as refusal:
            self._find_the_refused(lot, refusal)
        else:
            self._signed.update(zip(lot.numbers, signed, strict=True))

    def _find_the_refused(self, lot: _Lot, refusal: AbsahError) -> None:
        """Which of a lot is refused is seen when each is asked for by itself."""
        if len(lot.numbers) == 1:
            self._fail(lot.numbers, refusal, state="failed")
            return
        for number in lot.numbers:
            try:
                alone = self._prepared((number,))
            except Unavailable as away:
                self._fail((number,), away, state="failed")
            else:
                self._have_signed(alone)

    def _fail(self, numbers: Sequence[int], error: AbsahError, *, state: str) -> None:
        """Conclude intentions without a certificate: `failed` where none was made, `abandoned` where nobody knows."""
        self._refused |= dict.fromkeys(numbers, error)
        with transaction.atomic(durable=True):
            now = composition.clock().now()
            for number in numbers:
                intent = self._plans[number].intent
                store.conclude_intents((intent,), state=state, at=now, error=error.code)
                facts = {"issuer": intent.issuer, "error": error.code, "state": state}
                subject = f"certificate:{intent.serial}"
                record(at=now, tag=PkiTag.ISSUANCE_FAILED, actor=self._by.reference, subject=subject, facts=facts)

    @transaction.atomic(durable=True)
    def _enter(self, numbers: Sequence[int]) -> None:
        """Conclude the intentions and enter the certificates. Raises IssuanceGivenUp, AlreadyRevoked."""
        done = composition.clock().now()
        plans = [self._plans[number] for number in numbers]
        entries = [self._plans[number].entry(self._signed[number], at=done) for number in numbers]
        store.add_certificates([(plan.issuer.number, entry) for plan, entry in zip(plans, entries, strict=True)])
        anybody_listens = ask_whether_anybody_listens({plan.wanted.agency for plan in plans} - {""})
        # `reconcile` may have given an intention up meanwhile; its serial is then on the CRL and stays there.
        if not store.conclude_intents([plan.intent for plan in plans], state="issued", at=done):
            raise IssuanceGivenUp
        if anybody_listens():
            announced = zip(plans, entries, strict=True)
            announce(*(plan.announcement(entry, at=done) for plan, entry in announced if plan.wanted.agency))
        self._record(PkiTag.CERTIFICATE_ISSUED, plans, at=done)
        for plan in plans:
            if plan.wanted.supersedes is not None:
                supersede(plan.wanted.supersedes, by=self._by)

    def _record(self, tag: PkiTag, plans: Sequence[Plan], *, at: Instant) -> None:
        record_all([plan.happened(tag, actor=self._by.reference, at=at) for plan in plans])
