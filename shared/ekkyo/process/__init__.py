"""What any process of ours runs on, whether it handles messages or not: settings, logs, probes, metrics, traces."""

import gc

gc.set_threshold(50_000, 20, 20)  # what a process imports stays to its end: looking for garbage in it was a fifth of its start
