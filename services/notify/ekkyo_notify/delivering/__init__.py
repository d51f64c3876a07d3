"""Whom a notice is for (`audience`), what each of them gets over which channel, and handing it over (`sending`)."""
