"""Shixue 实学: an online vocational-training platform whose study hours can be believed."""
