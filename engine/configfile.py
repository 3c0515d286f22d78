"""Where the settings stand: asked for by every command, so that nothing is imported to look."""

import os
from collections.abc import Mapping

NAME = "kh.toml"


def find_config(start: str, environ: Mapping[str, str]) -> str | None:
    """KH_CONFIG, else the nearest kh.toml in this folder or above."""
    if named := environ.get("KH_CONFIG"):
        return named
    folder = start
    while not os.path.isfile(os.path.join(folder, NAME)):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return os.path.join(folder, NAME)
