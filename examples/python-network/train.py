"""Trains a small network that says how much to stock, for one price of a lost sale. NumPy alone.

    python3 train.py --price 4 --seed 1 --contexts days.csv --out outputs.npy

The network answers each context (temperature, and whether it is a weekend) with the stock to order. The price of a lost sale,
against 1 for what is left over, is what its loss weighs; it is fixed while it trains.
"""

import argparse
import os

import numpy as np


def demand(rng, days):
    """Units sold on days of (temperature, weekend): noisy, and the noisier the hotter."""
    temperature, weekend = days[:, 0], days[:, 1]
    mean = 40 + 8 * temperature + 15 * weekend
    return mean + (3 + 6 / (1 + np.exp(-temperature))) * rng.gumbel(size=len(days))


def features(days):
    """Centred, so that one step size fits all."""
    return np.column_stack([days[:, 0], days[:, 1] - 0.5])


# Each with its slope, by what goes in and what comes out.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda before, h: 1 - h**2),
    "relu": (lambda before: np.maximum(before, 0), lambda before, h: (before > 0).astype(float)),
}


def train(price, seed, steps, hidden=16, activation="tanh"):
    """Returns a function from days to stock, after gradient steps on price * lost + left over."""
    rng = np.random.default_rng(seed)
    days = np.column_stack([rng.normal(size=1000), rng.random(1000) < 2 / 7]).astype(float)
    x, y = features(days), (demand(rng, days) - 40) / 15
    act, slope_of = ACTIVATIONS[activation]
    weights = [rng.normal(size=(2, hidden)) / np.sqrt(2), np.zeros(hidden), rng.normal(size=hidden) / np.sqrt(hidden), np.zeros(1)]
    moments = [[np.zeros_like(w), np.zeros_like(w)] for w in weights]
    for step in range(1, steps + 1):
        rows = rng.integers(len(x), size=128)
        before = x[rows] @ weights[0] + weights[1]
        h = act(before)
        stock = h @ weights[2] + weights[3]
        # The loss per day is price * max(y - stock, 0) + max(stock - y, 0).
        slope = np.where(y[rows] > stock, -price, 1.0) / len(rows) / (1 + price)
        back = np.outer(slope, weights[2]) * slope_of(before, h)
        slopes = [x[rows].T @ back, back.sum(0), h.T @ slope, slope.sum(keepdims=True)]
        rate = 0.02 * (1 - step / (steps + 1))
        for w, g, (m, v) in zip(weights, slopes, moments):
            m += 0.1 * (g - m)
            v += 0.01 * (g * g - v)
            w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
        if step % 100 == 0:
            print(f"htitune:progress {step / steps}", flush=True)
    return lambda d: 40 + 15 * (act(features(d) @ weights[0] + weights[1]) @ weights[2] + weights[3])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--price", type=float, required=True, help="of a lost sale, against 1 for what is left over")
    parser.add_argument("--hidden", type=int, default=16, help="width of the hidden layer")
    parser.add_argument("--activation", choices=ACTIVATIONS, default="tanh")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--contexts", required=True, help="days to answer: temperature, weekend")
    parser.add_argument("--out", required=True, help="where to write stock, left over and lost, a row for each day")
    parser.add_argument("--steps", type=int, default=2000)
    arguments = parser.parse_args()

    stock = train(arguments.price, arguments.seed, arguments.steps, arguments.hidden, arguments.activation)
    days = np.loadtxt(arguments.contexts, delimiter=",", skiprows=1)

    # What became of it on these days: the same at every price, so that only the network makes a difference.
    sold = demand(np.random.default_rng(12345), days)
    ordered = stock(days)
    left, lost = np.maximum(ordered - sold, 0), np.maximum(sold - ordered, 0)
    # What this shop really minds: half of what is left over can be sold tomorrow, and regulars stay away after a bad day.
    cost = 0.5 * left + 3 * lost + 0.1 * lost**2

    # Under another name first: a file that is there is whole.
    partial = arguments.out + ".partial.npy"
    np.save(partial, np.column_stack([ordered, left, lost, cost]).astype(np.float32))
    os.replace(partial, arguments.out)


if __name__ == "__main__":
    main()
