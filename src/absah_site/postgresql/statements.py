"""Statements that one connection to PostgreSQL has prepared, any number of them in one trip to the server.

psycopg prepares statements, too, and has pipelines, but one of its pipelines costs more processor time than the trip
that it saves. Here values go through psycopg's adapters, and messages through `psycopg.pq`, its way to libpq.
"""

import re
import select
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple, TypeAlias, final

from psycopg import Connection, abc, capabilities, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

#: The text of a statement, with `%s` in place of each value, and the types of the values.
_Form: TypeAlias = tuple[str, tuple[int, ...]]


class Statement(NamedTuple):
    """A statement, with its values as the server reads them."""

    form: _Form
    values: Sequence[abc.Buffer | None] = ()
    formats: Sequence[Format] = ()


COMMIT: Final = Statement(("COMMIT", ()))
_BEGIN: Final = Statement(("BEGIN", ()))
_TAKEN: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
_OUTDATED: Final = b"0A000"  # "cached plan must not change result type", which is not for ever
_MOST: Final = 100
_numbers: Final = count()


@final
class Answer:
    """What the server said to a statement."""

    def __init__(self, result: PGresult, reader: abc.Transformer, /) -> None:
        self._result, self._reader = result, reader

    @property
    def rowcount(self) -> int:
        """How many rows were written or found."""
        return self._result.command_tuples or 0

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows that were found."""
        self._reader.set_pgresult(self._result)
        return self._reader.load_rows(0, self._result.ntuples, tuple)


@final
class Statements:
    """Those of one connection. The most used are kept prepared."""

    def __init__(self, connection: Connection[Any], /) -> None:
        self._connection, self._server = connection, connection.pgconn
        self._adapters: abc.Transformer = Transformer(connection)
        self._prepared: OrderedDict[_Form, bytes] = OrderedDict()
        self._poll = select.poll()
        self._poll.register(self._server.socket, select.POLLIN)
        #: Which of the statements asked last the server refused, by number; None where it was none of them.
        self.refused: int | None = None

    def write(self, text: str, values: Sequence[Any], /) -> Statement:
        """A statement to be run. Raises what psycopg raises of a value that cannot be sent; nothing was sent then."""
        written = self._adapters.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return Statement((text, self._adapters.types or ()), written, self._adapters.formats or ())

    def run(self, *asked: Statement) -> tuple[Answer, ...]:
        """Send statements in one trip, after a BEGIN where a transaction has to begin. Returns the answer to each.

        What stands behind a refused one is not run; `refused` is its number. Raises what psycopg raises.
        """
        self.refused = None
        begins = self._server.transaction_status == TransactionStatus.IDLE and not self._connection.autocommit
        sent: list[_Form | None] = []
        lasts: list[int] = []  # which message is the last of each statement: its answer is the statement's
        self._server.enter_pipeline_mode()
        try:
            if begins:
                sent += self._send(_BEGIN)
            for statement in asked:
                sent += self._send(statement)
                lasts.append(len(sent) - 1)
            self._server.pipeline_sync()
            self._flush()
            results = [self._result() for _ in sent]
            self._take()  # the answer to the sync, which nothing follows
            self._server.exit_pipeline_mode()
        except BaseException:
            self._server.finish()  # nobody could tell any more which answer is whose
            raise
        refused = [number for number, result in enumerate(results) if result.status not in _TAKEN]
        if refused:
            for number in refused:
                if form := sent[number]:
                    self._prepared.pop(form, None)
            first = refused[0]
            self.refused = None if begins and first == 0 else bisect_left(lasts, first)
            if results[first].error_field(DiagnosticField.SQLSTATE) == _OUTDATED:
                self._server.finish()  # the tables are others now: what was prepared for them goes with the connection
            raise errors.error_from_result(results[first])
        return tuple(Answer(results[last], self._adapters) for last in lasts)

    def _send(self, statement: Statement) -> Iterator[_Form | None]:
        """One item for each message: what it prepares, or None."""
        form = text, types = statement.form
        if not types:
            self._server.send_query_params(text.encode(), None)
            yield None
            return
        name = self._prepared.get(form)
        if name is None:
            name = self._prepared[form] = f"absah_{next(_numbers)}".encode()
            self._server.send_prepare(name, _numbered(text), types)
            yield form
            if len(self._prepared) > _MOST:
                _, oldest = self._prepared.popitem(last=False)
                self._let_go(oldest)
                yield None
        else:
            self._prepared.move_to_end(form)
        self._server.send_query_prepared(name, statement.values, statement.formats)
        yield None

    def _let_go(self, name: bytes) -> None:
        if capabilities.has_send_close_prepared():  # a pooler understands it, other than the statement
            self._server.send_close_prepared(name)
        else:
            self._server.send_query_params(b"DEALLOCATE " + name, None)

    def _flush(self) -> None:
        """Write what the socket did not take at once."""
        socket = self._server.socket
        while self._server.flush():
            self._poll.modify(socket, select.POLLIN | select.POLLOUT)
            if self._poll.poll()[0][1] & select.POLLIN:
                self._server.consume_input()
            self._poll.modify(socket, select.POLLIN)

    def _result(self) -> PGresult:
        """The answer to one message; nothing more comes to it."""
        result = self._take()
        if result is None or self._take() is not None:
            raise errors.InterfaceError("an answer is missing")
        return result

    def _take(self) -> PGresult | None:
        while self._server.is_busy():
            self._poll.poll()
            self._server.consume_input()
        return self._server.get_result()


@lru_cache(maxsize=_MOST)
def _numbered(statement: str) -> bytes:
    """As the server reads it, with `$1`, `$2` and so on."""
    places = count(1)
    return re.sub("%s", lambda _: f"${next(places)}", statement).encode()
