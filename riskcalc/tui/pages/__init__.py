"""Pages of the screen beside the trade, each loaded when it is first opened."""
