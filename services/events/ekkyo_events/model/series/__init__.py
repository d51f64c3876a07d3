"""Series: events that recur by a rule."""
