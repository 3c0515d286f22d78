"""A process killed, or told that it failed, at every point of half of the scenarios."""

import os

import pytest
from harness import half, strike

BLOWS = 1000


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_nothing_is_lost_and_nothing_said_twice() -> None:
    names = half(0)
    blows, found = strike(BLOWS, names=names)
    assert not found, "\n".join(map(str, found))
    assert blows == BLOWS
