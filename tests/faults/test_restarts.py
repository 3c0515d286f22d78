"""A server that is restarted at once under moves: each is there once (`make faults-pg` does it fifty times)."""

import pytest
import restarts
from conftest import free_port


@pytest.mark.slow
@pytest.mark.usefixtures("programs")
def test_moves_outlive_the_server(capfd: pytest.CaptureFixture[str]) -> None:
    assert restarts.main(2, 80, free_port()) == 0
    assert "80 moves reported, 80 on record, log sound" in capfd.readouterr().out
