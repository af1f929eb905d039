"""Courses, study hours and examinations."""
