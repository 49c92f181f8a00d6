"""Publishing policies: one person drafts a version, another approves it; it is then on the shelf and delivered.

Duty of the certification body under the agreements: it makes the certificate policy available to every agency, and
can show that it did. A published version is never changed: another has another version.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from absah.adapters.files import replace_file
from absah.audit.tags import OversightTag
from absah.kernel.errors import BadInput, NotAllowed, RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.oids import TEST_ARC
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account, Actor, Operator
from absah_site.audit.actions import record
from absah_site.enrolment.access import agency_ids
from absah_site.jobs.actions import Work
from absah_site.repository import store
from absah_site.repository.access import PolicyUnknown, published_policies
from absah_site.repository.store import Policy, PolicyKind
from absah_site.roles import Permission

LARGEST_POLICY: Final = 20 * 1024 * 1024  # bytes
_WORKER: Final = Operator(name="worker")
_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]{0,9})){2,20}")


class PolicyUnfit(BadInput):
    """A draft cannot be taken. Parameter: problem (version, oid, title, file)."""

    code = "repository.policy-unfit"


class RealPolicyOid(RuleBroken):
    """A trial instance names no policy outside the arc of tests."""

    code = "repository.real-policy-oid"
    citation = Citation(norm=Norm.ABSAH_DESIGN, clause="D13")


class VersionExists(WrongState):
    """There is such a version already. Parameter: name."""

    code = "repository.version-exists"


class SecondApproverNeeded(NotAllowed):
    """Whoever drafted a version does not approve it."""

    code = "repository.second-approver-needed"


class AlreadyPublished(WrongState):
    """The version is published already."""

    code = "repository.already-published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version that somebody hands in. `content` is a PDF."""

    kind: PolicyKind
    version: str
    title: str
    oid: str
    effective: date
    content: bytes


def draft_policy(draft: Draft, /, *, by: Actor) -> Policy:
    """Hand in a version. It is seen by nobody outside until another person approves it."""
    authorise(by, Permission.POLICY_DRAFT)
    _check(draft)
    now = composition.clock().now()
    made = Policy(
        kind=draft.kind,
        version=draft.version,
        title=draft.title.strip(),
        oid=draft.oid,
        effective=draft.effective,
        sha256=DigestAlgorithm.SHA256.digest(draft.content).hex(),
        octets=len(draft.content),
        drafted_by=by.reference,
        drafted_at=now,
    )
    composition.documents().keep(draft.content)
    try:
        with transaction.atomic():
            store.add_policy(made)
            facts = {"sha256": made.sha256, "oid": made.oid}
            tag = OversightTag.POLICY_DRAFTED
            record(at=now, tag=tag, actor=by.reference, subject=made.reference, facts=facts)
    except IntegrityError:
        raise VersionExists(name=made.file_name) from None
    return made


def _check(draft: Draft) -> None:
    if not _VERSION.fullmatch(draft.version):
        raise PolicyUnfit(problem="version")
    if not _OID.fullmatch(draft.oid):
        raise PolicyUnfit(problem="oid")
    if not 1 <= len(draft.title.strip()) <= 200:
        raise PolicyUnfit(problem="title")
    if not draft.content.startswith(b"%PDF-") or len(draft.content) > LARGEST_POLICY:
        raise PolicyUnfit(problem="file")
    if composition.config().trial and not draft.oid.startswith(f"{TEST_ARC}."):
        raise RealPolicyOid(arc=TEST_ARC)


def publish_policy(kind: PolicyKind, version: str, /, *, by: Actor) -> Policy:
    """Approve a draft that somebody else handed in: it goes on the shelf and to every agency."""
    authorise(by, Permission.POLICY_APPROVE)
    now = composition.clock().now()
    with transaction.atomic():
        found = store.lock_policy(kind, version)
        if found is None:
            raise PolicyUnknown
        if found.approved_at is not None:
            raise AlreadyPublished
        if found.drafted_by == by.reference:
            raise SecondApproverNeeded
        shelf = composition.config().repository / "policy"
        replace_file(shelf / found.file_name, composition.documents().read(found.sha256))
        store.approve_policy(found, by=by.reference, at=now)
        facts = {"sha256": found.sha256, "effective": found.effective.isoformat()}
        tag = OversightTag.POLICY_PUBLISHED
        record(at=now, tag=tag, actor=by.reference, subject=found.reference, facts=facts)
        _deliver(found, by=by)
    return found


def deliver_to_newcomers(_work: Work | None = None, /) -> str | None:
    """The job: agencies that joined since get what is in force, and what is going to be."""
    reached = 0
    for versions in published_policies(now=composition.clock().now()):
        for found in (versions.current, *versions.coming):
            if found is not None:
                with transaction.atomic():
                    store.lock_policy(found.kind, found.version)
                    reached += _deliver(found, by=_WORKER)
    return f"{reached} delivered" if reached else None


def _deliver(found: Policy, *, by: Actor) -> int:
    now = composition.clock().now()
    reached = store.add_deliveries(found, tuple(str(agency) for agency in agency_ids()), at=now)
    for agency in reached:
        facts = {"agency": agency}
        tag = OversightTag.POLICY_DELIVERED
        record(at=now, tag=tag, actor=by.reference, subject=found.reference, facts=facts)
    return len(reached)


def receive_policy(kind: PolicyKind, version: str, agency: UUID, /, *, by: Account) -> None:
    """Somebody at the agency confirms that the version was received. Raises PolicyUnknown when there is nothing to."""
    authorise(by, Permission.POLICY_RECEIVE, About(agency=str(agency)))
    now = composition.clock().now()
    with transaction.atomic():
        found = store.lock_policy(kind, version)
        if found is None or not store.receive(found, str(agency), by=by.reference, at=now):
            raise PolicyUnknown
        facts = {"agency": str(agency), "sha256": found.sha256}
        tag = OversightTag.POLICY_RECEIVED
        record(at=now, tag=tag, actor=by.reference, subject=found.reference, facts=facts)
