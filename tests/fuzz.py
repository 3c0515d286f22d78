"""Fuzzing guided by coverage: python tests/fuzz.py TARGET [SECONDS]; what it finds stays in .fuzz/."""

import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["engine"]):
    import fuzzing

    import engine.commands.authoring  # noqa: F401

ROOT = Path(__file__).parent.parent


def main(name: str, seconds: int = 60) -> None:
    folder = Path(tempfile.mkdtemp(prefix="kh-fuzz-"))
    os.environ.update(KH_DATABASE_URL=f"sqlite:///{folder / 'kh.db'}", KH_USER="fuzz")
    corpus = ROOT / ".fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(fuzzing.seeds(ROOT)[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {"max_total_time": seconds, "timeout": 5, "rss_limit_mb": 1024, "max_len": 20000,
               "artifact_prefix": f"{corpus}-"}  # fmt: skip
    words = [sys.argv[0], str(corpus), *(f"-{key}={value}" for key, value in options.items())]
    atheris.Setup(words, lambda data: fuzzing.attempt(name, data, folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
