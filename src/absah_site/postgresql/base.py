"""Where Django looks for the class of its connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, Error, InterfaceError
from django.db.backends.postgresql import base
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
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Connect; nothing is prepared there, and nothing waits."""
        connection: Connection[Any] = super().get_new_connection(conn_params)
        self._statements = Statements(connection)
        self._waiting: list[Waiting] = []
        return connection

    def run(self, statement: str, values: Sequence[Any], /) -> Answer:
        """Run a statement of `absah_site.rows`, with those that wait in the same trip."""
        return self._travel((statement, values))[-1]

    def put_off(self, statement: str, values: Sequence[Any], /, *, refusal: type[Exception] | None = None) -> Waiting:
        """Run a statement with the next one, or with COMMIT. `refusal` is raised then, if the database refuses it."""
        waiting = Waiting((statement, values), refusal)
        self._waiting.append(waiting)
        return waiting

    def answer_to(self, asked: Waiting, /) -> Answer:
        """The answer to a statement that waited; where nothing has taken it along yet, it goes now."""
        if asked.answer is None and self._waiting:
            self._travel()
        if asked.answer is None:
            raise InterfaceError("the transaction in which this was asked is over")
        return asked.answer

    def create_cursor(self, name: str | None = None) -> Any:
        """Whoever asks for a cursor is about to send a statement."""
        if self._waiting:
            self._travel()
        return super().create_cursor(name)

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
        if self.connection is None or not self._waiting:
            super()._commit()  # type: ignore[misc] # the stubs leave it out
            return
        try:
            self._travel(COMMIT)
        except Exception:
            if self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
                self._give_up()  # else it is COMMIT that failed, or the connection: Django knows what to do
            raise

    def _give_up(self) -> None:
        """As Django does where a COMMIT fails."""
        try:
            self._rollback()
        except Error:
            self.close()

    def _rollback(self) -> None:
        self._waiting = []
        super()._rollback()  # type: ignore[misc] # the stubs leave it out
