"""Where Django looks for the class of its connections."""

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, Error
from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.pq import TransactionStatus

from absah_site.postgresql.statements import COMMIT, Answer, Statement, Statements


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with prepared statements, and with statements that wait for the trip of the next.

    Where the next is COMMIT, nothing was sent in vain and a trip is saved: half of what a row of the ledger costs. As
    every other statement takes them along first, whoever reads in the same transaction sees what was put off, and a
    savepoint keeps what came before it.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        """Connect; nothing is prepared there, and nothing waits."""
        connection: Connection[Any] = super().get_new_connection(conn_params)
        self._statements = Statements(connection)
        self._waiting: list[Statement] = []
        self._refusal: type[Exception] = DatabaseError
        return connection

    def run(self, statement: str, values: Sequence[Any], /) -> Answer:
        """Run a statement of `absah_site.rows`."""
        self._send_waiting()
        with self.wrap_database_errors:
            return self._statements.run((statement, values))

    def put_off(self, statement: str, values: Sequence[Any], /, *, refusal: type[Exception]) -> None:
        """Run a statement with the next one, or with COMMIT. `refusal` is raised then, if the database refuses it."""
        self._waiting.append((statement, values))
        self._refusal = refusal

    def create_cursor(self, name: str | None = None) -> Any:
        """Whoever asks for a cursor is about to send a statement."""
        self._send_waiting()
        return super().create_cursor(name)

    def _send_waiting(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                with self.wrap_database_errors:
                    self._statements.run(*waiting)
            except DatabaseError as problem:
                raise self._refusal from problem

    def _commit(self) -> None:
        if self.connection is None or not self._waiting:
            super()._commit()  # type: ignore[misc] # the stubs leave it out
            return
        waiting, self._waiting = self._waiting, []
        try:
            with self.wrap_database_errors:
                self._statements.run(*waiting, COMMIT)
        except DatabaseError as problem:
            if self.connection.pgconn.transaction_status != TransactionStatus.INERROR:
                raise  # it is COMMIT that failed, or the connection: Django knows what to do
            self._give_up()
            raise self._refusal from problem

    def _give_up(self) -> None:
        """As Django does where a COMMIT fails."""
        try:
            self._rollback()
        except Error:
            self.close()

    def _rollback(self) -> None:
        self._waiting = []
        super()._rollback()  # type: ignore[misc] # the stubs leave it out
