"""Looking over the whole: the regulator's boards and the staff desk."""
