"""Which changes are permitted, and which fields a signature locks."""

import pytest

from absah.validation.changes.permissions import (
    beyond_permission,
    first_signature,
    needs_second_opinion,
    permission_in_force,
)
from absah.validation.evidence import (
    Change,
    ChangeKind,
    Covered,
    FieldLock,
    LockAction,
    SignatureEvidence,
    SignaturePurpose,
    UnreadableSignature,
)


def changes(*kinds: ChangeKind, field: str = "") -> tuple[Change, ...]:
    return tuple(Change(kind=kind, where=kind.value, field=field) for kind in kinds)


def signature(certification: int | None = None, purpose: SignaturePurpose = SignaturePurpose.SIGNATURE):
    return SignatureEvidence(
        field_name="a",
        purpose=purpose,
        sub_filter="",
        cms=b"",
        coverage=Covered(end=1, revision=1, whole_file=True),
        certification=certification,
    )


KEPT = (ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.BOOKKEEPING)
SIGNERS = (ChangeKind.SIGNATURE, ChangeKind.FORM_FIELD)
NEVER = tuple(set(ChangeKind) - {*KEPT, *SIGNERS, ChangeKind.METADATA})


@pytest.mark.parametrize("permission", [1, 2, 3])
def test_what_each_permission_covers(permission: int):
    assert beyond_permission(changes(*KEPT), permission=permission) == ()
    found = beyond_permission(changes(*SIGNERS), permission=permission)
    assert found == (changes(*SIGNERS) if permission == 1 else ())
    assert beyond_permission(changes(*NEVER), permission=permission) == changes(*NEVER)


def test_metadata_change_together_with_something_permitted_only():
    for kind in (ChangeKind.SIGNATURE, ChangeKind.TIMESTAMP, ChangeKind.VALIDATION_MATERIAL, ChangeKind.FORM_FIELD):
        assert beyond_permission(changes(kind, ChangeKind.METADATA)) == ()
    assert beyond_permission(changes(ChangeKind.METADATA)) == changes(ChangeKind.METADATA)
    assert len(beyond_permission(changes(ChangeKind.SIGNATURE, ChangeKind.METADATA), permission=1)) == 2


@pytest.mark.parametrize(
    ("lock", "held", "free"),
    [
        (FieldLock(action=LockAction.ALL), "any", None),
        (FieldLock(action=LockAction.INCLUDE, fields=frozenset({"sum", "a.b"})), "a.b.c", "a"),
        (FieldLock(action=LockAction.EXCLUDE, fields=frozenset({"note"})), "sum", "note"),
    ],
)
def test_a_locked_field_may_not_be_filled(lock: FieldLock, held: str, free: str | None):
    filled = changes(ChangeKind.FORM_FIELD, field=held)
    assert beyond_permission(filled, locks=(lock,)) == filled
    assert beyond_permission(changes(ChangeKind.SIGNATURE, field=held), locks=(lock,)) == ()
    if free is not None:
        assert beyond_permission(changes(ChangeKind.FORM_FIELD, field=free), locks=(lock,)) == ()


def test_the_first_signature_says_what_is_permitted():
    stamp, plain, certifying = signature(1, SignaturePurpose.TIMESTAMP), signature(), signature(1)
    assert permission_in_force(()) == 2
    assert permission_in_force((stamp, certifying, plain)) == 1
    assert permission_in_force((stamp, plain, certifying)) == 2
    unreadable = UnreadableSignature(field_name="x", problem="x")
    assert first_signature((stamp, unreadable, certifying)) is unreadable
    assert permission_in_force((unreadable, certifying)) == 2


def test_a_second_reader_is_asked_about_more_than_signatures():
    assert not needs_second_opinion(changes(*KEPT, ChangeKind.SIGNATURE, ChangeKind.METADATA))
    for kind in (ChangeKind.FORM_FIELD, *NEVER):
        assert needs_second_opinion(changes(kind))
