// Notation: OptimalTransport.cs (n, m, a, b, c, x) and NetworkSimplexTree.cs (nodes, arcs, potentials p).
//   r_ij = c_ij + p_i − p_(n+j)     reduced cost; the tree is optimal when none is negative
using System.Numerics;

namespace HtiTune.Surrogates.Coupling;

/// <summary>The primal network simplex method on a dense transport problem.</summary>
/// <remarks>
/// Arcs outside the tree carry no flow, so the tree is the whole state: memory is the cost matrix and O(n + m). The start is a feasible
/// greedy plan, whose components hang from an artificial root by empty arcs that point to it. Since every artificial arc points to the
/// root, none can ever carry flow, whatever it costs. Flows are integers and costs lie on a grid where all sums are exact, so that the
/// strongly feasible tree ends after finitely many pivots, ties or not.
/// Sources: Ahuja, Magnanti and Orlin, Network Flows (1993), chapter 11; Cunningham, Mathematical Programming 11 (1976), 105–116; block
/// search pricing: Grigoriadis, Mathematical Programming Study 26 (1986), 83–111.
/// </remarks>
internal sealed class NetworkSimplex
{
    private readonly int _n, _m;
    private readonly float[] _cost;
    private readonly NetworkSimplexTree _tree;

    /// <param name="sources">Masses a, shape [n], positive.</param>
    /// <param name="targets">Masses b, shape [m], positive, with the same sum.</param>
    /// <param name="cost">Costs c on the exact grid, shape [n, m].</param>
    internal NetworkSimplex(long[] sources, long[] targets, float[] cost)
    {
        (_n, _m, _cost) = (sources.Length, targets.Length, cost);
        _tree = new NetworkSimplexTree(_n, _m);
        Start(sources, targets);
    }

    /// <summary>Number of pivots so far.</summary>
    internal int Pivots { get; private set; }

    /// <summary>Pivots until no reduced cost is negative.</summary>
    internal void Run(CancellationToken cancellation)
    {
        // Block search: the most negative arc of about √(n m) at a time, whole rows, going round. Larger blocks took fewer pivots and
        // more time on every kind of cost tried.
        var rowsOfBlock = Math.Max(1, (int)Math.Sqrt((double)_n / _m));
        var row = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (source, target, least) = (-1, -1, 0.0);
            for (var scanned = 1; scanned <= _n; scanned++)
            {
                Scan(row, ref source, ref target, ref least);
                row = row + 1 == _n ? 0 : row + 1;
                if (source >= 0 && scanned % rowsOfBlock == 0)
                {
                    break;
                }
            }

            if (source < 0)
            {
                return;
            }

            _tree.Pivot(source, _n + target, least);
            Pivots++;
        }
    }

    /// <summary>The positive flows of the present tree, in no order.</summary>
    internal List<TransportFlow> Flows()
    {
        List<TransportFlow> flows = [];
        for (var x = 0; x < _n + _m; x++)
        {
            var parent = _tree.Parent(x);
            if (_tree.Flow(x) > 0)
            {
                flows.Add(x < _n ? new TransportFlow(x, parent - _n, _tree.Flow(x)) : new TransportFlow(parent, x - _n, _tree.Flow(x)));
            }
        }

        return flows;
    }

    /// <summary>Replaces the arc by the most negative one of row i, if that is less.</summary>
    private void Scan(int i, ref int source, ref int target, ref double least)
    {
        var costs = _cost.AsSpan(i * _m, _m);
        var potentials = _tree.Potentials.Slice(_n, _m);
        var own = _tree.Potentials[i];

        // min_j (c_ij − p_(n+j)), several columns at a time.
        var width = Vector<float>.Count;
        var half = Vector<double>.Count;
        Vector<double> smallest = new(double.PositiveInfinity), other = smallest;
        var j = 0;
        for (; j <= _m - width; j += width)
        {
            Vector.Widen(new Vector<float>(costs[j..]), out var low, out var high);
            smallest = Vector.MinNative(smallest, low - new Vector<double>(potentials[j..]));
            other = Vector.MinNative(other, high - new Vector<double>(potentials[(j + half)..]));
        }

        smallest = Vector.MinNative(smallest, other);

        var best = double.PositiveInfinity;
        for (var k = 0; k < half; k++)
        {
            best = Math.Min(best, smallest[k]);
        }

        for (; j < _m; j++)
        {
            best = Math.Min(best, costs[j] - potentials[j]);
        }

        if (best + own >= least)
        {
            return;
        }

        (source, least) = (i, best + own);
        for (target = 0; costs[target] - potentials[target] != best; target++)
        {
        }
    }

    /// <summary>
    /// Fills the sources one after another, each from the open target with the least c_ij − min_i c_ij; every flow empties a source or
    /// fills a target, so that the flows form a forest.
    /// </summary>
    private void Start(long[] sources, long[] targets)
    {
        var smallest = new float[_m];
        Array.Fill(smallest, float.PositiveInfinity);
        for (var i = 0; i < _n; i++)
        {
            var row = _cost.AsSpan(i * _m, _m);
            var j = 0;
            for (; j <= _m - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector.MinNative(new Vector<float>(smallest, j), new Vector<float>(row[j..])).CopyTo(smallest, j);
            }

            for (; j < _m; j++)
            {
                smallest[j] = Math.Min(smallest[j], row[j]);
            }
        }

        var least = Array.ConvertAll(smallest, value => (double)value);
        var room = (long[])targets.Clone();
        List<(int Source, int Target, long Mass)>[] arcs = [.. Enumerable.Range(0, _n + _m).Select(_ => new List<(int, int, long)>(2))];
        for (var i = 0; i < _n; i++)
        {
            for (var left = sources[i]; left > 0;)
            {
                var (best, value) = (-1, double.PositiveInfinity);
                var row = _cost.AsSpan(i * _m, _m);
                for (var j = 0; j < row.Length; j++)
                {
                    // The cheaper question first: it seldom is less.
                    if (row[j] - least[j] is var above && above < value && room[j] > 0)
                    {
                        (best, value) = (j, above);
                    }
                }

                var mass = Math.Min(left, room[best]);
                left -= mass;
                room[best] -= mass;
                arcs[i].Add((i, best, mass));
                arcs[_n + best].Add((i, best, mass));
            }
        }

        for (var j = 0; j < _m; j++)
        {
            if (!_tree.Holds(_n + j))
            {
                _tree.Add(_n + j, _tree.Root, 0, least[j]);
                Grow(_n + j, arcs);
            }
        }
    }

    /// <summary>Adds the component of a node that the tree holds.</summary>
    private void Grow(int first, List<(int Source, int Target, long Mass)>[] arcs)
    {
        var open = new Stack<int>([first]);
        while (open.TryPop(out var x))
        {
            foreach (var (i, j, mass) in arcs[x])
            {
                double cost = _cost[i * _m + j];
                var (other, potential) = x < _n ? (_n + j, _tree.Potentials[x] + cost) : (i, _tree.Potentials[x] - cost);
                if (!_tree.Holds(other))
                {
                    _tree.Add(other, x, mass, potential);
                    open.Push(other);
                }
            }
        }
    }
}
