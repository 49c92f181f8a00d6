"""What `bench.portfolio` has measured in a process of its own: `python -m bench.portfolio_work FOLDER`.

One agreement is made by the actions, with every duty of four years submitted and all but the last year's accepted; the
others are copies of its rows. Nothing is measured while rows are made.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from absah.agreements.drafting import draft_from_model
from absah.agreements.duties import Continuous, Duty, OnRequest, Periodic
from absah.agreements.events import Signed, SignerSeen
from absah.agreements.evidence import Evidence, Source
from absah.agreements.fulfilment import Accepted, Asked, Occurred, Submitted
from absah.agreements.parties import ByOffice, Contact, DatedName, Parties, Party, Representative, Role, Span
from absah.kernel.clock import SystemClock, legal_date
from absah.kernel.rng import SystemRng
from bench.register_work import instance_in

_AGREEMENTS: Final = 600
_VISITS: Final = 40
_SIGNED: Final = date(2023, 5, 8)
_COPY_AGREEMENT: Final = """
    INSERT INTO agreements_agreement (
        id, agency, facts_count, title, first_name, second_name, first_number, second_number, state, first_day, last_day
    )
    SELECT
        %s, %s, facts_count, title, first_name || %s, second_name, first_number || %s, second_number || %s,
        state, first_day, last_day
    FROM agreements_agreement WHERE id = %s
"""
_COPY_FACTS: Final = """
    INSERT INTO agreements_fact (agreement_id, number, stream, kind, "on", recorded_at, actor, body)
    SELECT %s, number, stream, kind, "on", recorded_at, actor, body FROM agreements_fact WHERE agreement_id = %s
