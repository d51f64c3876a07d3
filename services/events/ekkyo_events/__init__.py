"""Ekkyo's events service: events, registrations, waitlists and attendance."""
