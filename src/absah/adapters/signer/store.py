"""Rows and values: the signer's SQLite file, one writer at a time.

A `Store` hands out transactions. What is committed is on disk when `transaction()` or `together()` has ended; what was
not committed when the process died never happened. Those who wait for the disk at the same time wait together, for one
commit. What may be lost in a power failure without harm does not wait: how a use of a key ended, and that an attempt
was right. It outlives the death of the process, and reaches the disk with the next commit that waits. Should the power
fail before that, the use is found open and is closed as interrupted, which is what is then known of it, and the attempt
counts as a wrong one.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, Generic, TypeVar, final

from absah.adapters.signer.errors import CredentialExists, CredentialUnknown
from absah.adapters.signer.records import (
    BoundPasskey,
    BoundTotp,
    CertifiedChain,
    Credential,
    KeyKind,
    KeyUse,
    ProtectionMode,
    Standing,
    WrongAttempts,
)
from absah.adapters.signer.schema import open_database
from absah.kernel.clock import Instant
from absah.pki.algorithms import KeyAlgorithm, SignatureScheme
from absah.signing.ports import CredentialId, CredentialState

_Result = TypeVar("_Result")
_MOST_TOGETHER: Final = 64
_COLUMNS = "id, kind, algorithm, protection, key_version, public_key, stored_key, state, certificate, place, scheme"
_INSERT = f"INSERT INTO credential ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant


@final
class Transaction:
    """Reads and writes that happen together or not at all."""

    def __init__(self, connection: sqlite3.Connection, /) -> None:
        self._connection = connection

    def credential(self, name: CredentialId, /) -> Credential:
        """Raises CredentialUnknown."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM credential WHERE id = ?", (name,)).fetchone()  # noqa: S608 - a constant
        if row is None:
            raise CredentialUnknown
        return self._credential_of(row)

    def standing(self, name: CredentialId, /) -> Standing:
        """Of a credential, what is looked at before each use. Raises CredentialUnknown."""
        row = self._connection.execute("SELECT state, certificate FROM credential WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise CredentialUnknown
        return Standing(CredentialState(row[0]), row[1])

    def has_credential(self, name: CredentialId, /) -> bool:
        return self._connection.execute("SELECT 1 FROM credential WHERE id = ?", (name,)).fetchone() is not None

    def credentials(self) -> tuple[Credential, ...]:
        """All of them, by name."""
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM credential ORDER BY id").fetchall()  # noqa: S608 - a constant
        return tuple(map(self._credential_of, rows))

    def _credential_of(self, row: tuple[Any, ...]) -> Credential:
        identity, kind, algorithm, protection, version, public_key, stored_key, state, certificate, place, scheme = row
        name = CredentialId(identity)
        return Credential(
            credential=name,
            kind=KeyKind(kind),
            algorithm=KeyAlgorithm(algorithm),
            protection=ProtectionMode(protection),
            key_version=version,
            public_key=public_key,
            stored_key=stored_key,
            state=CredentialState(state),
            certified=None if certificate is None else CertifiedChain(certificate=certificate, chain=self._chain(name)),
            place=place,
            scheme=None if scheme is None else SignatureScheme(scheme),
        )

    def _chain(self, name: CredentialId) -> tuple[bytes, ...]:
        query = "SELECT certificate FROM chain_certificate WHERE credential = ? ORDER BY position"
        return tuple(certificate for (certificate,) in self._connection.execute(query, (name,)))

    def add_credential(self, new: Credential, /) -> None:
        """Keep a new key, which has no certificate yet. Raises CredentialExists."""
        values = (
            new.credential,
            new.kind.value,
            new.algorithm.value,
            new.protection.value,
            new.key_version,
            new.public_key,
            new.stored_key,
            new.state.value,
            None,
            new.place,
            None if new.scheme is None else new.scheme.value,
        )
        try:
            self._connection.execute(_INSERT, values)
        except sqlite3.IntegrityError:
            raise CredentialExists from None

    def attach(self, name: CredentialId, certified: CertifiedChain, /) -> None:
        """Give the credential its certificate; from pending it becomes active."""
        self._connection.execute(
            "UPDATE credential SET certificate = ?, state = CASE state WHEN 'pending' THEN 'active' ELSE state END"
            " WHERE id = ?",
            (certified.certificate, name),
        )
        self._connection.execute("DELETE FROM chain_certificate WHERE credential = ?", (name,))
        self._connection.executemany(
            "INSERT INTO chain_certificate (credential, position, certificate) VALUES (?, ?, ?)",
            [(name, position, certificate) for position, certificate in enumerate(certified.chain)],
        )

    def set_state(self, name: CredentialId, state: CredentialState, /) -> None:
        self._connection.execute("UPDATE credential SET state = ? WHERE id = ?", (state.value, name))

    def set_stored_key(self, name: CredentialId, stored_key: bytes, /) -> None:
        self._connection.execute("UPDATE credential SET stored_key = ? WHERE id = ?", (stored_key, name))

    def drop_credential(self, name: CredentialId, /) -> None:
        self._connection.execute("DELETE FROM credential WHERE id = ?", (name,))

    def totp_of(self, name: CredentialId, /) -> BoundTotp | None:
        """The bound one-time code, or None."""
        row = self._connection.execute(
            "SELECT sealed_secret, required, last_step FROM totp WHERE credential = ?", (name,)
        ).fetchone()
        return row and BoundTotp(sealed_secret=row[0], required=bool(row[1]), last_step=row[2])

    def bind_totp(self, name: CredentialId, bound: BoundTotp, /) -> None:
        """Bind a one-time code, in place of the one before."""
        self._connection.execute(
            "INSERT OR REPLACE INTO totp (credential, sealed_secret, required, last_step) VALUES (?, ?, ?, ?)",
            (name, bound.sealed_secret, int(bound.required), bound.last_step),
        )

    def use_totp_step(self, name: CredentialId, step: int, /) -> bool:
        """Use up a time step and all before it. False when it was used already: by another thread, say."""
        changed = self._connection.execute(
            "UPDATE totp SET last_step = ? WHERE credential = ? AND last_step < ?", (step, name, step)
        )
        return changed.rowcount == 1

    def passkeys_of(self, name: CredentialId, /) -> tuple[BoundPasskey, ...]:
        """The passkeys that agree for a credential, the oldest first."""
        rows = self._connection.execute(
            "SELECT passkey, public_key, site, last_count FROM passkey WHERE credential = ? ORDER BY rowid", (name,)
        ).fetchall()
        return tuple(
            BoundPasskey(credential_id=passkey, public_key=key, site=site, last_count=count)
            for passkey, key, site, count in rows
        )

    def bind_passkey(self, name: CredentialId, bound: BoundPasskey, count: int, /) -> None:
        """Bind one that is not bound yet."""
        self._connection.execute(
            "INSERT INTO passkey (credential, passkey, public_key, site, last_count) VALUES (?, ?, ?, ?, ?)",
            (name, bound.credential_id, bound.public_key, bound.site, count),
        )

    def release_passkey(self, name: CredentialId, credential_id: bytes, /) -> bool:
        """Let go of one. False when it was not bound."""
        gone = self._connection.execute(
            "DELETE FROM passkey WHERE credential = ? AND passkey = ?", (name, credential_id)
        )
        return gone.rowcount == 1

    def use_passkey(self, name: CredentialId, credential_id: bytes, challenge: bytes, count: int, /) -> bool:
        """Use up a challenge. False when it was used before, or the device's count did not grow (WebAuthn §7.2, 22)."""
        changed = self._connection.execute(
            "UPDATE passkey SET last_count = ? WHERE credential = ? AND passkey = ?"
            " AND (last_count < ? OR (last_count = 0 AND ? = 0))",
            (count, name, credential_id, count, count),
        )
        used = self._connection.execute(
            "INSERT OR IGNORE INTO passkey_use (credential, challenge) VALUES (?, ?)", (name, challenge)
        )
        return changed.rowcount == 1 and used.rowcount == 1

    def seal_activation(self, name: CredentialId, /) -> tuple[bytes, int] | None:
        """The digest of a seal's code of the day and its end (seconds, Unix), or None."""
        row = self._connection.execute(
            "SELECT digest, until FROM seal_activation WHERE credential = ?", (name,)
        ).fetchone()
        return None if row is None else (bytes(row[0]), int(row[1]))

    def set_seal_activation(self, name: CredentialId, digest: bytes, until: int, /) -> None:
        """Keep a code of the day, in place of the one before."""
        self._connection.execute(
            "INSERT OR REPLACE INTO seal_activation (credential, digest, until) VALUES (?, ?, ?)", (name, digest, until)
        )

    def drop_seal_activation(self, name: CredentialId, /) -> None:
        self._connection.execute("DELETE FROM seal_activation WHERE credential = ?", (name,))

    def wrong_attempts(self, application: str, name: CredentialId, /) -> WrongAttempts:
        row = self._connection.execute(
            "SELECT wrong, wait_until FROM attempts WHERE application = ? AND credential = ?", (application, name)
        ).fetchone()
        return WrongAttempts(wrong=row[0], wait_until=row[1]) if row else WrongAttempts()

    def wrong_attempts_everywhere(self, name: CredentialId, since: int, most_of_one: int, /) -> int:
        """Wrong attempts on a credential by all applications whose waiting ended after `since` (seconds, Unix).

        A row of wrong ones may be days long; of each application no more than `most_of_one` are counted.
        """
        row = self._connection.execute(
            "SELECT coalesce(sum(min(wrong, ?)), 0) FROM attempts WHERE credential = ? AND wait_until > ?",
            (most_of_one, name, since),
        ).fetchone()
        return int(row[0])

    def set_wrong_attempts(self, application: str, name: CredentialId, attempts: WrongAttempts, /) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO attempts (application, credential, wrong, wait_until) VALUES (?, ?, ?, ?)",
            (application, name, attempts.wrong, attempts.wait_until),
        )

    def forgive_attempts(self, application: str, name: CredentialId, /) -> None:
        self._connection.execute("DELETE FROM attempts WHERE application = ? AND credential = ?", (application, name))

    def begin_use(self, use: KeyUse, at: Instant, /) -> int:
        """Write an intention into the journal; answers its number."""
        made = self._connection.execute(
            "INSERT INTO key_use (at, credential, operation, subject, application, factors) VALUES (?, ?, ?, ?, ?, ?)",
            (
                int(at.timestamp()),
                use.credential,
                use.operation,
                use.subject,
                use.application,
                "+".join(sorted(use.factors)),
            ),
        )
        if made.lastrowid is None:
            raise AssertionError("an INSERT has a row")
        return made.lastrowid

    def end_use(self, number: int, result: str, at: Instant, /) -> None:
        """Write how an intention ended."""
        self._connection.execute(
            "INSERT INTO key_use_result (key_use, at, result) VALUES (?, ?, ?)", (number, int(at.timestamp()), result)
        )

    def record(self, use: KeyUse, at: Instant, /) -> None:
        """Write into the journal something that happens in this very transaction."""
        self.end_use(self.begin_use(use, at), "done", at)

    def end_interrupted_uses(self, at: Instant, /) -> int:
        """Close the intentions that a killed process left open; answers how many there were."""
        return self._connection.execute(
            "INSERT INTO key_use_result (key_use, at, result) SELECT id, ?, 'interrupted' FROM key_use"
            " WHERE id NOT IN (SELECT key_use FROM key_use_result)",
            (int(at.timestamp()),),
        ).rowcount


