"""The end of an authority of ours: a CA, the TSA, a responder. Its certificates end, its last lists say so for ever.

What is asked of whoever stops (ETSI EN 319 411-1 §6.4.9, PP 71/2019): holders keep a way to learn that a certificate
was revoked, and records are handed over. The last lists bear the date that never comes; they stay published. The key
is dead after that: its certificate is revoked in the register, and the signer uses it no more. The issuer's own list,
which is made offline for a root, is the next step of the runbook.
"""

from contextlib import suppress
from typing import Final

from django.db import transaction

from absah.audit.tags import OversightTag
from absah.kernel.errors import WrongState
from absah.pki.revocation import RevocationReason
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.oversight import store
from absah_site.oversight.actions.mass_revocation import (
    EXECUTOR,
    IssuedBy,
    Listed,
    Selection,
    carry_out_mass_revocation,
    chosen,
    end_all,
    finish_with_count,
)
from absah_site.oversight.actions.proposals import propose
from absah_site.oversight.store import Kind, Progress, Proposal, State
from absah_site.pki import access as register
from absah_site.pki import actions as pki
from absah_site.pki.access import AuthorityKind, RegisteredAuthority, Status
from absah_site.pki.actions.status import AlreadyRevoked
from absah_site.roles import Permission

#: RFC 3161 §4 item 1: after this reason time-stamps made before stay good.
_REASON: Final = RevocationReason.CESSATION_OF_OPERATION


class AuthorityEnded(WrongState):
    """The authority has ended already, or is a root, which ends with its anchor. Parameter: authority."""

    code = "oversight.authority-ended"


def propose_ending(slug: str, why: str, /, *, by: Actor) -> Proposal:
    """Ask for the end of an authority. Raises AuthorityEnded and those of `propose`."""
    authority = register.authority(slug)
    if authority.kind is AuthorityKind.ROOT or _own(authority).status is Status.REVOKED:
        raise AuthorityEnded(authority=slug)
    with transaction.atomic():
        made = propose(Kind.AUTHORITY_ENDING, {"authority": slug}, why, by=by)
        store.add_affected(made.public_id, chosen(_selection(authority)))
    return made


def carry_out_ending(found: Proposal, /, *, at_most: int | None = None) -> Progress:
    """End its certificates, publish its last lists, then end the authority itself. Goes on where it was cut short."""
    if found.state is State.APPROVED:
        authority = register.authority(str(found.content["authority"]))
        if end_all(found, _selection(authority), _REASON, at_most=at_most):
            if authority.kind is AuthorityKind.ISSUING:
                pki.publish_last_crls(authority.slug, composition.clock().now(), by=EXECUTOR)
                with suppress(AlreadyRevoked):
                    pki.revoke_certificate(_own(authority).serial, _REASON, by=EXECUTOR)
            else:
                pki.publish_crls(composition.clock().now(), by=EXECUTOR)
            finish_with_count(found)
    return store.progress_of(found.public_id)


def carry_out_open() -> None:
    """Go on with what is approved and not finished. The worker does this every minute."""
    for found in store.proposals(State.APPROVED):
        match found.kind:
            case Kind.MASS_REVOCATION:
                carry_out_mass_revocation(found)
            case Kind.AUTHORITY_ENDING:
                carry_out_ending(found)
            case Kind.PROFILE_ACCEPTANCE:
                pass  # done in the transaction of its approval


def record_handover(slug: str, /, *, sha256: str, files: int, by: Actor) -> None:
    """Write into the ledger that the records of an authority were handed over, by the hash of their index."""
    authorise(by, Permission.AUTHORITY_MANAGE)
    facts: dict[str, str | int] = {"index_sha256": sha256, "files": files}
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=OversightTag.RECORDS_HANDED_OVER,
            actor=by.reference,
            subject=f"authority:{register.authority(slug).slug}",
            facts=facts,
        )


def _own(authority: RegisteredAuthority) -> register.RegisteredCertificate:
    return register.certificate_with_fingerprint(register.fingerprint_of(authority.certificate))


def _selection(authority: RegisteredAuthority) -> Selection:
    """What a CA issued; of a service, its own certificate."""
    if authority.kind is AuthorityKind.ISSUING:
        return IssuedBy(authority.slug)
    return Listed((_own(authority).serial,))
