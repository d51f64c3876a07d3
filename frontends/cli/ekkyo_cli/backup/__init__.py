"""Backups: a folder with the streams, the services' databases, and a manifest that says what is in it."""
