"""The state machine, whole: every state with every trigger, as the one table says."""

import pytest
from transitions import MachineError

from engine.i18n import _, in_language
from engine.machine import destination
from engine.states import MOVES, State, Trigger, allowed_triggers, state_label

LEGAL = {(move.trigger, source): [] for move in MOVES for source in move.sources}
for move in MOVES:
    for source in move.sources:
        LEGAL[move.trigger, source].append(move.destination)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("trigger", Trigger)
def test_a_trigger_leads_where_the_table_says_and_nowhere_else(state: State, trigger: Trigger) -> None:
    for target in State:
        if target in LEGAL.get((trigger, state), []):
            assert destination(state, trigger, target) == target
        else:
            with pytest.raises(MachineError):
                destination(state, trigger, target)


def test_final_states_allow_nothing_but_a_return() -> None:
    assert allowed_triggers(State.COMPLETED) == ["return"]
    assert allowed_triggers(State.CANCELLED) == allowed_triggers(State.EXEMPT) == []


def test_submitting_is_legal_from_where_the_contract_says() -> None:
    sources = {state for state in State if "submit" in allowed_triggers(state)}
    assert sources == {State.ASSIGNED, State.IN_PROGRESS, State.RETURNED}


def test_each_move_says_why_in_both_languages() -> None:
    reasons = {move.why for move in MOVES}
    with in_language("vi"):
        assert not reasons & {_(why) for why in reasons}


def test_there_is_no_back_door_by_a_state_s_name() -> None:
    with pytest.raises(KeyError):
        destination(State.WAITING, "to_completed")


# The table of states, as an office reads it.
LABELS = {
    "waiting": "Chưa đến lượt", "assigned": "Chờ tiếp nhận", "in_progress": "Đang thực hiện",
    "submitted": "Đã gửi – chờ duyệt", "returned": "Trả lại – yêu cầu bổ sung", "completed": "Hoàn thành",
    "suspended": "Tạm dừng", "transferring": "Chờ chuyển giao", "cancelled": "Hủy bỏ", "exempt": "Không phải thực hiện",
}  # fmt: skip


def test_each_state_has_its_label() -> None:
    with in_language("vi"):
        assert {state.value: state_label(state) for state in State} == LABELS
    assert state_label("waiting") == "Waiting for its turn"
