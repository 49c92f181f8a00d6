"""The queue: huey, in a file of its own beside a SQLite database, in tables of its own inside PostgreSQL.

What travels is the number of a job and nothing else. huey pickles by default, and whoever can write into a pickle's way
runs code in the worker; a number runs nothing. A queue that is lost, or speaks twice, does no harm: see `sweep`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Final

from django.db import connection
from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from absah_site import composition

_NAME: Final = "absah"
_TASK: Final = "run_job"
_STOP_WITHIN: Final = 8.0  # seconds; `absah up` insists after ten

Run = Callable[[int], object]


class NumberOnly(Serializer):  # type: ignore[misc]  # huey has no types
    """A message is the digits of a number."""

    def _serialize(self, data: Message) -> bytes:
        return b"%d" % data.args[0]

    def _deserialize(self, data: bytes) -> Message:
        number = int(bytes(data))
        return Message(id=f"job-{number}", name=f"{__name__}.{_TASK}", retries=0, args=(number,), kwargs={})


@cache
def _queue() -> Huey:
    common = {"results": False, "serializer": NumberOnly()}
    if connection.vendor == "postgresql":
        return PostgresHuey(_NAME, connection=_connect, table_prefix="absah_queue", **common)
    folder = composition.config().data / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey(_NAME, filename=str(folder / "jobs.sqlite3"), fsync=False, **common)


def _connect() -> Any:
    import psycopg  # noqa: PLC0415  (an extra)

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings = connection.settings_dict
    return psycopg.connect(**{ours: settings[theirs] for theirs, ours in names.items() if settings[theirs]})


def send(number: int, /) -> None:
    """Hand a number to whoever works. Raises what the queue raises."""
    queue = _queue()
    queue.storage.enqueue(queue.serializer.serialize(Message(id="", name=_TASK, args=(number,))), 0)


@contextmanager
def consuming(run: Run, /, *, threads: int) -> Iterator[None]:
    """Take numbers from the queue and run them in threads, until the block ends; then wait a little for what runs."""

    def run_job(number: int) -> None:
        run(number)

    queue = _queue()
    task = queue.task(name=_TASK)(run_job)
    turn = Lock()

    def let_go() -> None:
        with turn:  # two threads that close at once trip over each other
            queue.storage.close()

    queue.on_shutdown()(let_go)  # a thread that ends leaves the connection it listens on to nobody else
    consumer: Any = queue.create_consumer(
        workers=threads, periodic=False, scheduler_interval=60, max_delay=0.5, shutdown_timeout=_STOP_WITHIN
    )
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        task.unregister()
