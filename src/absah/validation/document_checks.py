"""What is asked of the file as a whole, and of what came after each signature.

A signature can be perfect and the document still not be what was signed. Which later changes are permitted says
`absah.validation.changes.permissions`; any other leaves the question open.
"""

from collections.abc import Iterator
from typing import Final

from absah.validation.changes.permissions import beyond_permission, first_signature
from absah.validation.checks import Check, CheckName, failed, passed
from absah.validation.conclusion import SubIndication
from absah.validation.evidence import (
    Change,
    Covered,
    DocumentEvidence,
    HiddenContent,
    SecondOpinion,
    SignatureEvidence,
    SignatureFacts,
    StructureProblem,
)

_STRUCTURE: Final = {
    StructureProblem.REPAIRED: CheckName.FILE_STRUCTURE,
    StructureProblem.BROKEN_REVISION_CHAIN: CheckName.FILE_STRUCTURE,
    StructureProblem.DETACHED_REVISION: CheckName.FILE_STRUCTURE,
    StructureProblem.READERS_DISAGREE: CheckName.FILE_STRUCTURE,
    StructureProblem.LIMIT_REACHED: CheckName.FILE_STRUCTURE,
    StructureProblem.TRAILING_BYTES: CheckName.TRAILING_BYTES,
    StructureProblem.DETACHED_SIGNATURE: CheckName.REMOVED_SIGNATURE,
}


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


def check_later_changes(signature: SignatureEvidence, permission: int = 2, /) -> tuple[Check, ...]:
    """What came after one signature: by our own comparison, and by the second reader. The more severe wins.

    `permission` is the P in force for the document.
    """
    beyond = beyond_permission(signature.changes, permission=permission, locks=signature.locks)
    checks = [_found(CheckName.LATER_CHANGES, beyond)]
    match signature.second_opinion:
        case SecondOpinion.SUSPICIOUS:
            checks.append(failed(CheckName.SECOND_OPINION, SubIndication.SIG_CONSTRAINTS_FAILURE))
        case SecondOpinion.UNAVAILABLE:
            checks.append(failed(CheckName.SECOND_OPINION_GIVEN, SubIndication.GENERIC, problem="unavailable"))
        case SecondOpinion.AGREES:
            checks.append(passed(CheckName.SECOND_OPINION))
        case _:  # nothing came later that two should look at
            pass
    return tuple(checks)


def check_hidden(signature: SignatureEvidence, hidden: tuple[HiddenContent, ...], /) -> Check:
    """Whether everything that was signed can still be seen: the picture of a later field may lie over it."""
    signed = signature.coverage.revision if isinstance(signature.coverage, Covered) else 0
    later = [one for one in hidden if one.revision > signed]
    if not later:
        return passed(CheckName.HIDDEN_CONTENT)
    return failed(
        CheckName.HIDDEN_CONTENT,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        fields=",".join(dict.fromkeys(one.field for one in later)),
        pages=",".join(dict.fromkeys(str(one.page) for one in later)),
        text=" ".join(one.text for one in later if one.text),
    )


def check_certification(
    signature: SignatureEvidence, all_signatures: tuple[SignatureFacts, ...], /
) -> tuple[Check, ...]:
    """Whether the author's permission was kept, where this signature certifies; and whether it stands first."""
    if signature.certification is None:
        return ()
    if first_signature(all_signatures) is not signature:  # ISO 32000-2 §12.8.2.2.1: it is the first of all
        problem = "certification-is-not-first"
        return (failed(CheckName.CERTIFICATION, SubIndication.SIG_CONSTRAINTS_FAILURE, problem=problem),)
    beyond = beyond_permission(signature.changes, permission=signature.certification, locks=signature.locks)
    return (_found(CheckName.CERTIFICATION, beyond, permission=str(signature.certification)),)


def _found(name: CheckName, beyond: tuple[Change, ...], **details: str) -> Check:
    if not beyond:
        return passed(name, **details)
    kinds = ",".join(sorted({change.kind for change in beyond}))
    return failed(name, SubIndication.SIG_CONSTRAINTS_FAILURE, **details, kinds=kinds)
