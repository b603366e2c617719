"""What a plan says, in panels of fixed width and in views computed when shown."""
