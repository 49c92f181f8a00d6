"""What `bench.people` has measured in a process of its own: `python -m bench.people_work pages|import FOLDER`.

A folder that was filled before is measured as it stands.
"""

import base64
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final

from absah.enrolment.agency import Agency, CooperationAgreement
from absah.kernel.clock import Instant, SystemClock, instant
from absah.kernel.rng import SystemRng, opaque_id
from bench.register_work import instance_in, opened

_PEOPLE: Final = int(os.environ.get("PEOPLE", "100000"))
_AGENCIES: Final = 60
_LISTED: Final = int(os.environ.get("ROWS", "2000"))
_VISITS: Final = 100
_PORTION: Final = 5_000
_NAMES: Final = (
    "ratna",
    "bagas",
    "sari",
    "yonas",
    "nadira",
    "hasan",
    "laras",
    "bima",
    "sinta",
    "yusuf",
    "dewi",
    "putu",
)
_LAST: Final = (
    "kusuma",
    "wijaya",
    "lestari",
    "nugraha",
    "maharani",
    "hidayat",
    "pratama",
    "anggraini",
    "siregar",
    "tan",
)


def _agency(number: int) -> Agency:
    terms = CooperationAgreement(number=f"PKS-{number}", since=date(2020, 1, 1), until=date(2099, 1, 1))
    return Agency(
        code=f"instansi-{number}",
        name=f"Instansi {number}",
        organisation_identifier=f"GOV:ID-{number}",
        units=("Sekretariat",),
        city="Kota",
        province="Provinsi",
        agreement=terms,
        domains=("instansi.example",),
    )


