"""Expected improvement on scikit-learn's Gaussian process, asked for places of the unit cube.

A run begins with a line "begin DIMENSION SEED FIRST". Each place is printed as a line of numbers, and the value there is read: a number, or
"end", upon which "seconds SECONDS PLACES" is printed: the processor time of all places that the process chose, and how many they were.

u     a place [d], each component in [0, 1]
m, s  mean and standard deviation of the process at u, in units of the values' standard deviation about their mean
EI    E[max(f_best - f(u), 0)] = (f_best - m) Phi(z) + s phi(z), z = (f_best - m) / s
"""

import os
import sys
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm, qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

# Kernel parameters at the edge of their range are told by a warning for each fit.
warnings.filterwarnings("ignore")

SPREAD = 2048       # places all over the cube at which EI is looked at
NEAR = 256          # and near the best place
CLIMBS = 5          # of which so many are improved by L-BFGS-B
RADIUS = 0.05
SAME = 1e-6         # places nearer than that are one place


def next_place(places, values, seed, random):
    spread = values.std()
    scaled = (values - values.mean()) / (spread if spread > 0 else 1.0)
    dimension = places.shape[1]
    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * Matern([0.3] * dimension, (1e-2, 1e1), nu=2.5)
    process = GaussianProcessRegressor(kernel, alpha=1e-8, n_restarts_optimizer=2, random_state=seed).fit(places, scaled)
    best = scaled.min()

    def improvement(candidates):
        mean, deviation = process.predict(np.atleast_2d(candidates), return_std=True)
        deviation = np.maximum(deviation, 1e-12)
        z = (best - mean) / deviation
        return (best - mean) * norm.cdf(z) + deviation * norm.pdf(z)

    near = np.clip(places[np.argmin(values)] + RADIUS * random.standard_normal((NEAR, dimension)), 0, 1)
    candidates = np.vstack([random.random((SPREAD, dimension)), near])
    gains = improvement(candidates)
    found, gain = None, -1.0
    for i in np.argsort(-gains)[:CLIMBS]:
        climbed = minimize(lambda u: -improvement(u)[0], candidates[i], bounds=[(0, 1)] * dimension, method="L-BFGS-B")
        for place, value in ((candidates[i], gains[i]), (climbed.x, -climbed.fun)):
            if value > gain:
                found, gain = place, value
    return random.random(dimension) if np.abs(places - found).max(axis=1).min() < SAME else found


def run(dimension, seed, first, answer):
    random = np.random.default_rng(seed)
    places, values, seconds = np.empty((0, dimension)), np.empty(0), 0.0
    start = qmc.LatinHypercube(dimension, seed=seed).random(first)
    while True:
        if len(places) < first:
            place = start[len(places)]
        else:
            begun = time.process_time()
            place = next_place(places, values, seed, random)
            seconds += time.process_time() - begun
        print(*(repr(float(x)) for x in place), flush=True)
        line = answer()
        if line == "end":
            print("seconds", seconds, max(0, len(places) + 1 - first), flush=True)
            return
        places, values = np.vstack([places, place]), np.append(values, float(line))


def main():
    while line := sys.stdin.readline():
        _, dimension, seed, first = line.split()
        run(int(dimension), int(seed), int(first), lambda: sys.stdin.readline().strip())


if __name__ == "__main__":
    main()
