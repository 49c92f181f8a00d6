"""A register in a process of its own, so that a small and a large one can be measured in turns: `… register_side DATA`.

The protocol is lines, as `bench.peers.process` has it: `answer N` and `issue N` do that so often and say how long it
took; `search` says what operators wait for.

Before the first of them the indexes that are written and read at random places are read through once, as those of a
register in use are in memory: after a fill they are on the disk, and how much of them is not is a matter of chance.
"""

import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Final

from absah.kernel.clock import SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.ocsp import parse_ocsp_response
from bench.register_work import TOGETHER, Issuing, opened
from bench.rounds import Here
from bench.status import question

#: Read through before anything is measured: one column that the index has says that it, and no row, is read.
_AT_RANDOM: Final = {
    "pki_status_by_serial": "status",
    "sqlite_autoindex_pki_certificate_1": "serial",
    "pki_certificate_fingerprint": "fingerprint_head",
    "pki_certificate_of_key": "key_head",
    "pki_certificate_holder": "holder",
}
#: So many certificates are asked about, each once where there are as many: what was read lately is no help.
_ASKED: Final = 50_000


def _serials() -> list[int]:
    """Serial numbers from all over the register, in no order."""
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM pki_certificate")
        ((last,),) = cursor.fetchall()
        step = max(1, last // _ASKED)
        cursor.execute(
            "WITH RECURSIVE chosen (id) AS (SELECT 1 UNION ALL SELECT id + %s FROM chosen WHERE id + %s <= %s)"
            " SELECT serial FROM chosen JOIN pki_certificate USING (id) ORDER BY fingerprint",
            (step, step, last),
        )
        return [int(serial, 16) for (serial,) in cursor.fetchall()]


def _read_indexes() -> None:
    from django.db import connection  # noqa: PLC0415 (Django is set up only now)

    with connection.cursor() as cursor:
        for index, column in _AT_RANDOM.items():
            cursor.execute(f"SELECT max(length({column})) FROM pki_certificate INDEXED BY {index}")  # noqa: S608 (ours)
            cursor.fetchall()


def answering(data: Path) -> Callable[[], object]:
    """Answer about one certificate after another as the responder does: read, look up, sign."""
    from absah_site.pki import actions as pki  # noqa: PLC0415 (Django is set up only now)
    from absah_site.responders.exchange import Question  # noqa: PLC0415
    from absah_site.responders.ocsp.application import FolderKeys  # noqa: PLC0415
    from absah_site.responders.ocsp.desk import OcspDesk  # noqa: PLC0415
    from absah_site.responders.ocsp.register import Register, SqliteRows  # noqa: PLC0415

    register = Register(SqliteRows(data / "db.sqlite3"))
    (issuer,) = register.issuers()
    desk = OcspDesk(register, FolderKeys(data, SystemRng(), SystemClock()), SystemClock())
    desk.tick()
    pki.certify_responders()
    desk.tick()
    bodies = [question(issuer.certificate, serial, b"n" * 32) for serial in _serials()]
    questions = cycle([Question(method="POST", rest="", body=body) for body in bodies])
    if parse_ocsp_response(desk.answer(next(questions)).body).nonce is None:
        raise AssertionError("the nonce did not come back")
    return lambda: desk.answer(next(questions))


def search_milliseconds() -> float:
    """What an operator waits for a search by name, ms at the 95th percentile: names that are rare, common, unknown.

    Each is looked for among all, and among those on hold, of whom there are none.
    """
    from absah_site.pki import access  # noqa: PLC0415 (Django is set up only now)
    from absah_site.pki.store import Status  # noqa: PLC0415

    took = []
    for text in ("siti", "Siti Contoh", "bu", "nobody at all", "ada", "kota") * 5:
        for status in (None, Status.SUSPENDED):
            began = time.perf_counter()
            access.find_certificates(access.Search(text=text, status=status), offset=0, limit=26)
            took.append(1000 * (time.perf_counter() - began))
    return sorted(took)[int(len(took) * 0.95)]


def main() -> None:
    """Say ready, then answer line by line."""
    data = opened(Path(sys.argv[1]))
    from django.core.management import call_command  # noqa: PLC0415 (Django is set up only now)

    call_command("migrate", verbosity=0)  # a register that was kept is as old as the release that filled it
    _read_indexes()
    issuing = Issuing(data)  # the signer is here from now on; the responder's key is certified by it
    sides = {"answer": Here(answering(data)), "issue": Here(issuing.many)}
    print("ready", data, flush=True)
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        if word == "search":
            print(search_milliseconds(), flush=True)
            continue
        turn = sides[word].turn(int(number))
        each = TOGETHER if word == "issue" else 1
        print(turn.n * each, turn.cpu, turn.wall, flush=True)


if __name__ == "__main__":
    main()
