"""What is asked of the file as a whole, and of what came after each signature.

A signature can be perfect and the document still not be what was signed. Until the changes after signing are judged in
full, any change that is not a signature, a time-stamp or validation material leaves the question open.
"""

from collections.abc import Iterator
from typing import Final

from absah.validation.checks import Check, CheckName, failed, passed
from absah.validation.conclusion import SubIndication
from absah.validation.evidence import (
    Change,
    ChangeKind,
    DocumentEvidence,
    SecondOpinion,
    SignatureEvidence,
    SignatureFacts,
    SignaturePurpose,
    StructureProblem,
)

#: What a later revision may do to any signed document (EN 319 142-1 §5.4; ISO 32000-2 §12.8.2.2 with P = 2).
_PERMITTED: Final = frozenset(
    {ChangeKind.SIGNATURE, ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.BOOKKEEPING}
)
_WRITTEN_BY_SIGNERS: Final = frozenset({ChangeKind.SIGNATURE, ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL})
#: What it may do to a document certified "no changes" (ISO 32000-2 §12.8.2.2.2 with its errata).
_UNDER_NO_CHANGES: Final = frozenset({ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.BOOKKEEPING})
_STRUCTURE: Final = {
    StructureProblem.REPAIRED: CheckName.FILE_STRUCTURE,
    StructureProblem.BROKEN_REVISION_CHAIN: CheckName.FILE_STRUCTURE,
    StructureProblem.DETACHED_REVISION: CheckName.FILE_STRUCTURE,
    StructureProblem.READERS_DISAGREE: CheckName.FILE_STRUCTURE,
    StructureProblem.LIMIT_REACHED: CheckName.FILE_STRUCTURE,
    StructureProblem.TRAILING_BYTES: CheckName.TRAILING_BYTES,
    StructureProblem.DETACHED_SIGNATURE: CheckName.REMOVED_SIGNATURE,
}


def beyond_permitted(changes: tuple[Change, ...], /) -> tuple[ChangeKind, ...]:
    """The kinds of change that leave the question open, sorted.

    Programs write new dates and a new producer when they sign, stamp or add validation material: metadata may change
    together with one of these, not alone.
    """
    kinds = {change.kind for change in changes}
    permitted = _PERMITTED | {ChangeKind.METADATA} if kinds & _WRITTEN_BY_SIGNERS else _PERMITTED
    return tuple(sorted(kinds - permitted))


def check_document(evidence: DocumentEvidence, /) -> tuple[Check, ...]:
    """The file as a whole. In a file without any signature there is nothing to protect, and nothing is asked."""
    if not evidence.signatures:
        return ()
    return (*_check_structure(evidence), _check_pictures(evidence))


def _check_structure(evidence: DocumentEvidence) -> Iterator[Check]:
    failing: set[CheckName] = set()
    for problem in evidence.problems:
        name = _STRUCTURE[problem]
        failing.add(name)
        yield failed(name, SubIndication.SIG_CONSTRAINTS_FAILURE, problem=problem)
    for name in (CheckName.TRAILING_BYTES, CheckName.FILE_STRUCTURE):
        if name not in failing:
            yield passed(name)


def _check_pictures(evidence: DocumentEvidence) -> Check:
    if not evidence.widgets:
        return passed(CheckName.FIELD_PICTURES)
    fields = ",".join(widget.field_name for widget in evidence.widgets)
    return failed(CheckName.FIELD_PICTURES, SubIndication.SIG_CONSTRAINTS_FAILURE, fields=fields)


def check_later_changes(signature: SignatureEvidence, /) -> tuple[Check, ...]:
    """What came after one signature: by our own walk, and by the second reader. The more severe wins."""
    kinds = beyond_permitted(signature.changes)
    checks = [
        failed(CheckName.LATER_CHANGES, SubIndication.SIG_CONSTRAINTS_FAILURE, kinds=",".join(kinds))
        if kinds
        else passed(CheckName.LATER_CHANGES)
    ]
    match signature.second_opinion:
        case SecondOpinion.SUSPICIOUS:
            checks.append(failed(CheckName.SECOND_OPINION, SubIndication.SIG_CONSTRAINTS_FAILURE))
        case SecondOpinion.UNAVAILABLE:
            checks.append(failed(CheckName.SECOND_OPINION_GIVEN, SubIndication.GENERIC, problem="unavailable"))
        case SecondOpinion.AGREES:
            checks.append(passed(CheckName.SECOND_OPINION))
        case _:  # nothing came later, so nobody was asked
            pass
    return tuple(checks)


def check_certification(
    signature: SignatureEvidence, all_signatures: tuple[SignatureFacts, ...], /
) -> tuple[Check, ...]:
    """Whether the author's permission was kept, where this signature certifies; and whether it stands first."""
    if signature.certification is None:
        return ()
    first = next(
        (one for one in all_signatures if not _is_timestamp(one)),
        signature,
    )
    if first is not signature:  # ISO 32000-2 §12.8.2.2.1: the certification signature is the first
        problem = "certification-is-not-first"
        return (failed(CheckName.CERTIFICATION, SubIndication.SIG_CONSTRAINTS_FAILURE, problem=problem),)
    if signature.certification == 1:
        beyond = tuple(sorted({change.kind for change in signature.changes} - _UNDER_NO_CHANGES))
    else:
        beyond = beyond_permitted(signature.changes)
    permission = str(signature.certification)
    if beyond:
        kinds = ",".join(beyond)
        reason = SubIndication.SIG_CONSTRAINTS_FAILURE
        return (failed(CheckName.CERTIFICATION, reason, permission=permission, kinds=kinds),)
    return (passed(CheckName.CERTIFICATION, permission=permission),)


def _is_timestamp(one: SignatureFacts) -> bool:
    return isinstance(one, SignatureEvidence) and one.purpose is SignaturePurpose.TIMESTAMP
