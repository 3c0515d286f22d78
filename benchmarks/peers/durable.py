"""DBOS on SQLite: a durable workflow of one step for each task."""

import json
import sys
from time import perf_counter

from dbos import DBOS


@DBOS.step()
def submitted(unit):
    return unit


@DBOS.workflow()
def submit(unit):
    return submitted(unit)


def main(folder, _items, sample):
    DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{folder}/dbos.db", "log_level": "ERROR",
                 "run_admin_server": False})  # fmt: skip
    DBOS.launch()
    submit("warm")
    begun = perf_counter()
    for number in range(sample):
        submit(f"x{number}")
    took = perf_counter() - begun
    DBOS.destroy()
    print(json.dumps({"items": sample, "seconds": took}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
