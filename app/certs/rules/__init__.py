"""What a certificate says, how it is spelled and what a check of it can find."""