def _name(number: int) -> str:
    """A name that nobody else has: a first one, a last one, and a word made of the number."""
    first, last = _NAMES[number % len(_NAMES)], _LAST[number // 7 % len(_LAST)]
    word = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"{first.title()} {last.title()} {word.title()}"


def _digests(number: int) -> dict[str, str | int]:
    """Digests that look like chance, as real ones do, each with the head by which the store finds it."""
    from absah_site.pki.store.heads import head_of  # noqa: PLC0415 (Django is set up only now)

    fingerprint, key = (sha256(f"{what} {number}".encode()).hexdigest() for what in ("certificate", "key"))
    return {
        "fingerprint": fingerprint,
        "fingerprint_head": head_of(fingerprint),
        "key_hash": key,
        "key_head": head_of(key),
    }


def _number(number: int) -> str:
    return base64.b32encode(number.to_bytes(7, "big")).decode()[2:12]


class Officers:
    """Who looks at the pages: somebody of the authority, and a verifikator of the largest agency."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model  # noqa: PLC0415 (Django is set up)

        known = dict(get_user_model().objects.values_list("username", "public_id"))
        self.ra, self.first = known["ra"], known["satu"]


class Filling:
    """Fills an instance with agencies, people, requests at every stage, and two certificates for each person."""

    def __init__(self) -> None:
        from absah_site.accounts.actions import NewAccount, create_user, grant_role  # noqa: PLC0415 (Django is set up)
        from absah_site.actors import Operator  # noqa: PLC0415
        from absah_site.enrolment import actions as enrolment  # noqa: PLC0415
        from absah_site.roles import Role  # noqa: PLC0415

        self.rng, self.clock = SystemRng(), SystemClock()
        by = Operator(name="bench")
        self.agencies = [enrolment.register_agency(_agency(number), by=by).id for number in range(_AGENCIES)]
        made = []
        for username, role, agency in (
            ("ra", Role.RA, ""),
            ("satu", Role.VERIFIKATOR, str(self.agencies[0])),
            ("dua", Role.VERIFIKATOR, str(self.agencies[0])),
        ):
            new = NewAccount(username=username, password="berangkat sebelum hujan", display_name=username)  # noqa: S106
            account = create_user(new, by=by, clock=self.clock, rng=self.rng)
            grant_role(account.public_id, role, by=by, clock=self.clock, agency=agency)
            made.append(account.public_id)
        self.ra, self.first, self.second = made

    def fill(self) -> None:
        """Put people and certificates into the tables, without the actions: that would take an hour."""
        from absah_site.enrolment.models import EnrolmentRequest, NameWord, Subscriber  # noqa: PLC0415

        now = self.clock.now()
        for start in range(0, _PEOPLE, _PORTION):
            people = [self._person(number) for number in range(start, min(start + _PORTION, _PEOPLE))]
            Subscriber.objects.bulk_create(people)
            NameWord.objects.bulk_create(
                NameWord(subscriber=row, agency_id=row.agency_id, word=word, name=row.name)
                for row in people
                for word in row.name.lower().split()
            )
            EnrolmentRequest.objects.bulk_create(
                self._request(row, number, now) for number, row in enumerate(people, start)
            )
            self._certificates(people, start, now)

    def _person(self, number: int) -> Any:
        from absah.adapters.personal_data import Place  # noqa: PLC0415
        from absah_site import composition  # noqa: PLC0415
        from absah_site.enrolment.models import Subscriber  # noqa: PLC0415

        vault, identifier = composition.personal_data(), opaque_id(self.rng)
        nik = f"999901010190{number % 9999 + 1:04d}"
        place = {"table": "enrolment_subscriber", "row": str(identifier)}
        return Subscriber(
            id=identifier,
            number=_number(number),
            agency_id=self.agencies[number % _AGENCIES if number % 2 else 0],
            nik_index=vault.blind_index("nik", f"{nik}{number}"),
            nik_sealed=vault.seal(nik, Place(**place, field="nik")),
            email_sealed=vault.seal("orang@instansi.example", Place(**place, field="email")),
            email_index=vault.blind_index("email", f"orang{number}@instansi.example"),
            name=_name(number),
            post="Staf",
            unit="Sekretariat",
            city="Kota",
            province="Provinsi",
        )

    def _request(self, row: Any, number: int, now: Instant) -> Any:
        from absah_site.enrolment.models import EnrolmentRequest  # noqa: PLC0415

        state = ("activated",) * 15 + ("entered", "completed", "verified", "approved", "rejected")
        chosen = state[number % len(state)]
        at = instant(now - timedelta(minutes=number % 100_000))
        steps = {"completed_at": at, "consent_version": "2", "consent_digest": "0" * 64}
        checked = {"verified_by_id": self.second, "verified_at": at}
        approved = {"approved_by_id": self.ra, "approved_at": at}
        columns: dict[str, Any] = {
            "entered": {},
            "completed": steps,
            "verified": steps | checked,
            "approved": steps | checked | approved,
            "activated": steps | checked | approved | {"activated_at": at},
            "rejected": steps | {"rejected_by_id": self.second, "rejected_at": at, "reasons": ["tidak terbaca"]},
        }[chosen]
        return EnrolmentRequest(
            id=opaque_id(self.rng),
            subscriber=row,
            agency_id=row.agency_id,
            state=chosen,
            entered_by_id=self.first,
            entered_at=at,
            **columns,
        )

    def _certificates(self, people: list[Any], start: int, now: Instant) -> None:
        from absah_site.pki.models import Authority, Certificate  # noqa: PLC0415

        authority = Authority.objects.get(kind="issuing")
        Certificate.objects.bulk_create(
            Certificate(
                **_digests(2 * number + turn),
                authority=authority,
                serial=f"{2 * number + turn:032x}",
                subject=f"CN={row.name}",
                name=row.name.lower(),
                profile="individual-signer",
                der=b"0",
                not_before=now - timedelta(days=800 * (1 - turn) + 10),
                not_after=now + timedelta(days=(number % 700) + 1 if turn else -60),
                holder=row.number,
                agency=str(row.agency_id),
                status="good" if turn else "revoked",
                reason="" if turn else "superseded",
                status_at=now,
                issued_at=now,
            )
            for number, row in enumerate(people, start)
            for turn in (0, 1)
        )

    def analyse(self) -> None:
        """What a database does by itself in the night."""
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _p95(visit: Callable[[int], object]) -> tuple[float, float]:
    """Milliseconds that 95 of 100 visits do not need more than: of the day, and of this process's processor."""
    visit(0)
    taken, used = [], []
    for number in range(_VISITS):
        began, cpu = time.perf_counter(), time.process_time()
        visit(number)
        taken.append(time.perf_counter() - began)
        used.append(time.process_time() - cpu)
    last = int(_VISITS * 0.95)
    return sorted(taken)[last] * 1000, sorted(used)[last] * 1000


def _pages() -> dict[str, float]:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    officers = Officers()
    who = (officers.ra, officers.first)
    clients = {}
    for person in who:
        clients[person] = Client(HTTP_HOST="127.0.0.1:8000")
        clients[person].force_login(get_user_model().objects.get(public_id=person))

    def ask(person: Any, address: str, **data: str) -> None:
        client = clients[person]
        answer = client.post(address, data) if data else client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    tabs = ("periksa", "putuskan", "pemohon", "selesai")
    texts = ("ratna", "kus", "bima nug", "sinta bc", "a", "tan dewi")
    found: dict[str, float] = {"people": _PEOPLE, "certificates": 2 * _PEOPLE, "n": _VISITS}
    for page, visit in {
        "page.queue": lambda n: ask(who[n % 2], f"/pendaftaran/?tab={tabs[n // 2 % 4]}"),
        "page.search": lambda n: ask(who[n % 2], "/pegawai/cari/", q=texts[n // 2 % len(texts)]),
        "page.person": lambda n: ask(officers.ra, f"/pegawai/{_number(n * 97 % _PEOPLE)}/"),
    }.items():
        found[page], found[f"{page}.cpu"] = _p95(visit)
    return found


def _rows() -> Iterator[str]:
    yield "nama;nik;unit;jabatan;surel;status"
    for number in range(_LISTED):
        nik = f"9999{number // 9000:02d}010190{number % 9000 + 1:04d}"
        yield f"{_NAMES[number % 12].title()} Orang;{nik};Sekretariat;Staf;o{number}@instansi.example;non-asn"


class _Watched:
    """A job's handle that nobody looks at."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        self._calls = count()

    def progress(self, _done: int, _total: int, /) -> None:
        next(self._calls)


def _import() -> dict[str, float]:
    from absah_site.accounts.access import account  # noqa: PLC0415 (Django is set up only now)
    from absah_site.enrolment import actions as enrolment  # noqa: PLC0415

    filled = Filling()
    by = account(filled.first, now=filled.clock.now())
    began = time.perf_counter()
    made = enrolment.check_list("\n".join(_rows()).encode(), agency=filled.agencies[0], by=by)
    looked = time.perf_counter() - began
    enrolment.begin_list(made, by=by)
    entered = enrolment.enter_list(_Watched(f"import:{made}"))  # type: ignore[arg-type]  # a job's handle
    if int(entered) != _LISTED:
        raise RuntimeError(f"{entered} of {_LISTED} were entered")
    return {"seconds": time.perf_counter() - began, "look": looked, "rows": _LISTED}


def main() -> int:
    """Measure, and print one line of JSON."""
    task, folder = sys.argv[1], Path(sys.argv[2])
    filled = folder / f"{_PEOPLE}-people"
    if filled.exists():
        opened(folder / "data")
    else:
        instance_in(folder, os.environ.get("ABSAH_TEST_DATABASE", "sqlite"))
        if task == "pages":
            filling = Filling()
            filling.fill()
            filling.analyse()
            filled.touch()
    print(json.dumps(_pages() if task == "pages" else _import()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
