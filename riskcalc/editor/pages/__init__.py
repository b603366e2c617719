"""What each page of the screen shows beside the trade."""
