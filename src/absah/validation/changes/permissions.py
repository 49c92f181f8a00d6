"""Which of the changes after a signature are permitted: by the certification, by the fields it locks, or by default.

A signed document may be signed again, stamped, extended and filled in, as P = 2 has it (ISO 32000-2 §12.8.2.2.2,
Table 257). P = 3 also permits annotations. We do not: an opaque note over a sum is an annotation, too.
"""

from typing import Final

from absah.validation.evidence import (
    Change,
    ChangeKind,
    FieldLock,
    SignatureEvidence,
    SignatureFacts,
    SignaturePurpose,
)

#: With P = 1, by the errata of Table 257: what keeps a signature verifiable is no change.
_ALWAYS: Final = frozenset({ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.BOOKKEEPING})
_FILLING: Final = _ALWAYS | {ChangeKind.SIGNATURE, ChangeKind.FORM_FIELD}
_NO_CHANGES: Final = 1
_BY_DEFAULT: Final = 2
#: Programs write new dates and a new producer when they do one of these.
_WRITERS: Final = frozenset(
    {ChangeKind.SIGNATURE, ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.FORM_FIELD}
)
_OURS_ALONE: Final = frozenset(
    {
        ChangeKind.SIGNATURE,
        ChangeKind.TIMESTAMP,
        ChangeKind.VALIDATION_MATERIAL,
        ChangeKind.BOOKKEEPING,
        ChangeKind.METADATA,
    }
)


def first_signature(signatures: tuple[SignatureFacts, ...], /) -> SignatureFacts | None:
    """The first that is no time-stamp."""
    return next((one for one in signatures if not _is_timestamp(one)), None)


def permission_in_force(signatures: tuple[SignatureFacts, ...], /) -> int:
    """P of the certification, which has to be the first signature; without one, filling in."""
    first = first_signature(signatures)
    if isinstance(first, SignatureEvidence) and first.certification is not None:
        return first.certification
    return _BY_DEFAULT


def _is_timestamp(one: SignatureFacts) -> bool:
    return isinstance(one, SignatureEvidence) and one.purpose is SignaturePurpose.TIMESTAMP


def beyond_permission(
    changes: tuple[Change, ...], /, *, permission: int = _BY_DEFAULT, locks: tuple[FieldLock, ...] = ()
) -> tuple[Change, ...]:
    """The changes after a signature that leave the question open, in their order. `locks` are those of the signature.

    Metadata may change together with something else that is permitted, not alone.
    """
    permitted = _ALWAYS if permission == _NO_CHANGES else _FILLING
    if {change.kind for change in changes} & permitted & _WRITERS:
        permitted |= {ChangeKind.METADATA}
    return tuple(change for change in changes if change.kind not in permitted or _is_locked(change, locks))


def _is_locked(change: Change, locks: tuple[FieldLock, ...]) -> bool:
    return change.kind is ChangeKind.FORM_FIELD and any(lock.holds(change.field) for lock in locks)


def needs_second_opinion(changes: tuple[Change, ...], /) -> bool:
    """Whether there is more than signatures, time-stamps, material and metadata.

    What is only these was compared object by object, and has one meaning; what fills a form or annotates it is where
    the published attacks live, and where somebody else should look, too.
    """
    return any(change.kind not in _OURS_ALONE for change in changes)
