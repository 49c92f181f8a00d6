"""The revocation status of every certificate of a path, from the anchor down (ETSI EN 319 102-1 §5.2.5, §5.6.2.2).

The order matters: what an authority says of those below it counts only as far as its key was its own beyond doubt.
That end is the control-time of the norm. It starts at now and slides back to the day on which an authority on the way
expired or was revoked; status data that are not proven to have existed by then could be anybody's.
"""

from dataclasses import dataclass
from typing import Final

from absah.kernel.clock import Instant
from absah.validation.checks import Check, CheckName, failed, passed
from absah.validation.conclusion import SubIndication
from absah.validation.material import Knowledge
from absah.validation.moments import Moment
from absah.validation.paths import Path
from absah.validation.revocation import NotRevoked, RevokedSince, Status, StatusUnknown, status_at, suspensions_of
from absah.validation.revocation_sources import Question, StatusProof


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStatus:
    """What became of it. `complete`: every certificate below the anchor has a proof of its status."""

    checks: tuple[Check, ...]
    proofs: tuple[StatusProof, ...] = ()
    complete: bool = False
    revoked_later: Instant | None = None


#: Where no path leads to an anchor nobody's status is asked for.
NOT_ASKED: Final = ChainStatus(checks=())


def assess_status(path: Path, moment: Moment, knowledge: Knowledge, /) -> ChainStatus:
    """Of every certificate below the anchor. A revocation after the proven time does not hurt."""
    if not path.links:
        return ChainStatus(checks=(passed(CheckName.REVOCATION, sources="anchor"),), complete=True)
    control = knowledge.now
    told: list[tuple[Question, Status]] = []
    for position in range(len(path.links) - 1, -1, -1):
        question = Question(certificate=path.certificates[position], above=path.certificates[position + 1 :])
        status = status_at(question, moment, control, knowledge)
        told.insert(0, (question, status))
        control = min(control, question.certificate.not_after)
        if isinstance(status, RevokedSince):
            control = min(control, status.at)
    problems = [
        check
        for position, (question, status) in enumerate(told)
        if (check := _problem(question, status, moment, leaf=position == 0)) is not None
    ]
    suspension = _check_suspension(told[0][0], moment, knowledge)
    proofs = tuple(
        proof for _, status in told if isinstance(status, NotRevoked | RevokedSince) for proof in status.proofs
    )
    if problems:  # the signer's own is told first; what lacks a proof because of a superior, after that superior
        problems.sort(key=lambda check: check.reason is SubIndication.NO_POE)
        return ChainStatus(checks=(problems[0], suspension), proofs=proofs)
    later = (status.at for _, status in told if isinstance(status, RevokedSince))
    sources = ",".join(sorted({proof.kind for proof in proofs}))
    return ChainStatus(
        checks=(passed(CheckName.REVOCATION, sources=sources), suspension),
        proofs=proofs,
        complete=True,
        revoked_later=next(later, None),
    )


def _problem(question: Question, status: Status, moment: Moment, *, leaf: bool) -> Check | None:
    match status:
        case StatusUnknown(problem=problem):
            unproven = problem == "no-proof-of-existence"
            reason = SubIndication.NO_POE if unproven else SubIndication.TRY_LATER
            return failed(CheckName.REVOCATION, reason, problem=problem, certificate=_name(question))
        case RevokedSince(at=at) if at <= moment.at:
            name = _name(question)
            details = {"since": at.isoformat(), "cause": status.reason.name.lower(), "certificate": name}
            if status.on_hold:  # EN 319 102-1 §5.2.6.4: "on hold" is TRY_LATER, for it may yet be lifted
                return failed(CheckName.REVOCATION, SubIndication.TRY_LATER, problem="on-hold", **details)
            reason = _revoked_reason(status, moment, leaf=leaf)
            return failed(CheckName.REVOCATION, reason, problem="revoked", **details)
        case _:
            return None


def _name(question: Question) -> str:
    return question.certificate.subject.rfc4514_string()


def _revoked_reason(status: RevokedSince, moment: Moment, *, leaf: bool) -> SubIndication:
    """Revoked before the earliest proof: open, unless the signer's own clock says it was signed after that.

    EN 319 102-1 §5.3.4 fails a signature only when a time-stamp over the *content* proves that it came later. Our own
    rule adds the signer's statement: who writes a time after the revocation into what they sign has signed after it.
    """
    if not leaf:
        return SubIndication.REVOKED_CA_NO_POE
    stated = moment.claimed is not None and moment.claimed >= status.at
    return SubIndication.REVOKED if stated else SubIndication.REVOKED_NO_POE


def _check_suspension(question: Question, moment: Moment, knowledge: Knowledge) -> Check:
    """PP 71/2019 Ps 62: whoever signs checks that the certificate is in force, and on hold it is not.

    A hold that was lifted leaves no trace in today's list; the intervals that are known are looked at all the same.
    """
    times = [moment.at, *((moment.claimed,) if moment.claimed is not None else ())]
    for held in suspensions_of(question, knowledge):
        if any(held.covers(at) for at in times):
            until = "" if held.until is None else held.until.isoformat()
            details = {"since": held.since.isoformat(), "until": until}
            return failed(CheckName.SUSPENSION, SubIndication.CHAIN_CONSTRAINTS_FAILURE, **details)
    return passed(CheckName.SUSPENSION)
