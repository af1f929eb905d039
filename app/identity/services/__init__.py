"""What is done for people: sign-up, sign-in, standing, notices, cases."""
