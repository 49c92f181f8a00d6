"""The description of the wire (OpenAPI) names every address, and nothing that it allows is answered with a 5xx."""

import json
from importlib.resources import files
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from tests.site.esign.conftest import WireClient

from absah_site.esign import routes
from absah_site.esign.door import esign_door

DESCRIPTION = json.loads((files("absah_site.esign") / "openapi.json").read_text("utf-8"))
OPERATIONS = [
    (path, method, described["operationId"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, described in methods.items()
]


def nobody(_environ: Any, _start: Any) -> list[bytes]:
    raise AssertionError("the door did not answer")


def test_every_route_is_described_with_its_method() -> None:
    described = {(path.split("{")[0], method.upper()) for path, method, _ in OPERATIONS}
    exact = {(path, route.method) for path, route in routes.EXACT.items()}
    with_rest = {(path, route.method) for path, route in routes.WITH_REST.items()}
    aliases = {
        ("/api/v2/user/check-status", "POST"),
        ("/api/v2/user/register", "POST"),
        ("/api/user/certificate/chain/", "GET"),
    }
    assert described == (exact | with_rest) - aliases


def test_nothing_that_is_allowed_is_answered_with_a_5xx(client: WireClient, holder: Any) -> None:
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = esign_door(nobody)
    for path, method, name in OPERATIONS:
        seen = answered(schema[path][method.upper()], client)
        assert seen, name
        assert max(seen) < 500, name
        assert 401 not in seen, name


def answered(operation: Any, client: WireClient) -> set[int]:
    """The statuses of the answers to requests that the description allows."""
    seen = set()

    @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        seen.add(case.call(headers={"Authorization": client.authorization}).status_code)

    ask()
    return seen
