"""The rules of study and examination: pure, and numbered as in docs/hours.md."""
