"""What any process of ours runs on, whether it handles messages or not: settings, logs, probes, metrics, traces."""

import gc

gc.set_threshold(50_000, 20, 20)  # imports stay to the end: a fifth of a start was looking for garbage in them
