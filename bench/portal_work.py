"""One measurement of the portal, in a process of its own: `python -m bench.portal_work TASK FOLDER`.

The instance is the demo's, with its real signer process, TSA and workers; documents go through the actions that the
pages call.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from absah_site.cli.instance import open_instance

DOCUMENTS: Final = 200
WAITING: Final = 10_000
_ROUNDS: Final = 40


def main() -> int:
    """Measure, and print the figures as one JSON object."""
    task, folder = sys.argv[1], Path(sys.argv[2]) / "demo"
    absah = [sys.executable, "-m", "absah_site.cli"]
    words = ["demo", "--data", str(folder), *(["--holder-keys", "rsa-2048"] if task == "desk" else [])]
    subprocess.run([*absah, *words], capture_output=True, check=True)  # noqa: S603 - ours
    open_instance(folder)
    credentials = json.loads((folder / "credentials.json").read_text(encoding="utf-8"))
    try:
        print(json.dumps(TASKS[task](credentials)))
    finally:
        from absah.adapters.signer_life import stop_signer  # noqa: PLC0415  (after Django)

        stop_signer(folder)
    return 0


def desk(credentials: dict[str, Any]) -> dict[str, float]:
    """Two hundred documents of one page, signed by one act to B-LT, verified, and archived (B-LTA)."""
    from absah.adapters.totp import code_at, read_base32  # noqa: PLC0415  (after Django)
    from absah.signing.factors import Factors, Secret  # noqa: PLC0415
    from absah.workflow.dossier import Subject, Way  # noqa: PLC0415
    from absah.workflow.parts import Part, Spot  # noqa: PLC0415
    from absah_site import composition  # noqa: PLC0415
    from absah_site.accounts.access import account_named  # noqa: PLC0415
    from absah_site.cli.demo_documents import letter  # noqa: PLC0415
    from absah_site.cli.instance import open_signer  # noqa: PLC0415
    from absah_site.desk import actions  # noqa: PLC0415
    from absah_site.desk.store import ItemState, find  # noqa: PLC0415
    from absah_site.dossiers.actions import preparing  # noqa: PLC0415
    from absah_site.dossiers.actions.preparing import Upload, WantedSeat  # noqa: PLC0415
    from absah_site.jobs.actions import run_due  # noqa: PLC0415

    open_signer(composition.config())
    now = composition.clock().now()
    admin, leader = account_named("admin", now=now), account_named("ratna", now=now)
    made = []
    for number in range(DOCUMENTS):
        document = letter(f"Kenaikan pangkat {number}", f"823.3/{number:04d}", ("Menetapkan kenaikan pangkat.",) * 4)
        subject = Subject(title=f"Kenaikan pangkat {number}", number=f"823.3/{number:04d}", kind="decree")
        dossier = preparing.create(Upload(content=document), subject, Way(), by=admin)
        seat = WantedSeat(account=leader.public_id, part=Part.SIGN, turn=1)
        preparing.seat_people(dossier.id, (seat,), by=admin)
        preparing.place(dossier.id, {1: Spot(page=1, x=320, y=600, width=190, height=70)}, keep=False, by=admin)
        preparing.send(dossier.id, by=admin)
        made.append(dossier.id)
    bundle = actions.gather(tuple(made), by=leader)
    own = credentials["signers"][0]
    code = code_at(read_base32(own["totp_secret"]), composition.clock().now())
    factors = Factors(passphrase=Secret(own["passphrase"]), totp=code)
    began, spent = time.perf_counter(), _spent()
    actions.authorise_bundle(bundle, factors, agrees=True, has_read=True, by=leader)
    authorised = time.perf_counter()
    run_due()
    ended, spent = time.perf_counter(), _spent() - spent
    found = find(bundle)
    done = 0 if found is None else found.count(ItemState.DONE)
    return {"seconds": ended - began, "answered": authorised - began, "done": done, "cpu": spent}


def _spent() -> float:
    """Seconds of processors that this process and those started for the instance have used."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            line = (path.parent / "cmdline").read_bytes()
            if (
                path.parent.name == str(os.getpid())
                or os.environ["ABSAH_DATA"].encode() in line
                or int(fields[1]) == os.getpid()
            ):
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def inbox(_credentials: dict[str, Any]) -> dict[str, float]:
    """The inbox of somebody for whom ten thousand documents wait, as the web process answers it."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from absah.kernel.rng import SystemRng, opaque_id  # noqa: PLC0415
    from absah_site import composition  # noqa: PLC0415
    from absah_site.dossiers import models  # noqa: PLC0415

    user, now, rng = get_user_model().objects.get(username="ratna"), composition.clock().now(), SystemRng()
    rows = [
        models.Dossier(
            id=opaque_id(rng),
            agency="x",
            owner=user.public_id,
            owner_name="Penyusun",
            title=f"Naskah {number}",
            number=f"1/{number}",
            kind=("letter", "decree", "assignment")[number % 3],
            classification="ordinary",
            urgency="urgent" if number % 50 == 0 else "ordinary",
            state="circulating",
            pages=1 + number % 5,
            created_at=now,
        )
        for number in range(WAITING)
    ]
    models.Dossier.objects.bulk_create(rows, batch_size=500)
    seats = [
        models.Seat(
            dossier_id=row.pk, number=1, account=user.public_id, name="R", part="sign", turn=1, state="turn", since=now
        )
        for row in rows
    ]
    models.Seat.objects.bulk_create(seats, batch_size=500)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        answer = client.get("/kotak-masuk/")
        times.append(time.perf_counter() - began)
        if answer.status_code != 200 or f"{WAITING + 4:,}".replace(",", "") not in answer.content.decode():
            raise SystemExit(f"the inbox answered {answer.status_code}")
    times.sort()
    return {"p95": times[int(_ROUNDS * 0.95) - 1] * 1000, "median": times[_ROUNDS // 2] * 1000}


def picture(_credentials: dict[str, Any]) -> dict[str, float]:
    """A page of text, drawn for the first time by a warm worker, and taken from the shelf."""
    from absah_site import composition  # noqa: PLC0415
    from absah_site.accounts.access import account_named  # noqa: PLC0415
    from absah_site.dossiers.access import opening  # noqa: PLC0415
    from absah_site.dossiers.store.lists import Sieve, waiting_ids  # noqa: PLC0415

    leader = account_named("ratna", now=composition.clock().now())
    found = opening.many_for(leader, waiting_ids(leader.public_id, Sieve(), limit=1))[0].dossier
    opening.page_of(found, 1, 300)  # starts the worker
    first, again = [], []
    for side in range(1301, 1301 + _ROUNDS):  # another size is another picture
        began = time.perf_counter()
        opening.page_of(found, 1, side)
        drawn = time.perf_counter()
        opening.page_of(found, 1, side)
        first.append(drawn - began)
        again.append(time.perf_counter() - drawn)
    first.sort(), again.sort()
    return {"first": first[_ROUNDS // 2] * 1000, "again": again[_ROUNDS // 2] * 1000}


TASKS: Final[dict[str, Callable[[dict[str, Any]], dict[str, float]]]] = {
    "desk": desk,
    "inbox": inbox,
    "picture": picture,
}

if __name__ == "__main__":
    raise SystemExit(main())
