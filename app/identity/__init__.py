"""People: accounts, sign-in, real-name checks, consent, faces. Personal data lives only here."""
