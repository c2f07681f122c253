"""Every route of a real room, asked with what its OpenAPI document allows and with what it does not: never a 5xx."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from guideplayer.desk.openapi import PATH, document, written
from guideplayer.desk.permissions import JSON, ROUTES
from tests.session.conftest import Play

# A stream does not end, and whoever signs out can ask nothing more; both have tests of their own.
LEFT_OUT = {"GET /api/events", "POST /api/sign-out"}
FEW = 6
for route in ROUTES.values():
    for kind in route.takes:
        if kind != JSON:
            schemathesis.openapi.media_type(kind, strategies.binary(max_size=2_000))
CALLS = 10_000


def test_the_document_is_that_of_the_routes() -> None:
    found = {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}
    assert found == set(ROUTES)
    assert PATH.read_bytes() == written(), "Write it anew: python -m guideplayer.desk.openapi"


@pytest.fixture
def room(tmp_path: Path):
    play = Play(tmp_path / "state", None, "open-sky")
    yield play
    assert play.stop() == 0
    assert not [line for line in play.lines if "Traceback" in line or "Error" in line]


def fuzz(play: Play, examples: int) -> Counter[int]:
    """So many calls of each route, right ones and wrong ones, by a therapist; how often each status was answered."""
    address, code = play.pairing()
    statuses: Counter[int] = Counter()
    with requests.Session() as page:
        page.headers.update({"Origin": address.rstrip("/")})
        body = {"code": code, "name": "Anna", "role": "therapist"}
        assert page.post(f"{address}api/pair", json=body).status_code == 200

        def ask(case: schemathesis.Case) -> None:
            answer = case.call(base_url=address, session=page, timeout=20)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, f"{answer.status_code} {answer.text}: {case.as_curl_command()}"
            if answer.status_code >= 400 and case.path.startswith("/api/"):
                assert answer.json()["problem"]

        for found in schemathesis.openapi.from_dict(document()).get_all_operations():
            operation = found.ok()
            if operation.label in LEFT_OUT:
                continue
            for mode in GenerationMode:
                # Nothing can be wrong with what takes nothing, or any text.
                with suppress(*[Unsatisfiable] if mode is GenerationMode.NEGATIVE else []):
                    run_all(operation.as_strategy(generation_mode=mode), examples, ask)
        assert page.get(f"{address}api/rooms").status_code == 200
    return statuses


def run_all(cases, examples: int, ask) -> None:
    """Let hypothesis think of cases, and ask them all."""
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        derandomize="HYPOTHESIS_PROFILE" not in os.environ,
    )(given(cases)(ask))()


def test_some_hundred_calls_find_no_fault(room: Play) -> None:
    statuses = fuzz(room, FEW)
    assert statuses.total() > 100
    assert statuses[200] > 30
    assert statuses[400] + statuses[404] + statuses[409] > 30


@pytest.mark.bench
def test_ten_thousand_calls_find_no_fault(room: Play) -> None:
    statuses = fuzz(room, 300)
    print(
        f"\n{statuses.total()} calls: " + ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
    )
    assert statuses.total() >= CALLS
