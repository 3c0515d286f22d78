"""Where the shipped plans and templates lie: in the wheel inside the package, in a checkout beside it."""

from pathlib import Path


def data_dir(name: str) -> Path:
    packed = Path(__file__).parent / "_data" / name
    return packed if packed.is_dir() else Path(__file__).parent.parent / name
