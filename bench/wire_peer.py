"""The peer of the rows of the eSign interface: the same server, records and commits, but nothing is signed.

Status is a constant here, after the same door and the same password check.
"""

from types import SimpleNamespace
from typing import Any

from absah_site import wsgi

application = wsgi.application

from absah.signing.factors import FactorKind  # noqa: E402  (Django is set up only now)
from absah_site.esign import routes  # noqa: E402
from absah_site.esign.exchange import Call, Reply, json_reply  # noqa: E402
from absah_site.signing.actions import documents  # noqa: E402

_ANSWER = {"status_code": 1111, "status": "ISSUE", "message": "User sudah terdaftar"}


def _prepared(draft: Any, _ports: Any, *, clock: Any, **_: Any) -> Any:
    return SimpleNamespace(draft=draft, digest=bytes(32), at=clock.now())


def _completed(prepared: Any, *_: Any, clock: Any) -> tuple[Any, ...]:
    return tuple(
        SimpleNamespace(
            document=one.draft.document,
            level=one.draft.level,
            at=clock.now(),
            consent_id="0" * 32,
            factors_used=frozenset({FactorKind.PASSPHRASE}),
        )
        for one in prepared
    )


def _constant(_call: Call) -> Reply:
    return json_reply(_ANSWER)


for _name, _nothing in (("prepare_signing", _prepared), ("complete_signing", _completed)):
    setattr(documents, _name, _nothing)
routes.WITH_REST["/api/user/status/"] = routes.Route("v1.status", "GET", _constant, records_itself=True)
