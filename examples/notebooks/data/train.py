"""Trains a small network in Python (NumPy alone) at a few values of λ, and writes its answers as .npy files.

The network forecasts a demand from a temperature by the pinball loss at the quantile λ. Every λ begins with the same weights and sees the same
batches. Run it in this folder: python3 train.py
"""
import numpy as np

LAMBDAS = [0.05, 0.2, 0.5, 0.8, 0.95]   # anchors
HELD_OUT = [0.1, 0.35, 0.65, 0.9]       # never shown to the surrogate
WIDTH, STEPS, BATCH, RATE = 32, 3000, 128, 0.01

chance = np.random.default_rng(2026)
warmth = chance.normal(size=2000)
demand = 10 - 2 * warmth + (0.5 + np.abs(warmth)) * chance.gumbel(size=2000)
days = np.linspace(-2, 2, 200)


def features(x, w):
    return np.tanh(x[:, None] * w["a"] + w["b"])


def train(quantile):
    rng = np.random.default_rng(7)
    w = {"a": rng.normal(size=WIDTH), "b": rng.normal(size=WIDTH), "c": rng.normal(size=WIDTH) / WIDTH, "d": np.array([10.0])}
    m = {k: np.zeros_like(v) for k, v in w.items()}
    v2 = {k: np.zeros_like(v) for k, v in w.items()}
    for step in range(1, STEPS + 1):
        rows = rng.integers(0, len(warmth), BATCH)
        x, y = warmth[rows], demand[rows]
        h = features(x, w)
        error = y - (h @ w["c"] + w["d"])
        slope = -np.where(error > 0, quantile, quantile - 1) / BATCH      # of the pinball loss over the forecast
        back = slope[:, None] * w["c"] * (1 - h**2)
        grads = {"a": x @ back, "b": back.sum(0), "c": slope @ h, "d": np.array([slope.sum()])}
        rate = RATE * (1 + np.cos(np.pi * step / STEPS)) / 2
        for k in w:                                                       # Adam
            m[k] += 0.1 * (grads[k] - m[k])
            v2[k] += 0.001 * (grads[k] ** 2 - v2[k])
            w[k] -= rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(v2[k] / (1 - 0.999**step)) + 1e-8)
    return features(days, w) @ w["c"] + w["d"]


np.save("lambdas.npy", np.array(LAMBDAS))
np.save("held-out-lambdas.npy", np.array(HELD_OUT))
np.save("days.npy", days[:, None])
np.save("outputs.npy", np.stack([train(q) for q in LAMBDAS]))             # shape [5, 200]: a row for each λ
np.save("held-out-outputs.npy", np.stack([train(q) for q in HELD_OUT]))
np.save("sold.npy", np.stack([10 - 2 * days + (0.5 + np.abs(days)) * chance.gumbel(size=200) for _ in range(50)]))
