"""How often a process that serves looks for garbage that reference counts do not find."""

import gc


def collect_less() -> None:
    """Once, when all is imported, which stays: a batch of events makes objects by the ten thousand that end with it,
    and looking through them all again and again took a quarter of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
