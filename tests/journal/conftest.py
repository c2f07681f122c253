"""A small script for sessions in the journal."""

import pytest

from tests.factory import SCRIPT, WORDS


@pytest.fixture
def words():
    return WORDS


@pytest.fixture
def script():
    return SCRIPT
