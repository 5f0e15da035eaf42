import numpy as np
from scipy.interpolate import PchipInterpolator
r=np.random.default_rng(7)
rows=[]
for n in (2,3,4,6):
    for rep in range(4):
        x=np.cumsum(r.uniform(.05,1,n)); y=np.cumsum(r.uniform(-.2,1,n)) if rep<2 else r.normal(size=n)
        q=np.sort(r.uniform(x[0],x[-1],5)); f=PchipInterpolator(x,y)(q) if n>2 else np.interp(q,x,y)
        rows.append('%s;%s;%s;%s'%tuple(','.join('%.17g'%v for v in a) for a in (x,y,q,f)))
open('monotone-cubic.csv','w').write('# places; values; where; scipy.interpolate.PchipInterpolator 1.10.1 (two places: numpy.interp)\n'+'\n'.join(rows)+'\n')
