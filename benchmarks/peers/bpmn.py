"""SpiffWorkflow: one process with a user task for each unit; the whole instance is written again after each."""

import json
import sqlite3
import sys
from io import BytesIO
from time import perf_counter

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="plan" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="report"/>
    <bpmn:manualTask id="report" name="report">
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
      <bpmn:multiInstanceLoopCharacteristics>
        <bpmn:loopCardinality>%d</bpmn:loopCardinality>
      </bpmn:multiInstanceLoopCharacteristics>
    </bpmn:manualTask>
    <bpmn:sequenceFlow id="b" sourceRef="report" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""


def main(folder, items, sample):
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO((PROCESS % items).encode()))
    workflow = BpmnWorkflow(parser.get_spec("plan"))
    workflow.do_engine_steps()
    serializer = BpmnWorkflowSerializer()
    database = sqlite3.connect(f"{folder}/spiff.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT)")
    ready = workflow.get_tasks(state=TaskState.READY, manual=True)
    assert len(ready) == items, len(ready)
    begun = perf_counter()
    for task in ready[:sample]:
        task.run()
        workflow.do_engine_steps()
        database.execute("INSERT OR REPLACE INTO instance VALUES (1, ?)", (serializer.serialize_json(workflow),))
    print(json.dumps({"items": sample, "seconds": perf_counter() - begun}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
