"""What is done for learners: the catalogue, enrolments."""
