"""The pure decisions of the identity room and its vocabulary."""
