"""Chart, heatmap and Greeks: drawn line by line on one price axis."""
