"""A `transitions` machine that costs what it does: no log records, no walks over empty lists.

The parts are the library's (State, Transition, Condition, EventData, MachineError) and so is the order of the
callbacks; tests/unit/test_machine_lean.py compares both on random walks. What needs more than a plain
trigger (a queue, exception or finalize callbacks, states of another class) is left to the library.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from transitions import Event, EventData, Machine, State, Transition


class LeanTransition(Transition):
    """`Transition` that calls only the callbacks that exist."""

    def execute(self, event_data: EventData) -> bool:
        """Check the conditions and change the state; False when a condition fails."""
        machine: Any = event_data.machine
        if self.prepare:
            machine.callbacks(self.prepare, event_data)
        for condition in self.conditions:
            if not condition.check(event_data):
                return False
        if machine.before_state_change or self.before:
            machine.callbacks(chain(machine.before_state_change, self.before), event_data)
        if self.dest:
            self._change_state(event_data)
        if self.after or machine.after_state_change:
            machine.callbacks(chain(self.after, machine.after_state_change), event_data)
        return True

    def _change_state(self, event_data: EventData) -> None:
        machine: Any = event_data.machine
        states = machine.states
        source = states.get(self.source) or machine.get_state(self.source)
        dest = states.get(self.dest) or machine.get_state(self.dest)
        if type(source) is not State or type(dest) is not State:
            super()._change_state(event_data)
            return
        if source.on_exit:
            source.exit(event_data)
        model, attribute = event_data.model, machine.model_attribute
        setattr(model, attribute, dest.value)
        event_data.update(getattr(model, attribute))
        if dest.on_enter:
            dest.enter(event_data)
        if dest.final:
            machine.callbacks(machine.on_final, event_data)


class LeanEvent(Event):
    """`Event` without the partial and the processing queue that an unqueued machine never fills."""

    def trigger(self, model: Any, *args: Any, **kwargs: Any) -> bool:  # noqa: ANN401 - the library's signature
        """Fire; like `Event.trigger`, True when a transition was made. Raises `MachineError`."""
        machine: Any = self.machine
        if machine.has_queue or machine.on_exception or machine.finalize_event or machine._transition_queue:
            return bool(super().trigger(model, *args, **kwargs))
        event_data: Any = EventData(None, self, machine, model, args=args, kwargs=kwargs)
        known = machine.states.get(getattr(model, machine.model_attribute))
        state = event_data.state = known or machine.get_model_state(model)
        try:
            if self._is_valid_source(state):
                if machine.prepare_event:
                    machine.callbacks(machine.prepare_event, event_data)
                for transition in self.transitions[event_data.state.name]:
                    event_data.transition = transition
                    if transition.execute(event_data):
                        event_data.result = True
                        break
        except BaseException as error:
            event_data.error = error
            raise
        return bool(event_data.result)


class LeanMachine(Machine):
    """`Machine` for triggers on the way of every move (a third of the library's time)."""

    transition_cls = LeanTransition
    event_cls = LeanEvent
