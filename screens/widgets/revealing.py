"""A list as high as what it holds: the column around it scrolls, and follows the cursor."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import OptionList


class RevealingList(OptionList):
    """An option list that keeps the option under the cursor in view of every column that it lies in.

    Textual's own scrolls only itself, so that in a column that scrolls as a whole the cursor gets lost.
    """

    def scroll_to_highlight(self, top: bool = False) -> None:
        """Bring the option under the cursor into view, here and around."""
        super().scroll_to_highlight(top)
        if self.has_focus:
            self.call_after_refresh(self._reveal)

    def _reveal(self) -> None:
        at = self.highlighted
        if at is None or not self.is_attached or at not in self._index_to_line:
            return
        first = self._index_to_line[at] - self.scroll_offset.y + self.content_region.y
        # The heading above the first option comes into view with it.
        first = self.region.y if at <= 1 and not self.scroll_offset.y else first
        last = self._index_to_line[at] - self.scroll_offset.y + self.content_region.y + self._heights[at]
        for around in self.ancestors:
            if isinstance(around, Widget) and around.max_scroll_y > 0 and around is not self.screen:
                view = around.content_region
                step = first - view.y if first < view.y else max(0, last - view.bottom)
                step = min(step, first - view.y) if step > 0 else step
                if step:
                    around.scroll_relative(y=step, animate=False, force=True, immediate=True)
                return
