"""`python -m tests.provisions`: fetch what the tests look at before any of them waits for it."""

from tests import faces
from tests.browser.chromium import find_chromium

if __name__ == "__main__":
    find_chromium()
    faces.fetch()
