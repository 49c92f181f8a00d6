"""The ledger: written with the fact or not at all, never changed."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from absah.audit.commitment import opens
from absah.audit.entry import FactNotOpaque
from absah.audit.ledger import Damage
from absah.audit.tags import AccountTag
from absah.kernel.clock import FixedClock
from absah.kernel.rng import UnsafeSeededRng
from absah_site import append_only
from absah_site.audit import access, actions


def _record(clock: FixedClock, **facts: str | int) -> None:
    actions.record(at=clock.now(), tag=AccountTag.USER_CREATED, actor="system:test", subject="user:7", facts=facts)


@pytest.mark.django_db
def test_a_row_comes_back_as_it_was_written_and_the_ledger_is_intact(clock: FixedClock) -> None:
    _record(clock, role="ra", count=3)
    (entry,) = access.entries_about("user:7")
    assert dict(entry.facts) == {"role": "ra", "count": 3}
    ((_, found),) = access.find_entries(access.EntrySearch(actor="system:test"))
    assert found == entry
    report = access.verify_ledger()
    assert (report.rows, report.intact) == (1, True)


@pytest.mark.django_db
def test_a_row_that_names_a_person_is_refused_and_nothing_is_written(clock: FixedClock) -> None:
    for named in ("9999010101900001", "ratna@sagarabiru.example"):
        with pytest.raises(FactNotOpaque) as caught:
            _record(clock, who=named)
        assert named not in str(caught.value)
    assert access.verify_ledger().rows == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_is_written_only_inside_a_transaction_and_goes_with_it(clock: FixedClock) -> None:
    with pytest.raises(TransactionManagementError):
        _record(clock)

    with transaction.atomic():
        _record(clock)
        transaction.set_rollback(True)
    assert access.verify_ledger().rows == 0
    with transaction.atomic():
        _record(clock)
    assert access.verify_ledger().rows == 1


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_a_row(clock: FixedClock, statement: str) -> None:
    _record(clock)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert access.verify_ledger().intact


@pytest.mark.django_db
def test_a_row_changed_behind_the_trigger_is_found(clock: FixedClock) -> None:
    _record(clock)
    _record(clock)
    (second, _), (first, _) = access.latest_entries()
    append_only.remove(connection, "audit_entry")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET actor = 'system:other' WHERE id = %s", [second])
    append_only.install(connection, "audit_entry")
    report = access.verify_ledger()
    assert [(row.number, row.damage) for row in report.damaged] == [(second, Damage.COLUMNS)]
    assert first not in {row.number for row in report.damaged}


@pytest.mark.django_db
def test_an_erased_salt_leaves_a_row_that_says_nothing_about_the_person(
    clock: FixedClock, rng: UnsafeSeededRng
) -> None:
    commitment = actions.commit_to("value", person="user:7", rng=rng)
    _record(clock, identity=commitment)
    ((kept, salt),) = access.commitments_about("user:7")
    assert kept == commitment
    assert opens(commitment, "value", salt)
    assert not opens(commitment, "other", salt)
    assert actions.erase_salts("user:7") == 1
    assert access.commitments_about("user:7") == ()
    assert access.verify_ledger().intact
