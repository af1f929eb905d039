"""Checks what the platform hands out, without it: standard library and `cryptography` alone."""
