"""Many certificates ended in one action: after the compromise of a key, or when an authority ends.

The list is made when the action is asked for, so that the second person sees whom it hits. Carrying it out goes one
certificate at a time, each in its own transaction with its ledger row, and may be cut short at any moment: whoever
carries on ends what is left, and what was issued meanwhile.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.db import transaction

from absah.kernel.errors import BadInput, NotFound
from absah.pki.revocation import RevocationReason
from absah_site import composition
from absah_site.actors import Actor, Operator
from absah_site.oversight import store
from absah_site.oversight.actions.proposals import finish, propose
from absah_site.oversight.store import AffectedCertificate, Kind, Progress, Proposal, State
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import RegisteredCertificate, Status
from absah_site.pki.actions.status import AlreadyRevoked

_LONGEST_LIST: Final = 100_000
_BATCH: Final = 200
EXECUTOR: Final = Operator(name="mass-revocation")
#: RFC 5280 §5.3.1. A hold is no end, and unspecified says nothing to those who are hit.
REASONS: Final = (
    RevocationReason.KEY_COMPROMISE,
    RevocationReason.CA_COMPROMISE,
    RevocationReason.SUPERSEDED,
    RevocationReason.CESSATION_OF_OPERATION,
    RevocationReason.PRIVILEGE_WITHDRAWN,
)


class NothingToRevoke(NotFound):
    """No certificate that could be ended is meant by this selection."""

    code = "oversight.nothing-to-revoke"


class ReasonUnfit(BadInput):
    """This reason does not fit an action that ends many certificates. Parameter: reason."""

    code = "oversight.reason-unfit"


class ListUnfit(BadInput):
    """The list holds something that is no serial number, or too much. Parameter: problem."""

    code = "oversight.list-unfit"


@dataclass(frozen=True, slots=True)
class IssuedBy:
    """Everything that an authority of ours issued: its key is compromised, or it ends."""

    issuer: str


@dataclass(frozen=True, slots=True)
class WithKey:
    """Every certificate of the key of one certificate (its serial)."""

    serial: str


@dataclass(frozen=True, slots=True)
class Listed:
    """These serials."""

    serials: tuple[str, ...]


Selection: TypeAlias = IssuedBy | WithKey | Listed


def propose_mass_revocation(selection: Selection, reason: RevocationReason, why: str, /, *, by: Actor) -> Proposal:
    """Ask for it. Raises NothingToRevoke, ReasonUnfit, ListUnfit and those of `propose`."""
    if reason not in REASONS:
        raise ReasonUnfit(reason=reason.name.lower())
    with transaction.atomic():
        content = _written(selection) | {"reason": reason.name.lower()}
        made = propose(Kind.MASS_REVOCATION, content, why, by=by)
        if not store.add_affected(made.public_id, chosen(selection)):
            raise NothingToRevoke
    return made


def carry_out_mass_revocation(found: Proposal, /, *, at_most: int | None = None) -> Progress:
    """End what is left, no more than `at_most`. Goes on where an earlier run was cut short; done is done.

    When the last is ended, new lists are published. Raises `Unavailable` where the signer does not answer: the register
    holds the ends already made, and the next run goes on.
    """
    if found.state is State.APPROVED:
        reason = RevocationReason[str(found.content["reason"]).upper()]
        selection = _read(found.content)
        if end_all(found, selection, reason, at_most=at_most):
            pki.publish_crls(composition.clock().now(), by=EXECUTOR)
            finish_with_count(found)
    return store.progress_of(found.public_id)


def end_all(found: Proposal, selection: Selection, reason: RevocationReason, /, *, at_most: int | None = None) -> bool:
    """End what is left of a selection, no more than `at_most`. Whether nothing is left, not even of newer ones."""
    left = at_most
    while left is None or left > 0:
        batch = store.still_to_end(found.public_id, limit=_BATCH if left is None else min(_BATCH, left))
        if not batch:
            before = store.progress_of(found.public_id).total
            if store.add_affected(found.public_id, chosen(selection)) == before:
                return True
            continue
        for serial in batch:
            _end(found, serial, reason)
        left = None if left is None else left - len(batch)
    return False


def finish_with_count(found: Proposal, /) -> None:
    """Write down that it is done, and of how many."""
    with transaction.atomic():
        finish(found, by=EXECUTOR, facts={"certificates": store.progress_of(found.public_id).total})


def _end(found: Proposal, serial: str, reason: RevocationReason) -> None:
    with suppress(AlreadyRevoked):  # somebody was faster, for another reason: it is ended all the same
        pki.revoke_certificate(serial, reason, by=EXECUTOR)
    with transaction.atomic():
        store.end_affected(found.public_id, serial, at=composition.clock().now())


def _written(selection: Selection) -> dict[str, Any]:
    match selection:
        case IssuedBy(issuer=issuer):
            return {"issuer": register.authority(issuer).slug}
        case WithKey(serial=serial):
            return {"key_of": register.certificate(serial).serial}
        case Listed(serials=serials):
            return {"serials": list(_checked(serials))}


def _read(content: dict[str, Any]) -> Selection:
    match content:
        case {"issuer": str(issuer)}:
            return IssuedBy(issuer)
        case {"key_of": str(serial)}:
            return WithKey(serial)
        case _:
            return Listed(tuple(content["serials"]))


def _checked(serials: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(serials) <= _LONGEST_LIST:
        raise ListUnfit(problem=f"1 .. {_LONGEST_LIST}")
    found = []
    for number, serial in enumerate(serials, start=1):
        try:
            found.append(register.certificate(serial).serial)
        except NotFound:
            raise ListUnfit(problem=f"{number}: {serial[:40]}") from None
    return tuple(dict.fromkeys(found))


def chosen(selection: Selection, /) -> Iterator[AffectedCertificate]:
    """What a selection means of what is neither revoked nor expired."""
    for one in _certificates(selection):
        if one.status is not Status.REVOKED and composition.clock().now() <= one.not_after:
            yield AffectedCertificate(serial=one.serial, profile=one.profile, holder=one.holder, agency=one.agency)


def _certificates(selection: Selection) -> Iterator[RegisteredCertificate]:
    match selection:
        case IssuedBy(issuer=issuer):
            yield from register.certificates_issued_by(issuer)
        case WithKey(serial=serial):
            yield from register.certificates_of_same_key(serial)
        case Listed(serials=serials):
            yield from (register.certificate(serial) for serial in serials)
