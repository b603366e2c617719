"""Chart, heatmap and Greeks on one price axis."""