"""


def main(folder: Path) -> None:
    instance_in(folder, "sqlite")
    from absah_site.agreements.actions import duties  # noqa: PLC0415 (Django is set up only now)

    officer = _officer()
    first = draft_for("bangku-0")
    _fulfil(duties, first)
    facts = _copy(first)
    client = _client(officer)
    began = time.perf_counter()
    _get(client, "/perjanjian/")
    counted = time.perf_counter() - began
    portfolio = _times(lambda _number: _get(client, "/perjanjian/"))
    board = _times(lambda number: _get(client, f"/perjanjian/{_identifier(number + 1)}/kewajiban/"))
    duties.tell_occasion(first, _code("K1-b"), Asked(key="last", on=_today()), now=SystemClock().now(), by=operator())
    began = time.perf_counter()
    _get(client, "/perjanjian/")
    print(
        json.dumps(
            {
                "agreements": _AGREEMENTS,
                "facts": facts,
                "visits": _VISITS,
                "first": counted,
                "after_change": 1e3 * (time.perf_counter() - began),
                "portfolio": _p95(portfolio),
                "portfolio_median": statistics.median(portfolio),
                "board": _p95(board),
                "board_median": statistics.median(board),
            }
        )
    )


def operator() -> Any:
    """Who acts for the measurement."""
    from absah_site.actors import Operator  # noqa: PLC0415 (Django is set up only now)

    return Operator()


def _today() -> date:
    return legal_date(SystemClock().now())


def _code(word: str) -> Any:
    return word


def _officer() -> str:
    """An officer of the certification body, who sees every agreement."""
    from absah_site.accounts.actions import NewAccount, create_user, grant_role  # noqa: PLC0415 (as above)
    from absah_site.roles import Role as Post  # noqa: PLC0415 (as above)

    clock, rng = SystemClock(), SystemRng()
    new = NewAccount(username="petugas-bangku", password="kucing-biru-terbang", display_name="Petugas")  # noqa: S106
    account = create_user(new, by=operator(), clock=clock, rng=rng)
    grant_role(account.public_id, Post.AGREEMENT_OFFICER, by=operator(), clock=clock)
    return account.username


def _party(role: Role, name: str, number: str) -> Party:
    person = Representative(name="Ratna Widyaningsih", post="Kepala", authority=ByOffice(), span=Span(first=_SIGNED))
    return Party(
        role=role,
        names=(DatedName(name=name, since=_SIGNED),),
        seat="Jalan Contoh 5",
        number=number,
        anchor="$" if role is Role.FIRST else "#",
        representatives=(person,),
        contact=Contact(unit="Tata Usaha", address="Jalan Contoh 5"),
    )


def draft_for(agency: str, /) -> UUID:
    """An agreement of an agency, signed by both parties."""
    from absah_site.agreements.actions import life  # noqa: PLC0415 (Django is set up only now)

    now = SystemClock().now()
    parties = Parties(
        first=_party(Role.FIRST, "Pemerintah Kota Contoh", "B/1"),
        second=_party(Role.SECOND, "Balai Sertifikasi Contoh", "P/1"),
    )
    issuer = (DatedName(name="Balai Sertifikasi Contoh", since=_SIGNED),)
    drafted = draft_from_model("daerah", parties=parties, issuer=issuer, on=_SIGNED, now=now)
    identifier: UUID = life.draft(drafted, agency=agency, by=operator())
    for role in Role:
        seen = SignerSeen(name="Ratna Widyaningsih", certificate="0a", anchor="$" if role is Role.FIRST else "#")
        event = Signed(on=_SIGNED, recorded_at=now, by=role, signer=seen, document="e3b0")
        life.record_event(identifier, event, by=operator())
    return identifier


def _fulfil(duties: Any, identifier: UUID) -> None:
    """Every K1 and K2 duty of four years: submitted, and accepted but for the last year."""
    from absah.agreements.model_toml import load_model  # noqa: PLC0415 (beside what it is for)

    today = _today()
    for year in range(_SIGNED.year, _SIGNED.year + 4):
        on = min(date(year, 12, 15), today)
        for duty in load_model("daerah").duties:
            if duty.code[:2] in {"K1", "K2"}:
                _fulfil_one(duties, identifier, duty, year, on)


def _fulfil_one(duties: Any, identifier: UUID, duty: Duty, year: int, on: date) -> None:
    now, key = SystemClock().now(), str(year)
    if not isinstance(duty.trigger, Periodic | Continuous):
        key = f"{duty.code}-{year}"
        kind = Asked if isinstance(duty.trigger, OnRequest) else Occurred
        occasion: Any = Asked(key=key, on=on) if kind is Asked else Occurred(key=key, at=on)
        duties.tell_occasion(identifier, duty.code, occasion, now=now, by=operator())
    (bearer,) = duty.bearers
    shown = tuple(
        Evidence(kind=kind, source=Source.PERSON, reference=f"{kind}-{year}", on=on) for kind in sorted(duty.evidence)
    )
    submitted = Submitted(by=bearer, on=on, recorded_at=now, evidence=shown)
    duties.move(identifier, duty.code, key, submitted, by=operator())
    if year < _SIGNED.year + 3:
        accepted = Accepted(by=bearer.other, on=on, recorded_at=now)
        duties.move(identifier, duty.code, key, accepted, by=operator())


def _identifier(number: int) -> UUID:
    return UUID(int=(0xABCD << 96) + number)


def _copy(first: UUID) -> float:
    """The other agreements, as rows. How many facts there are then."""
    from django.db import connection, transaction  # noqa: PLC0415 (Django is set up only now)

    with transaction.atomic(), connection.cursor() as cursor:
        for number in range(1, _AGREEMENTS):
            word, copy = f"-{number}", _identifier(number).hex
            cursor.execute(_COPY_AGREEMENT, (copy, f"bangku{word}", word, word, word, first.hex))
            cursor.execute(_COPY_FACTS, (copy, first.hex))
        cursor.execute("SELECT count(*) FROM agreements_fact")
        return float(cursor.fetchone()[0])


def _client(username: str) -> Any:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 (Django is set up only now)
    from django.test import Client  # noqa: PLC0415 (the same)

    client = Client(HTTP_HOST="127.0.0.1:8000")
    client.force_login(get_user_model().objects.get(username=username))
    return client


def _get(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address}: {answer.status_code}")


def _times(visit: Callable[[int], None]) -> list[float]:
    """Milliseconds of each visit, after two that do not count."""
    times = []
    for number in range(_VISITS + 2):
        began = time.perf_counter()
        visit(number)
        times.append(1e3 * (time.perf_counter() - began))
    return times[2:]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
