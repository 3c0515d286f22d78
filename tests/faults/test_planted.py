"""Each invariant bites: the harness catches every planted bug."""

import os
from collections.abc import Callable

import pytest
from harness import strike
from planted import PLANTED

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_caught(bug: Callable[[], None]) -> None:
    invariant, names = PLANTED[bug]
    _blows, found = strike(200, planted=bug, names=names, until=invariant)
    assert invariant in {item.invariant for item in found}, "\n".join(map(str, found[:5]))
