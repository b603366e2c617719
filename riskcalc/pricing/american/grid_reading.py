"""Reading the layers of a grid of finite differences between their nodes and between their moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskcalc.pricing.block_evaluation import FloatArray

LAYERS = 4  # of the polynomial that reads between the layers
POINTS = 6  # of the one that reads a layer


def read_at(
    nodes: FloatArray, values: FloatArray, spot: FloatArray, *, exercised: NDArray[np.bool_]
) -> FloatArray:
    """Value, delta and gamma at spots, shape (contracts, points).

    Nodes have shape (contracts, nodes); values and what is exercised have (contracts, points or one, nodes).
    """
    shape = (*spot.shape, nodes.shape[1])
    values = np.broadcast_to(values, shape)
    near = _on_one_side(cells_of(nodes, spot), np.broadcast_to(exercised, shape))
    places = np.take_along_axis(nodes[:, None, :], near, axis=2)
    around = np.take_along_axis(values, near, axis=2)
    scale = (places[..., -1:] - places[..., :1]) / 2
    powers = ((places - spot[..., None]) / scale)[..., None] ** np.arange(POINTS)
    series = np.linalg.solve(powers, around[..., None])[..., 0]
    return np.stack([series[..., 0], series[..., 1] / scale[..., 0], 2 * series[..., 2] / scale[..., 0] ** 2])


def _on_one_side(cell: NDArray[np.intp], exercised: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Numbers of the nodes about cells, as a last axis: of held nodes only, but in an exercised cell.

    At the exercise boundary the value bends, and no polynomial follows it there.
    """
    count = exercised.shape[2]
    first = np.clip(cell - POINTS // 2 + 1, 0, count - POINTS)
    ends = np.stack([cell, cell + 1], axis=-1)
    inside = np.take_along_axis(exercised, ends, axis=2).all(axis=2)
    for _ in range(POINTS - 1):
        left, right = (
            np.take_along_axis(exercised, (first + part)[..., None], axis=2)[..., 0]
            for part in (0, POINTS - 1)
        )
        move = np.where(inside | (left & right), 0, left.astype(int) - right)
        first = np.clip(first + move, 0, count - POINTS)
    return first[..., None] + np.arange(POINTS)


def between_layers(position: FloatArray, count: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Numbers of the layers about each position, and their weights in the polynomial through them."""
    layers = min(LAYERS, count)
    first = np.clip(np.floor(position).astype(int) - layers // 2 + 1, 0, count - layers)
    near = first[..., None] + np.arange(layers)
    return near, _lagrange(near.astype(float), position)


def _lagrange(nodes: FloatArray, at: FloatArray) -> FloatArray:
    """Weights of the polynomial through nodes, the last axis."""
    weights = np.ones_like(nodes)
    for i in range(nodes.shape[-1]):
        for j in range(nodes.shape[-1]):
            if i != j:
                weights[..., i] *= (at - nodes[..., j]) / (nodes[..., i] - nodes[..., j])
    return weights


def cells_of(nodes: FloatArray, spot: FloatArray) -> NDArray[np.intp]:
    """Numbers of the nodes below spots."""
    pairs = zip(nodes, spot, strict=True)
    cells = np.stack([np.searchsorted(row, spots, side="right") - 1 for row, spots in pairs])
    inside: NDArray[np.intp] = np.clip(cells, 0, nodes.shape[1] - 2)
    return inside
