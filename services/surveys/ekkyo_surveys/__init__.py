"""Ekkyo's surveys service: surveys, who took part, and results."""
