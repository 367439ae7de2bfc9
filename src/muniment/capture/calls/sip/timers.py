"""What is to happen later, without a clock: the caller says what time it is."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """One thing to happen at `at`, in seconds of a clock that only goes forward."""

    at: float
    number: int
    action: Callable[[float], None] | None = field(compare=False)

    def cancel(self) -> None:
        """It shall not happen; what it held is let go at once."""
        self.action = None


class Timers:
    """Timers in the order of their time."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def set(self, at: float, action: Callable[[float], None]) -> Timer:
        """Let something happen at a time."""
        self._count += 1
        timer = Timer(at, self._count, action)
        heapq.heappush(self._heap, timer)
        if self._count % 4096 == 0:
            self._forget_cancelled()
        return timer

    def next(self) -> float | None:
        """When the next one is due."""
        while self._heap and self._heap[0].action is None:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def run(self, now: float) -> None:
        """Let everything happen that is due."""
        while self._heap and self._heap[0].at <= now:
            timer = heapq.heappop(self._heap)
            if timer.action:
                timer.action(now)

    def _forget_cancelled(self) -> None:
        live = [timer for timer in self._heap if timer.action is not None]
        if len(live) < len(self._heap) // 2:
            heapq.heapify(live)
            self._heap = live
