"""One key at a time: what a key does is done before the next key is looked at.

Textual runs a binding (Tab, Enter, F10) only when its key has bubbled up to the application; letters behind
it have been handed to the old field by then. Over a slow line keys come in bursts, and text would land in the
wrong field. So a message follows each key on its way up, and the next key waits until it has arrived.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import monotonic

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump

ROUNDS = 3
"""A key may set off messages that move the focus when they are handled themselves (a list that closes)."""
LONGEST = 0.5
"""Seconds that a key waits at most: what a key set off may be slow."""
LOOK = 0.01
"""Seconds between two looks whether the followed widget is still there (a dialog may have closed)."""


class KeyLane(App[int]):
    """An application whose keys and pastes are carried out in the order in which they came."""

    _under_way: int = 0
    _number: int = 0
    _rounds: int = 0
    _followed: MessagePump | None = None

    @dataclass
    class KeyDone(Message, namespace="key_lane"):
        """The key of that number has been where its widget, the screens and the application are."""

        number: int

    async def on_event(self, event: events.Event) -> None:
        """Hold keys back while one is under way."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self._under_way:
            self._held.append(event)
            if len(self._held) == 1:
                self._wait_for(self._under_way, monotonic() + LONGEST)
        else:
            await self._carry_out(event)

    @property
    def keys_done(self) -> bool:
        """Whether no key is held back."""
        return not self._held

    def _wait_for(self, number: int, until: float) -> None:
        """Let the next key go once the one under way is done, or nobody is left to say so."""

        def look() -> None:
            if number == self._under_way:
                if self._is_gone(self._followed) or monotonic() > until:
                    self._follow(number, self)
                else:
                    self.set_timer(LOOK, look)

        self.set_timer(LOOK, look)

    def _is_gone(self, target: MessagePump | None) -> bool:
        """Whether `target` will never hand a message on: it was removed, or its screen is being closed."""
        if not isinstance(target, DOMNode) or target is self:
            return False
        return not target.is_attached or not target.is_running or target.screen not in self.screen_stack

    @property
    def _held(self) -> deque[events.Event]:
        if "_held_keys" not in self.__dict__:
            self._held_keys: deque[events.Event] = deque()
        return self._held_keys

    async def _carry_out(self, event: events.Event) -> None:
        target: MessagePump = self._target
        self._number += 1
        self._under_way, self._rounds = self._number, ROUNDS
        await super().on_event(event)
        self._follow(self._number, target)

    @property
    def _target(self) -> MessagePump:
        if not self.screen_stack:
            return self
        return self.focused or self.screen

    def _follow(self, number: int, target: MessagePump) -> None:
        self._followed = target
        if target is self:
            self._rounds = 0
        if not target.post_message(self.KeyDone(number)):
            self._rounds = 0
            self.post_message(self.KeyDone(number))

    async def on_key_lane_key_done(self, message: KeyDone) -> None:
        """Go round again while something waits; then the next key."""
        message.stop()
        if message.number != self._under_way:
            return
        if self._rounds:
            self._rounds -= 1
            self._follow(message.number, self._target)
            return
        self._under_way = 0
        if self._held:
            await self._carry_out(self._held.popleft())
            if self._held:
                self._wait_for(self._under_way, monotonic() + LONGEST)
