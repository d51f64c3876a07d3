"""What any process of ours runs on, whether it handles messages or not: settings, logs, probes, metrics, traces."""
