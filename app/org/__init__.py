"""Employers and institutions: their staff, what they assign, and the proof of hours they get."""
