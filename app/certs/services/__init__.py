"""What the room does: issue, keep, verify, revoke."""
