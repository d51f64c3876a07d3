"""Speed as ratios against named floors, measured in one run. `make bench`, or `python -m bench NAME`."""
