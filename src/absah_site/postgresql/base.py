"""Where Django looks for the class of its connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, Error, InterfaceError, InternalError
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg import Connection
from psycopg.pq import TransactionStatus

from absah_site.postgresql.statements import COMMIT, Answer, Statement, Statements


@dataclass(slots=True)
class Waiting:
    """A statement that waits for the trip of the next; `refusal` is raised instead of what the database says of it."""

    statement: Statement
    refusal: type[Exception] | None
    answer: Answer | None = None


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with prepared statements, and with statements that wait for the trip of the next.

    Where the next is COMMIT, nothing was sent in vain and a trip is saved: half of what a row of the ledger costs. As
    every other statement takes them along before it, whoever reads in the same transaction sees what was put off, and a
    savepoint keeps what came before it.

    The error of one that waited is raised where the next is sent, and so may meet somebody who is ready for an error of
    his own and goes on. He comes no further than COMMIT: what the server has given up is refused there, too.
    """

    _waiting: list[Waiting]

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Connect; nothing is prepared there, and nothing waits."""
        connection: Connection[Any] = super().get_new_connection(conn_params)
        self._statements = Statements(connection)
        self._waiting = []
        return connection

    def run(self, statement: str, values: Sequence[Any], /) -> Answer:
        """Run a statement of `absah_site.rows`, with those that wait in the same trip."""
        return self._travel(self._written(statement, values))[-1]

    def put_off(self, statement: str, values: Sequence[Any], /, *, refusal: type[Exception] | None = None) -> Waiting:
        """Run a statement with the next one, or with COMMIT. `refusal` is raised then, if the database refuses it.

        A value that cannot be sent is an error at once.
        """
        waiting = Waiting(self._written(statement, values), refusal)
        self._waiting.append(waiting)
        return waiting

    def answer_to(self, asked: Waiting, /) -> Answer:
        """The answer to a statement that waited; where nothing has taken it along yet, it goes now."""
        if asked.answer is None:
            self.send_waiting()
        if asked.answer is None:
            raise InterfaceError("the transaction in which this was asked is over")
        return asked.answer

    def send_waiting(self) -> None:
        """Send what waits, for one who is about to send something by another way."""
        if self._waiting:
            self._travel()

    def create_cursor(self, name: str | None = None) -> Any:
        """Whoever asks for a cursor is about to send a statement."""
        self.send_waiting()
        return super().create_cursor(name)

    def make_cursor(self, cursor: Any) -> "Cursor":
        """One that may be kept."""
        return Cursor(cursor, self)

    def _written(self, statement: str, values: Sequence[Any]) -> Statement:
        with self.wrap_database_errors:
            return self._statements.write(statement, values)

    def _travel(self, *last: Statement) -> tuple[Answer, ...]:
        """Send what waits, and a statement behind it. Raises the refusal of the one that is refused."""
        waiting, self._waiting = self._waiting, []
        try:
            with self.wrap_database_errors:
                answers = self._statements.run(*(one.statement for one in waiting), *last)
        except DatabaseError as problem:
            number = self._statements.refused
            refusal = None if number is None or number >= len(waiting) else waiting[number].refusal
            if refusal is None:
                raise
            raise refusal from problem
        for one, answer in zip(waiting, answers, strict=False):  # `last` is nobody's that waited
            one.answer = answer
        return answers

    def _commit(self) -> None:
        """COMMIT. The server answers it with a silent ROLLBACK where a statement was refused; here that is an error."""
        if self.connection is None:
            return
        if self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
            raise InternalError("a statement of the transaction was refused: nothing of it can be committed")
        if not self._waiting:
            super()._commit()  # type: ignore[misc] # the stubs leave it out
            return
        try:
            self._travel(COMMIT)
        except DatabaseError:
            raise  # Django undoes the transaction
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        """As Django does where a COMMIT fails with an error of the database; its hooks must not outlive it."""
        try:
            self.rollback()
        except Error:
            self.close()

    def _rollback(self) -> None:
        self._waiting = []
        super()._rollback()  # type: ignore[misc] # the stubs leave it out

    def _close(self) -> None:
        self._waiting = []
        super()._close()  # type: ignore[misc] # the stubs leave it out


class Cursor(CursorWrapper):
    """Django's. What was put off since it was made goes before what it sends."""

    db: DatabaseWrapper

    def _execute(self, *arguments: Any) -> Any:
        self.db.send_waiting()
        return super()._execute(*arguments)  # type: ignore[misc] # the stubs leave it out

    def _executemany(self, *arguments: Any) -> Any:
        self.db.send_waiting()
        return super()._executemany(*arguments)  # type: ignore[misc] # the stubs leave it out
