"""Makes the figures that the acquisition tests compare with. Run in this folder: python3 acquisition_fixtures.py

gp_sklearn.json     scikit-learn's GaussianProcessRegressor, Matern(nu=2.5), fixed length scale, variance and noise.
log_ei_mpmath.csv   ln h(z) of the standard normal and Student-t distributions, h(z) = E max(0, z + Z), with mpmath at 60 digits:
                    by the closed form, whose cancellation 400 digits absorb, and checked against numerical integration.
student_t_mpmath.csv  distribution function and log density of Student's t by mpmath.
clopper_pearson.csv   one-sided lower bounds by scipy.stats.beta.ppf.
bridge_marginal.json  the log marginal likelihood of a multivariate Student-t (scipy.stats.multivariate_t): the bridge process at rho = 0.
"""
import json, platform, sys
import mpmath as mp, numpy as np, scipy, sklearn
from scipy import stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

versions = f"python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, mpmath {mp.__version__}"

# --- scikit-learn -------------------------------------------------------------------------------------------------------
rng = np.random.default_rng(7)
cases = []
for n, length, variance, noise in [(1, .3, 1., 0.), (5, .3, 1., 1e-4), (12, .1, 2.5, 1e-2), (20, 1.0, .4, 1e-3), (8, .05, 3., 0.)]:
    u = np.sort(rng.random(n)) if n > 1 else np.array([.4])
    if n == 20:
        u[5] = u[4]                                   # a duplicated point, held apart by the noise
    y = np.sin(7 * u) + .1 * rng.standard_normal(n)
    grid = np.linspace(-.05, 1.05, 23)
    gp = GaussianProcessRegressor(ConstantKernel(variance, "fixed") * Matern(length, "fixed", nu=2.5), alpha=max(noise, 0), optimizer=None)
    gp.fit(u[:, None], y)
    mean, cov = gp.predict(grid[:, None], return_cov=True)
    cases.append(dict(lengthScale=length, variance=variance, noise=noise, points=u.tolist(), values=y.tolist(), grid=grid.tolist(),
                      mean=mean.tolist(), covariance=cov.tolist(), logMarginalLikelihood=gp.log_marginal_likelihood_value_))
json.dump(dict(provenance=versions, cases=cases), open("gp_sklearn.json", "w"), indent=0)

# --- log expected improvement -------------------------------------------------------------------------------------------
def log_h_normal(z):
    with mp.workdps(400):
        z = mp.mpf(z)
        if z < -25:                                    # h(-x) = phi(x) (1 - x M(x)); erfc at this precision needs no asymptotics
            x = -z
            mills = mp.sqrt(mp.pi / 2) * mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2)) if x < 200 else None
            if mills is None:                          # asymptotic series of 1 - x M(x), smallest term below 1e-1000
                total, term = mp.mpf(0), mp.mpf(1)
                for k in range(1, 60):
                    term *= -(2 * k - 1) / x**2
                    total -= term
                return -x * x / 2 - mp.log(2 * mp.pi) / 2 + mp.log(total)
            return -x * x / 2 - mp.log(2 * mp.pi) / 2 + mp.log(1 - x * mills)
        return mp.log(mp.npdf(z) + z * mp.ncdf(z))

def t_constant(nu):
    return mp.gamma((nu + 1) / 2) / mp.gamma(nu / 2) / mp.sqrt(nu * mp.pi)

def t_density(z, nu):
    return t_constant(nu) * (1 + z * z / nu) ** (-(nu + 1) / 2)

def t_upper(x, nu):                                    # P(Z > x), x >= 0
    return mp.betainc(nu / 2, mp.mpf(1) / 2, 0, nu / (nu + x * x), regularized=True) / 2

def log_h_student(z, nu):
    digits = 80 if nu < 1000 else 60
    with mp.workdps(digits):
        z, nu = mp.mpf(z), mp.mpf(nu)
        upper = t_upper(abs(z), nu)
        cdf = 1 - upper if z > 0 else upper
        return mp.log(z * cdf + (nu + z * z) / (nu - 1) * t_density(z, nu))

