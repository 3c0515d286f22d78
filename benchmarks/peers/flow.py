"""django-viewflow on SQLite: a process of one human task for each unit, completed as its view would."""

import json
import sys
import warnings
from pathlib import Path
from time import perf_counter

warnings.simplefilter("ignore")
FLOWS = """
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process

class Report(flow.Flow):
    process_class = Process
    start = flow.StartHandle(lambda activation: None).Next(this.submit)
    submit = flow.View(lambda request: None).Assign(username="lan").Next(this.end)
    end = flow.End()
"""


def configured(folder):
    import django
    from django.conf import settings
    from django.core.management import call_command

    application = Path(folder) / "reports"  # a flow has to live in an application
    application.mkdir()
    (application / "__init__.py").touch()
    (application / "flows.py").write_text(FLOWS, "utf-8")
    sys.path.insert(0, folder)
    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow",
                        "reports"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/viewflow.db",
                               "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, SECRET_KEY="bench",
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)


class Request:
    GET, POST, user = {}, {}, None


def main(folder, items, sample):
    configured(folder)
    from django.contrib.auth.models import User
    from django.db import transaction
    from reports.flows import Report
    from viewflow.workflow.models import Task

    User.objects.create(username="lan")
    with transaction.atomic():
        for _number in range(items):
            Report.start.run()
    begun = perf_counter()
    for pk in Task.objects.filter(flow_task_type="HUMAN").values_list("pk", flat=True)[:sample]:
        with transaction.atomic():
            task = Task.objects.get(pk=pk)
            activation = task.flow_task.activation_class(task)
            activation.start(Request)
            activation.execute()
    took = perf_counter() - begun
    assert Task.objects.filter(flow_task_type="HUMAN", status="DONE").count() == sample
    print(json.dumps({"items": sample, "seconds": took}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
