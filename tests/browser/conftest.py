"""A desk with a room by hand, and people at it with a phone or a desktop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import DESKTOP, PHONE, chromium, need_chromium
from tests.browser.nurse import Nurse
from tests.browser.served_desk import ServedDesk


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedDesk]:
    need_chromium()
    served = ServedDesk(tmp_path)
    yield served
    served.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def nurse(request: pytest.FixtureRequest, served: ServedDesk, tmp_path: Path) -> Iterator[Nurse]:
    with chromium(tmp_path / "profile", request.param) as page:
        yield Nurse(page, served)


@pytest.fixture
def station(served: ServedDesk, tmp_path: Path) -> Iterator[Nurse]:
    with chromium(tmp_path / "profile") as page:
        yield Nurse(page, served)
