"""Procrastinate on PostgreSQL: a job for each task, one worker takes them one after the other."""

import asyncio
import json
import sys
from time import perf_counter

from procrastinate import App, PsycopgConnector

QUEUE = "kh-bench"


async def measured(url, sample):
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=3))

    @app.task(name="submit", queue=QUEUE)
    def submit(unit):
        return unit

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await submit.batch_defer_async(*({"unit": f"x{number}"} for number in range(sample)))
        begun = perf_counter()
        await app.run_worker_async(queues=[QUEUE], wait=False, concurrency=1, listen_notify=False,
                                   install_signal_handlers=False)  # fmt: skip
        return perf_counter() - begun


def main(url, _items, sample):
    print(json.dumps({"items": sample, "seconds": asyncio.run(measured(url, sample))}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
