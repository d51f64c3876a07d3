"""What people want, and the next events that are made of it."""
