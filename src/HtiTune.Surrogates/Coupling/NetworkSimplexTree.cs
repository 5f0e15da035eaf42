// Notation
//   nodes       sources 0 … n − 1, targets n … n + m − 1, and the root n + m
//   arc of x    the tree arc between the node x and its parent. Real arcs go from a source to a target; the arc between a child of the
//               root and the root is artificial and goes to the root. Hence it points up if x is a source or a child of the root.
//   p           potentials, p(target) = p(source) + c along every real tree arc
namespace HtiTune.Surrogates.Coupling;

/// <summary>The spanning tree of the network simplex method: parents, children, depths, potentials, and the flow on every arc.</summary>
/// <remarks>Children are doubly linked lists, so that a subtree is moved in time proportional to its size.</remarks>
internal sealed class NetworkSimplexTree
{
    private const int None = -1;
    private readonly int _n;
    private readonly int[] _parent, _depth, _firstChild, _next, _previous;
    private readonly long[] _flow;
    private readonly double[] _potential;

    internal NetworkSimplexTree(int n, int m)
    {
        _n = n;
        Root = n + m;
        _parent = new int[Root + 1];
        _depth = new int[Root + 1];
        _flow = new long[Root + 1];
        _potential = new double[Root + 1];
        _firstChild = new int[Root + 1];
        _next = new int[Root + 1];
        _previous = new int[Root + 1];
        Array.Fill(_parent, None);
        Array.Fill(_firstChild, None);
    }

    internal int Root { get; }

    /// <summary>Potentials of all nodes, shape [n + m + 1]; exact.</summary>
    internal ReadOnlySpan<double> Potentials => _potential;

    internal bool Holds(int node) => _parent[node] != None;

    internal int Parent(int node) => _parent[node];

    internal long Flow(int node) => _flow[node];

    /// <summary>Adds a node outside the tree below one inside.</summary>
    internal void Add(int node, int parent, long flow, double potential)
    {
        Link(node, parent);
        _flow[node] = flow;
        _depth[node] = _depth[parent] + 1;
        _potential[node] = potential;
    }

    /// <summary>The entering arc source → target takes the place of the leaving arc, the last one that blocks.</summary>
    /// <remarks>
    /// Flow grows around the cycle join ⇝ source → target ⇝ join until arcs against that direction are empty. Taking the last of
    /// them, as met from the join on, keeps every empty arc pointing to the root (a strongly feasible tree), and that excludes
    /// cycling (Cunningham 1976).
    /// </remarks>
    internal void Pivot(int source, int target, double reducedCost)
    {
        var join = Join(source, target);
        var amount = long.MaxValue;
        var leaving = None;
        for (var x = source; x != join; x = _parent[x])
        {
            if (PointsUp(x) && _flow[x] < amount)
            {
                (leaving, amount) = (x, _flow[x]);
            }
        }

        var fromSource = true;
        for (var x = target; x != join; x = _parent[x])
        {
            if (!PointsUp(x) && _flow[x] <= amount)
            {
                (leaving, amount, fromSource) = (x, _flow[x], false);
            }
        }

        if (amount > 0)
        {
            for (var x = source; x != join; x = _parent[x])
            {
                _flow[x] += PointsUp(x) ? -amount : amount;
            }

            for (var x = target; x != join; x = _parent[x])
            {
                _flow[x] += PointsUp(x) ? amount : -amount;
            }
        }

        // The subtree cut off hangs from the entering arc; its potentials shift until that arc's reduced cost is zero.
        if (fromSource)
        {
            Hang(source, target, leaving, amount);
            Shift(source, -reducedCost);
        }
        else
        {
            Hang(target, source, leaving, amount);
            Shift(target, reducedCost);
        }
    }

    private bool PointsUp(int node) => node < _n || _parent[node] == Root;

    private int Join(int x, int y)
    {
        while (x != y)
        {
            if (_depth[x] > _depth[y])
            {
                x = _parent[x];
            }
            else if (_depth[x] < _depth[y])
            {
                y = _parent[y];
            }
            else
            {
                x = _parent[x];
                y = _parent[y];
            }
        }

        return x;
    }

    /// <summary>Cuts the subtree of a top off and hangs it by its node x below a parent, with a flow on the new arc.</summary>
    private void Hang(int x, int parent, int top, long flow)
    {
        while (true)
        {
            var (oldParent, oldFlow) = (_parent[x], _flow[x]);
            Unlink(x);
            Link(x, parent);
            _flow[x] = flow;
            if (x == top)
            {
                return;
            }

            (parent, flow, x) = (x, oldFlow, oldParent);
        }
    }

    /// <summary>Adds to all potentials of a subtree and renews its depths, in preorder.</summary>
    private void Shift(int top, double amount)
    {
        var x = top;
        while (true)
        {
            _depth[x] = _depth[_parent[x]] + 1;
            _potential[x] += amount;
            if (_firstChild[x] != None)
            {
                x = _firstChild[x];
                continue;
            }

            while (x != top && _next[x] == None)
            {
                x = _parent[x];
            }

            if (x == top)
            {
                return;
            }

            x = _next[x];
        }
    }

    private void Link(int node, int parent)
    {
        var sibling = _firstChild[parent];
        _parent[node] = parent;
        _previous[node] = None;
        _next[node] = sibling;
        _firstChild[parent] = node;
        if (sibling != None)
        {
            _previous[sibling] = node;
        }
    }

    private void Unlink(int node)
    {
        var (previous, next) = (_previous[node], _next[node]);
        if (previous == None)
        {
            _firstChild[_parent[node]] = next;
        }
        else
        {
            _next[previous] = next;
        }

        if (next != None)
        {
            _previous[next] = previous;
        }
    }
}
