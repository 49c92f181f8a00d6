"""Sweeps the demo with every word and file, then guesses with hypothesis for as long as there is time.

`python -m soak.forms.instance DATA MINUTES` sweeps an instance that is there already; all it writes is taken back.
"""

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

_ABSAH: Final = (sys.executable, "-m", "absah_site.cli")
_EXAMPLES: Final = 60  # guesses at one form before the next has its turn
_HOST: Final = "localhost"


def sweep_demo(folder: Path, /, *, minutes: float, database: str = "sqlite") -> dict[str, Any]:
    """Make a demo and sweep it. `held`: nothing was wrong with any answer."""
    data = folder.resolve() / f"forms-{os.getpid()}"
    made = [*_ABSAH, "demo", "--database", database, "--data", str(data)]
    subprocess.run(made, check=True, capture_output=True)
    words = [sys.executable, "-m", "soak.forms.instance", str(data), str(minutes)]
    swept = subprocess.run(words, capture_output=True, text=True, check=False)
    if swept.returncode:
        return {"held": False, "problem": swept.stderr[-3000:]}
    found: dict[str, Any] = json.loads(swept.stdout.splitlines()[-1])
    return found


def sweep(data: Path, minutes: float, /) -> dict[str, Any]:
    """Sweep an instance with a signer of its own."""
    from absah.adapters.signer_life import ensure_signer, stop_signer
    from absah_site.cli.instance import open_instance

    until = time.monotonic() + minutes * 60
    open_instance(data)
    logging.disable(logging.CRITICAL)  # refusals by the thousand
    ensure_signer(data, idle=None)
    try:
        return _swept(data, until)
    finally:
        stop_signer(data)


def _swept(data: Path, until: float) -> dict[str, Any]:
    from soak.forms import values
    from soak.forms.asking import Asker
    from soak.forms.sweep import Sweep

    document = (data / "letter-unsigned.pdf").read_bytes()
    swept = Sweep(Asker(_readers(data)), document, words=values.WORDS, files=values.files())
    swept.run()
    for user, form in swept.forms():
        if time.monotonic() < until:
            swept.spoil_fields(form, user)
    _guess(swept, until)
    return {
        "held": not swept.problems,
        "asked": swept.asker.asked,
        "forms": sum(1 for _ in swept.forms()),
        "routes": len({route for route, _user in swept.found.addresses}),
        "problems": sorted(swept.problems.values()),
    }


def _readers(data: Path) -> dict[str, Any]:
    """A signed-in client for each user of the demo, and one for nobody."""
    from django.test import Client

    readers = {"": Client(SERVER_NAME=_HOST)}
    for user in json.loads((data / "credentials.json").read_text(encoding="utf-8"))["users"]:
        reader = readers[user["username"]] = Client(SERVER_NAME=_HOST)
        answer = reader.post("/masuk/", {"username": user["username"], "password": user["password"]})
        if answer.status_code >= 400:
            raise RuntimeError(f"{user['username']} was not let in: {answer.status_code}")
    return readers


def _guess(swept: Any, until: float) -> None:
    """Forms with some fields as meant and some as nobody means them, in turn."""
    forms = [(user, form) for user, form in swept.forms() if form.method == "post" and form.fields]
    while forms and time.monotonic() < until:
        for user, form in forms:
            if time.monotonic() < until:
                _guess_form(swept, user, form)


def _guess_form(swept: Any, user: str, form: Any) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    from soak.forms import values
    from soak.forms.asking import Question, encoded
    from soak.forms.finding import route_at

    written = st.one_of(
        st.sampled_from(sorted(values.WORDS)).map(values.WORDS.__getitem__),
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.integers().map(lambda number: str(number).encode()),
        st.floats().map(lambda number: str(number).encode()),
        st.dates().map(lambda day: day.isoformat().encode()),
        st.uuids().map(lambda one: str(one).encode()),
    )
    meant = swept.meant(form)
    names, route = [name for name, _ in meant], route_at(form.action)
    guesses = st.tuples(*(st.one_of(st.just(value), written) for _name, value in meant))

    @settings(max_examples=_EXAMPLES, deadline=None, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(guessed=guesses)
    def ask(guessed: Any) -> None:
        body, kind = encoded(list(zip(names, guessed, strict=True)))
        swept.ask(Question(method="POST", address=form.action, user=user, case=f"guessed: {guessed!r}"[:300],
                           route=route, body=body, media_type=kind))  # fmt: skip

    ask()


def main() -> int:
    """Sweep the instance that is named."""
    print(json.dumps(sweep(Path(sys.argv[1]).resolve(), float(sys.argv[2]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
