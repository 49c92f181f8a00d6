"""People and an application for the rows of the eSign interface; `python -m bench.wire_people DATA MANY` prints them.

Through the real steps of the demo. All get P-256 but one, who has RSA-2048 for what cannot check anything else.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from absah.kernel.people import Nik
from absah.pki.algorithms import KeyAlgorithm
from absah_site.cli.instance import open_instance

_ENOUGH = 1_000_000  # a day's quota is an hour's at the pace of these rows


def main(data: Path, many: int) -> None:
    """Make them, and `many` more whose keys are opened anew."""
    open_instance(data)
    from django.conf import settings  # noqa: PLC0415  (Django is set up only now)

    from absah.adapters.sealing import DerivationCost  # noqa: PLC0415  (Django is set up only now)
    from absah.kernel.clock import legal_date  # noqa: PLC0415
    from absah_site import composition  # noqa: PLC0415
    from absah_site.applications.models import Application  # noqa: PLC0415
    from absah_site.cli import demo_story as story  # noqa: PLC0415
    from absah_site.cli.demo_people import FIRST  # noqa: PLC0415
    from absah_site.config import RegistrationTable  # noqa: PLC0415

    rng = composition.rng()
    agencies = story.join(legal_date(composition.clock().now()))
    _, officers = story.hire(agencies, rng)

    def person(number: int) -> dict[str, Any]:
        nik = Nik(f"{FIRST.nik.digits[:12]}{number:04d}")
        email = f"orang{number}@sagarabiru.example"
        made = replace(FIRST, nik=nik, email=email, username=f"orang{number}")
        return story.enrol(made, agencies[0], officers, rng)

    found: dict[str, Any] = {"p256": person(101), "fresh": [person(number) for number in range(201, 206)]}
    found["many"] = [person(number) for number in range(301, 301 + many)]
    settings.CONFIG = replace(settings.CONFIG, registration=RegistrationTable(holder_keys=KeyAlgorithm.RSA2048))
    found["rsa"] = person(102)
    found["esign"] = story.connect(agencies[0])
    Application.objects.update(daily_quota=_ENOUGH)
    cost = DerivationCost()
    found["cost"] = [cost.iterations, cost.lanes, cost.memory_kib]
    found["argon2_ms"] = _argon2(DerivationCost())
    print(json.dumps(found))


def _argon2(cost: Any) -> float:
    """Milliseconds of one bare Argon2id of the parameters of a credential."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        Argon2id(
            salt=bytes(16), length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(b"frasa sandi contoh")
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[3]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
