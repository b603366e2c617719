from .plots import plot_heatmap as plot_heatmap
from .plots import plot_payoff as plot_payoff
