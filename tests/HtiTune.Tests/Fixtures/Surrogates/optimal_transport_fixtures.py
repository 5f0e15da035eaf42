"""Makes the figures that the optimal transport tests compare with. Run in this folder: python3 optimal_transport_fixtures.py

optimal_transport_pot.json  transport costs by POT's ot.emd (its own network simplex), squared distances rounded to single precision,
                            checked against scipy.optimize.linear_sum_assignment where both sides have as many points.
"""
import json
import platform

import numpy as np
import ot
import scipy
from scipy.optimize import linear_sum_assignment

rng = np.random.default_rng(20)


def clusters(n, d):
    centres = 5 * rng.normal(size=(4, d))
    return centres[rng.integers(4, size=n)] + 0.2 * rng.normal(size=(n, d))


def case(name, x, y, a=None, b=None):
    x, y = np.round(x, 3), np.round(y, 3)
    c = ((x[:, None] - y[None]) ** 2).sum(-1).astype(np.float32).astype(float)
    masses = [[1] * len(x), [1] * len(y)] if a is None else [a.tolist(), b.tolist()]
    a, b = (np.asarray(m) / sum(m) for m in masses)
    cost = float((ot.emd(a, b, c, numItermax=10**7) * c).sum())
    if masses == [[1] * len(x), [1] * len(x)]:
        i, j = linear_sum_assignment(c)
        assert abs(c[i, j].mean() - cost) <= 1e-12 * max(1, cost), name
    return {"name": name, "sources": x.tolist(), "targets": y.tolist(), "masses": None if a.max() == a.min() else masses, "cost": cost}


def composition(parts, total):
    return 1 + np.bincount(rng.integers(parts, size=total - parts), minlength=parts)


cases = [
    case("Gaussian to Gaussian", rng.normal(size=(80, 2)), 1 + 2 * rng.normal(size=(80, 2))),
    case("clusters in five dimensions", clusters(70, 5), clusters(70, 5)),
    case("integer grid, many ties and equal points", rng.integers(0, 4, (90, 2)), rng.integers(0, 4, (90, 2))),
    case("48 to 36", rng.normal(size=(48, 2)), rng.normal(size=(36, 2))),
    case("37 to 50, coprime", rng.normal(size=(37, 3)), clusters(50, 3)),
    case("3 to 100", rng.normal(size=(3, 1)), rng.normal(size=(100, 1))),
    case("integer masses", rng.normal(size=(30, 2)), rng.normal(size=(45, 2)), composition(30, 500), composition(45, 500)),
]
provenance = f"POT {ot.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, python {platform.python_version()}; optimal_transport_fixtures.py"
with open("optimal_transport_pot.json", "w") as file:
    json.dump({"provenance": provenance, "cases": cases}, file)
    file.write("\n")
