"""Makes kriging.json: usage  python3 kriging_fixtures.py FOLDER, where FOLDER holds kriging.py, the NumPy reference of kriging (class Krig).

Each case: places [K, d], outputs [K, P], the reference's optimum θ (log ℓ, log a, log b, log ν), its objective, and at queries [M, d] predictions
[M, P] and unit variances [M]; leave-one-out residuals [K, P] and unit variances [K]. Written by NumPy with SciPy's L-BFGS-B."""
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from kriging import Krig

def outputs(u, p, r, kind):
    d = u.shape[1]
    a, b, c = r.normal(size=(d, p)), r.uniform(0, 6, p), r.uniform(.5, 3, p)
    z = u @ a
    if kind == 'smooth': return np.sin(c * z + b) + .3 * z
    if kind == 'warped': return np.tanh(6 * (u ** 3) @ np.abs(a) / np.abs(a).sum(0) - 2 + b / 6)
    if kind == 'large': return 1e6 + 1e3 * np.sin(c * z + b)
    if kind == 'small': return 1e-9 * np.cos(c * z + b)
    if kind == 'noisy': return np.sin(c * z + b) + .1 * r.normal(size=(len(u), p))
    if kind == 'jump': return np.where(u[:, :1] > .47, 1., -1.) * b + .2 * z

def design(k, d, r, how):
    if d == 1 and how == 'even': return np.linspace(0, 1, k)[:, None]
    if how == 'cluster':
        u = r.uniform(size=(k, d)); u[k // 2:] = .4 + 1e-3 * r.normal(size=(k - k // 2, d)); return u
    return r.uniform(size=(k, d))

cases = []
for i, (d, k, kind, how, warp, noise) in enumerate([
        (1, 3, 'smooth', 'even', True, False), (1, 5, 'warped', 'even', True, False), (1, 5, 'smooth', 'random', False, False), (1, 8, 'large', 'even', True, False),
        (1, 8, 'jump', 'even', True, False), (1, 9, 'noisy', 'even', True, True), (1, 3, 'noisy', 'even', True, True), (1, 2, 'smooth', 'even', True, False),
        (2, 8, 'warped', 'random', True, False), (2, 20, 'smooth', 'random', True, False), (2, 20, 'noisy', 'random', True, True), (2, 14, 'smooth', 'cluster', True, False),
        (3, 12, 'warped', 'random', True, False), (3, 12, 'small', 'random', False, False), (4, 20, 'smooth', 'random', True, False), (2, 14, 'noisy', 'random', False, True)]):
    r = np.random.default_rng(100 + i)
    u = design(k, d, r, how); y = outputs(u, 6, r, kind).astype(np.float32).astype(float)
    m = Krig(kind='m52', trend='const', warp='kumar' if warp else None, noise=noise).fit(u, y)
    q = np.concatenate([r.uniform(size=(5, d)), np.zeros((1, d)), np.ones((1, d))])
    v, w = m.var(q); e, f = m.loo()
    cases.append(dict(name=f'd{d} K{k} {kind} {how}', dimension=d, warp=warp, nugget=noise, places=u.ravel().tolist(), outputs=y.ravel().tolist(), theta=m.p.tolist(), objective=float(m.fun),
                      effective=float(m.pe), queries=q.ravel().tolist(), predictions=(w @ y).ravel().tolist(), variances=v.tolist(), residuals=e.ravel().tolist(), residualVariances=f.tolist()))
    print(cases[-1]['name'], m.p.round(2), round(float(m.fun), 4), f'{m.cond:.1e}')
json.dump(dict(comment='made by kriging_fixtures.py', cases=cases), open('kriging.json', 'w'))