with open("log_ei_mpmath.csv", "w") as f:
    f.write(f"# {versions}\nnu,z,log_h\n")
    zs = [6, 4.5, 3, 2, 1.0000001, 1, .9999999, .8995, .5, .1, 1e-6, 0, -1e-6, -.1, -.5, -.9999999, -1, -1.0000001, -1.5, -2, -3, -5, -8, -12,
          -20, -25.5, -38, -50, -80, -100, -150, -199, -201, -500, -1000, -3000, -1e4]
    for z in zs:
        f.write(f"inf,{z!r},{mp.nstr(log_h_normal(z), 25)}\n")
    for nu in [1.5, 3, 4, 5, 7.5, 12, 30, 39.9, 40.1, 64, 200, 1000, 1e5, 1e7]:
        for z in [5, 2, 1, .9999999, .5, 0, -.3, -.9999999, -1, -1.2, -2, -3.7, -6, -10, -25, -60, -100, -1000, -1e4]:
            if nu > 1e4 and z < -30:
                continue
            f.write(f"{nu!r},{z!r},{mp.nstr(log_h_student(z, nu), 25)}\n")
for z, nu in [(-2, 5), (-6, 12), (.5, 4), (-10, 30)]:  # the closed form against integration
    with mp.workdps(30):
        direct = mp.log(mp.quad(lambda t: (t + z) * t_density(t, mp.mpf(nu)), [-z, -z + 1, -z + 10, -z + 100, mp.inf]))
        assert abs(direct - log_h_student(z, nu)) < 1e-12, (z, nu)

with open("student_t_mpmath.csv", "w") as f:
    f.write(f"# {versions}\nnu,z,cdf,log_density\n")
    for nu in [2.5, 4, 9, 33, 100, 1e4]:
        for z in [-30, -8, -3, -1.01, -1, -.99, -.2, 0, .4, 1, 2.5, 7]:
            with mp.workdps(60):
                upper = t_upper(mp.mpf(abs(z)), mp.mpf(nu))
                cdf = 1 - upper if z > 0 else upper
                f.write(f"{nu!r},{z!r},{mp.nstr(cdf, 25)},{mp.nstr(mp.log(t_density(mp.mpf(z), mp.mpf(nu))), 25)}\n")

with open("clopper_pearson.csv", "w") as f:
    f.write(f"# {versions}\nhits,trials,eta,bound\n")
    for k, n, eta in [(1, 1, .05), (5, 10, .05), (4000, 4096, 1e-3), (4095, 4096, 1e-3), (1, 4096, 1e-3), (3900, 4096, 1e-3), (96, 100, .01)]:
        f.write(f"{k},{n},{eta},{float(stats.beta.ppf(eta, k, n - k + 1))!r}\n")

# --- marginal likelihood of the bridge process at rho = 0 ---------------------------------------------------------------
cases = []
for n, length, ratio in [(1, .3, 0.), (2, .2, 0.), (6, .3, 1e-2), (9, 1., 1e-4), (9, .05, .1)]:
    u = rng.random(n)
    y = 3 + 2 * np.cos(5 * u) + .3 * rng.standard_normal(n)
    a0, kappa, initial = 2., 1., 3
    first = y[:initial]
    c = first.mean()
    s0 = (first.max() - first.min()) / 2 if n > 1 else .01 * abs(y[0])
    d = np.abs(u[:, None] - u[None]) * np.sqrt(5) / length
    cov = (1 + d + d * d / 3) * np.exp(-d) + ratio * np.eye(n) + kappa**2
    # b/a = s0^2: integrating sigma^2 ~ IG(a0, a0 s0^2) over N(c, sigma^2 cov) gives t_{2 a0}(c, s0^2 cov)
    cases.append(dict(lengthScale=length, noiseRatio=ratio, points=u.tolist(), values=y.tolist(),
                      logDensity=float(stats.multivariate_t.logpdf(y, loc=np.full(n, c), shape=s0**2 * cov, df=2 * a0))))
json.dump(dict(provenance=versions, cases=cases), open("bridge_marginal.json", "w"), indent=0)
print(versions)
