"""How places at the season's events are given, and what is done about who really came."""
