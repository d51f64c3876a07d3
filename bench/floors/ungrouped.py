"""The events service with its grouping of writes off: `queued` writes one change after another, `apart` each by itself.

By itself is how most services write: whoever asks has their change read, decided and replaced at once, and again when
another one was faster. Everything else is the service as it is.
"""

import copy
import sys
from collections import deque
from typing import Any

from ekkyo.store import collection, group
from ekkyo.store.working import Ask
from ekkyo_events.app import main

_add = group.Groups.add


def _add_apart(groups: group.Groups[Any, Any], ask: Ask) -> None:
    alone = copy.copy(groups)  # the same collection, cache and settling, and a queue of its own
    alone._waiting, alone._writer = deque(), None
    _add(alone, ask)


if sys.argv.pop(1) == "apart":
    group.Groups.add = _add_apart  # type: ignore[method-assign]
    collection.PATIENCE = 600.0  # it never ends otherwise: those who lose every race are told 503
else:
    group.LARGEST = 1

main()
