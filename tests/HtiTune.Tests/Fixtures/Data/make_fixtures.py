"""Writes the fixtures of this folder; see README.md. Needs numpy, scipy and mpmath."""
import math

import mpmath
import numpy as np
from scipy import special

# Small dyadic numbers, exact in single precision, every one different, so that a transposed reading shows.
grid = np.arange(6, dtype=np.float32).reshape(2, 3) + np.float32(0.25)
cube = np.arange(24, dtype=np.float32).reshape(2, 3, 4) - np.float32(7.5)
np.save("f4.npy", grid)
np.save("f8.npy", grid.astype("<f8"))
np.save("f4-fortran.npy", np.asfortranarray(grid))
np.save("f8-cube-fortran.npy", np.asfortranarray(cube.astype("<f8")))
np.save("f4-cube.npy", cube)
np.save("f4-vector.npy", grid[0])
np.save("f4-scalar.npy", np.float32(2.5))
np.save("f4-no-rows.npy", np.zeros((0, 3), np.float32))
np.save("f4-big-endian.npy", grid.astype(">f4"))
np.save("i8.npy", np.arange(6, dtype="<i8").reshape(2, 3))
np.save("record.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<f4")]))
np.save("f4-nan.npy", np.array([[1, 2], [3, np.nan], [5, 6]], np.float32))
np.save("f8-infinite-fortran.npy", np.asfortranarray(np.array([[1, 2], [3, 4], [-np.inf, 6]])))
np.save("f8-too-large.npy", np.array([1.0, 1e300]))
for version in (2, 3):
    with open(f"f4-version-{version}.npy", "wb") as file:
        np.lib.format.write_array(file, grid, version=(version, 0))

# Φ⁻¹(p) and Φ(z) in 50 digits, rounded to the nearest double; scipy agrees to 2e-13 (its Φ(−37) is the farthest off).
mpmath.mp.dps = 50
with open("normal.csv", "w") as file:
    file.write("function,argument,value\n")

    def write(function, argument, value, exact):
        assert abs(value - exact) <= mpmath.mpf(2e-13) * abs(exact), (function, argument)
        file.write(f"{function},{float(argument)!r},{float(exact)!r}\n")

    levels = [1e-300, 1e-100, 1e-50, 1e-20, 1.4e-11, 1.3e-11, 1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.05, 0.0749, 0.0751, 0.1, 0.2, 0.25, 0.4,
              0.499999, 0.5000001, 0.6, 0.75, 0.9, 0.9249, 0.9251, 0.95, 0.99, 0.999, 0.999999, 1 - 2.0**-40, 1 - 2.0**-53]
    for p in levels:
        # Newton steps in 50 digits from scipy's value.
        z = mpmath.mpf(float(special.ndtri(p)))
        for _ in range(8):
            z -= (mpmath.ncdf(z) - mpmath.mpf(p)) / mpmath.npdf(z)
        write("quantile", p, special.ndtri(p), z)
    for z in [-37, -30, -20, -10, -8.3, -6, -5.7, -5.6, -5, -4, -3, -2, -1, -0.67, -0.66, -0.1, -1e-9, 0.1, 0.5, 0.66, 0.67, 1, 2, 3, 5.6, 5.7, 8]:
        write("cumulative", z, special.ndtr(z), mpmath.ncdf(mpmath.mpf(z)))

# Places on the other scales, in 50 digits.
with open("scales.csv", "w") as file:
    file.write("scale,lambda,w\n")
    for p in [1e-12, 0.001, 0.1, 0.249, 0.251, 0.4999999, 0.5000001, 0.6, 0.76, 0.9, 0.999, 1 - 2.0**-30]:
        x = mpmath.mpf(p)
        file.write(f"log,{p!r},{float(mpmath.log(x))!r}\n")
        file.write(f"logit,{p!r},{float(mpmath.log(x / (1 - x)))!r}\n")
        file.write(f"odds,{p!r},{float(x / (1 - x))!r}\n")
        assert math.isclose(special.logit(p), float(mpmath.log(x / (1 - x))), rel_tol=1e-9)
