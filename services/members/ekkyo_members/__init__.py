"""Ekkyo's members service: communities, the people in them, and their journeys."""