@final
class _Waiting(Generic[_Result]):
    """Work that waits for a commit, and what came of it."""

    __slots__ = ("_result", "_work", "done", "problem")

    def __init__(self, work: Callable[[Transaction], _Result], /) -> None:
        self._work = work
        self._result: list[_Result] = []
        self.problem: BaseException | None = None
        self.done = False

    def perform(self, transaction: Transaction, connection: sqlite3.Connection, /) -> None:
        """Do it inside a transaction of many. What it raises undoes its own part and nobody else's."""
        connection.execute("SAVEPOINT one_of_many")
        try:
            self._result = [self._work(transaction)]
        except BaseException as problem:  # noqa: BLE001 - it is raised again where it belongs
            self.problem = problem
            connection.execute("ROLLBACK TO one_of_many")
        connection.execute("RELEASE one_of_many")

    def result(self) -> _Result:
        """What came of it, or what it raised."""
        if self.problem is not None:
            raise self.problem
        return self._result[0]


@final
class Store:
    """The file `keys/credentials.sqlite3`. Threads take turns: one that writes, and one that looks beside it."""

    def __init__(self, path: Path, /) -> None:
        self._connection = open_database(path)
        self._turn = Lock()
        self._looking = open_database(path)  # in WAL mode whoever reads waits for no disk that another writes to
        self._looking.execute("PRAGMA query_only = ON")
        self._look = Lock()
        self._queue: deque[_Waiting[Any]] = deque()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that writes; committed at the end, undone by any exception."""
        with self._turn, self._begun() as transaction:
            yield transaction

    def together(self, work: Callable[[Transaction], _Result], /) -> _Result:
        """Do some work in one transaction with that of all who wait for their turn; it is on disk when this returns.

        Whoever gets the turn first does the work of the others too. What `work` raises undoes its own part only.
        """
        mine = _Waiting(work)
        self._queue.append(mine)
        with self._turn:
            while not mine.done:
                self._commit_waiting()
        return mine.result()

    def _commit_waiting(self) -> None:
        taken = [self._queue.popleft() for _ in range(min(len(self._queue), _MOST_TOGETHER))]
        try:
            with self._begun() as transaction:
                for one in taken:
                    one.perform(transaction, self._connection)
        except BaseException as problem:  # noqa: BLE001 - each of those who wait raises it
            for one in taken:
                one.problem = one.problem or problem
        finally:
            for one in taken:
                one.done = True

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """What is committed at one moment, for a look."""
        with self._look:
            self._looking.execute("BEGIN")
            try:
                yield Transaction(self._looking)
            finally:
                self._looking.execute("COMMIT")

    @contextmanager
    def unhurried(self) -> Iterator[Transaction]:
        """A transaction that does not wait for the disk."""
        with self._turn:
            # In WAL mode a commit under NORMAL is whole and in its order, and not yet synchronised.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with self._begun() as transaction:
                    yield transaction
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _begun(self) -> Iterator[Transaction]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield Transaction(self._connection)
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        with self._turn, self._look:
            self._looking.close()
            self._connection.close()
