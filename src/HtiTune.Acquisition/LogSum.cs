namespace HtiTune.Acquisition;

/// <summary>A running ln Σ e^x that neither over- nor underflows.</summary>
internal struct LogSum
{
    private double _largest = double.NegativeInfinity;
    private double _sum;

    public LogSum()
    {
    }

    public readonly double Value => double.IsInfinity(_largest) ? _largest : _largest + Math.Log(_sum);

    public void Add(double logTerm)
    {
        if (logTerm <= _largest)
        {
            if (!double.IsInfinity(_largest))
            {
                _sum += Math.Exp(logTerm - _largest);
            }

            return;
        }

        _sum = double.IsNegativeInfinity(_largest) ? 1 : _sum * Math.Exp(_largest - logTerm) + 1;
        _largest = logTerm;
    }
}
