"""The lean machine against the library's own: the same walks, callbacks, errors and results."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from transitions import Event, EventData, Machine, MachineError, State

from states.engine import build_machine
from states.machine import LeanEvent, LeanMachine, LeanTransition
from tests.builders import LIFECYCLES

STATES = ["a", "b", "c", "d"]
EVENTS = ["go", "turn", "stay", "end"]
MACHINE_CALLBACKS = (
    "prepare_event",
    "before_state_change",
    "after_state_change",
    "on_exception",
    "finalize_event",
)


class Model:
    """A stranger with a state; its luck, drawn from `seed`, answers the conditions."""

    def __init__(self, seed: int = 0) -> None:
        self.state = "a"
        self.luck = Random(seed)  # noqa: S311 - a game, no secret
        self.by_name = 0

    def named(self, _event: EventData) -> None:
        """A callback that the machine knows by name only."""
        self.by_name += 1


class Heard:
    """Writes down every callback with what it sees; may raise at a chosen one."""

    def __init__(self, fails_at: int | None) -> None:
        self.lines: list[tuple[object, ...]] = []
        self.events: list[EventData] = []
        self.fails_at = fails_at

    def callback(self, name: str) -> Any:
        def call(event: Any) -> None:
            self.note(name, event)

        return call

    def condition(self, name: str) -> Any:
        def call(event: Any) -> bool:
            self.note(name, event)
            return bool(event.model.luck.random() < 0.6)

        return call

    def note(self, name: str, event: Any) -> None:
        transition = event.transition
        self.events.append(event)
        self.lines.append(
            (
                name,
                event.event.name,
                event.state.name,
                event.model.state,
                (transition.source, transition.dest) if transition else None,
                event.args,
                event.kwargs,
                repr(event.error),
                event.result,
            )
        )
        if self.fails_at == len(self.lines):
            raise ArithmeticError(name)


def build(kind: type[Machine], plan: Random, heard: Heard, *, queued: bool) -> Any:
    """The machine that `plan` draws; with the same seed, `kind` is the only difference."""

    def some(name: str, chance: float = 0.3) -> list[Any]:
        return [heard.callback(f"{name}{i}") for i in range(2) if plan.random() < chance]

    def conditions(name: str) -> list[Any]:
        return [heard.condition(f"{name}{i}") for i in range(2) if plan.random() < 0.4]

    states = [
        State(
            name,
            on_enter=some(f"enter {name}"),
            on_exit=some(f"exit {name}"),
            ignore_invalid_triggers=plan.choice([False, False, True]),
            final=name == "d",
        )
        for name in STATES
    ]
    callbacks: dict[str, Any] = {name: some(name, 0.2) for name in MACHINE_CALLBACKS}
    machine = kind(
        model=None,
        states=states,
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=queued,
        on_final=some("final", 0.5),
        **callbacks,
    )
    for event in EVENTS:
        for source in STATES:
            for number in range(plan.randrange(3)):
                name = f"{event} {source} {number} "
                machine.add_transition(
                    event,
                    source,
                    plan.choice([*STATES, None]),
                    conditions=conditions(name + "if "),
                    unless=conditions(name + "unless "),
                    prepare=some(name + "prepare "),
                    before=[*some(name + "before "), *(["named"] if plan.random() < 0.2 else [])],
                    after=some(name + "after "),
                )
    return machine


def walk(kind: type[Machine], seed: int, *, queued: bool = False) -> tuple[object, ...]:
    """Everything that can be seen of one random walk on one random machine."""
    plan = Random(seed)  # noqa: S311 - a game, no secret
    heard = Heard(plan.choice([None, None, plan.randrange(1, 40)]))
    machine = build(kind, plan, heard, queued=queued)
    model, found = Model(seed), []
    for _ in range(25):
        name = plan.choice([event for event in EVENTS if event in machine.events])
        try:
            result: object = machine.events[name].trigger(model, plan.randrange(9), word="x")
        except (MachineError, ArithmeticError) as error:
            result = repr(error)
        found.append((name, result, model.state))
    ends = [(repr(event.error), event.result, event.state.name) for event in heard.events]
    return found, heard.lines, ends, model.by_name


@pytest.mark.parametrize("queued", [False, True])
def test_random_walks_on_random_machines_agree(queued: bool) -> None:
    lines = errors = 0
    for seed in range(300):
        stock = walk(Machine, seed, queued=queued)
        assert walk(LeanMachine, seed, queued=queued) == stock, seed
        lines += len(stock[1])  # type: ignore[arg-type]
        errors += "Error" in repr(stock[0])
    assert lines > 5000, "the walks hear callbacks"
    assert 30 < errors < 290, "some walks fail, some do not"


class _Own(State):
    """A state with a say of its own."""

    def enter(self, event_data: Any) -> None:
        event_data.model.entered = self.name
        super().enter(event_data)


def test_a_state_of_another_class_is_left_to_the_library() -> None:
    machine: Any = LeanMachine(
        model=None, states=["a", _Own("b")], initial=None, auto_transitions=False, send_event=True
    )
    machine.add_transition("go", "a", "b")
    model: Any = Model()
    assert machine.events["go"].trigger(model)
    assert (model.state, model.entered) == ("b", "b")


def test_callbacks_that_want_no_event_get_the_arguments() -> None:
    said: list[object] = []
    machine: Any = LeanMachine(
        model=None, states=["a", "b"], initial=None, auto_transitions=False, after_state_change=said.append
    )
    machine.add_transition("go", "a", "b", conditions=lambda word: word == "please")
    model = Model()
    assert not machine.events["go"].trigger(model, "now")
    assert machine.events["go"].trigger(model, "please")
    assert (model.state, said) == ("b", ["please"])


def test_an_unknown_state_is_an_error_as_ever() -> None:
    for kind in (Machine, LeanMachine):
        machine: Any = kind(model=None, states=["a"], initial=None, auto_transitions=False)
        machine.add_transition("go", "a", "a")
        model = Model()
        model.state = "nowhere"
        with pytest.raises(ValueError, match="nowhere"):
            machine.events["go"].trigger(model)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.key)
def test_the_machines_of_the_lifecycles_are_lean(lifecycle: Any) -> None:
    machine: Any = build_machine(lifecycle)
    assert type(machine) is LeanMachine
    for event in machine.events.values():
        assert type(event) is LeanEvent
        assert isinstance(event, Event)
        assert all(type(t) is LeanTransition for found in event.transitions.values() for t in found)
