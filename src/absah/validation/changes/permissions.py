"""Which of the changes after a signature are permitted: by its certification, by the fields it locks, or by default.

Without a certification a document may be signed again, stamped, extended and filled in, as P = 2 has it
(ISO 32000-2 §12.8.2.2.2, Table 257). We do not let anybody annotate it: a note that covers a sum is an annotation.
"""

from typing import Final

from absah.validation.evidence import Change, ChangeKind

_ALWAYS: Final = frozenset({ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.BOOKKEEPING})
_FILLING: Final = _ALWAYS | {ChangeKind.SIGNATURE, ChangeKind.FORM_FIELD}
#: By P of the certification: no changes (with the errata of Table 257), filling in, annotating.
_BY_PERMISSION: Final = {1: _ALWAYS, 2: _FILLING, 3: _FILLING | {ChangeKind.ANNOTATION}}
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


def beyond_permission(changes: tuple[Change, ...], /, *, permission: int = 2) -> tuple[Change, ...]:
    """The changes that leave the question open, in their order.

    Metadata may change together with something else that is permitted, not alone.
    """
    permitted = _BY_PERMISSION[permission]
    if {change.kind for change in changes} & permitted & _WRITERS:
        permitted |= {ChangeKind.METADATA}
    return tuple(change for change in changes if change.kind not in permitted)


def needs_second_opinion(changes: tuple[Change, ...], /) -> bool:
    """Whether there is more than signatures, time-stamps, material and metadata.

    What is only these was compared object by object, and has one meaning; what fills a form or annotates it is where
    the published attacks live, and where somebody else should look, too.
    """
    return any(change.kind not in _OURS_ALONE for change in changes)
