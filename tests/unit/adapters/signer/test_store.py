"""The signer's file: those who wait for the disk wait together, and each keeps what is its own."""

import sqlite3
import threading

import pytest
from tests.fixtures_pki import NOW

from absah.adapters.signer.errors import CredentialUnknown
from absah.adapters.signer.records import KeyUse
from absah.adapters.signer.store import Store, Transaction
from absah.signing.ports import CredentialId

USE = KeyUse(credential=CredentialId("kunci"), operation="sign")


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "credentials.sqlite3")
    yield made
    made.close()


def journal(store: Store) -> list[str]:
    return [row[0] for row in store._connection.execute("SELECT subject FROM key_use ORDER BY id")]


def begins(subject: str):
    return lambda transaction: transaction.begin_use(
        KeyUse(credential=USE.credential, operation="sign", subject=subject), NOW
    )


def test_what_is_done_together_is_committed_when_it_returns(store: Store, tmp_path) -> None:
    number = store.together(begins("a"))
    with sqlite3.connect(tmp_path / "credentials.sqlite3") as other:
        assert other.execute("SELECT id FROM key_use").fetchall() == [(number,)]


def test_those_who_wait_share_a_commit_and_the_error_of_one_undoes_its_own_part(store: Store) -> None:
    outcomes: dict[str, object] = {}
    commits: list[str] = []

    def fails(transaction: Transaction) -> None:
        begins("lost")(transaction)
        raise CredentialUnknown

    def run(name: str, work) -> None:
        try:
            outcomes[name] = store.together(work)
        except CredentialUnknown as problem:
            outcomes[name] = problem

    threads = [threading.Thread(target=run, args=(name, work)) for name, work in
               (("a", begins("a")), ("bad", fails), ("b", begins("b")))]  # fmt: skip
    with store._turn:
        for thread in threads:
            thread.start()
        while len(store._queue) < 3:
            pass
        store._connection.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)
    for thread in threads:
        thread.join(60)
    assert sorted(journal(store)) == ["a", "b"]
    assert isinstance(outcomes["bad"], CredentialUnknown)
    assert commits == ["COMMIT"]


def test_a_commit_that_fails_fails_for_everybody_who_waited_for_it(store: Store) -> None:
    def breaks(transaction: Transaction) -> None:
        transaction._connection.execute("ROLLBACK")  # as SQLite does by itself when a disk is full

    with pytest.raises(sqlite3.OperationalError):
        store.together(breaks)
    assert store.together(begins("a"))
    assert journal(store) == ["a"]


def test_what_does_not_hurry_leaves_the_others_waiting_for_the_disk_as_before(store: Store) -> None:
    number = store.together(begins("a"))
    with store.unhurried() as transaction:
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (1,)
        transaction.end_use(number, "done", NOW)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
