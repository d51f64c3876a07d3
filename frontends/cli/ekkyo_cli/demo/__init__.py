"""A community's first season, played on the local stack through the public commands alone."""
