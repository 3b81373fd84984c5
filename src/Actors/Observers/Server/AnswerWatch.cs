namespace ActorLoad.Observers.Server;

/// <summary>When a server did not answer its observer, and how long the answers took that came. Times are seconds on the clock of its
/// ledger.</summary>
internal sealed class AnswerWatch
{
    private readonly List<ObserverLoss> _losses = [];
    private ObserverLoss? _loss;
    private double? _begunAt;

    /// <summary>True while the server does not answer.</summary>
    public bool IsLost => _loss is not null;

    /// <summary>From what on the ledger counts its seconds: the first reading, or the beginning of the storm.</summary>
    public double Origin { get; set; }

    /// <summary>The longest wait for an answer in the storm; null if there was no answer.</summary>
    public ObserverWait? LongestWait { get; private set; }

    /// <summary>The longest time between two answers in the storm, in seconds; null if there were no two.</summary>
    public double? LongestGap { get; private set; }

    /// <summary>All losses so far, with the present one.</summary>
    public IReadOnlyList<ObserverLoss> Losses => _loss is { } loss ? [.. _losses, Counted(loss, null)] : [.. _losses];

    /// <summary>A time in seconds since <see cref="Origin"/>.</summary>
    public double OfRun(double at) => Round(at - Origin);

    /// <summary>To milliseconds, which is what a ledger shows.</summary>
    public static double Round(double seconds) => Math.Round(seconds, 3);

    /// <summary>The storm begins. A loss that lasts goes on in it.</summary>
    public void Begin(double at)
    {
        (_begunAt, Origin, LongestWait, LongestGap) = (at, at, null, null);
        _losses.Clear();
    }

    /// <summary>The server does not answer any more since a time. The first reason stands until it answers again.</summary>
    public void Lost(double at, string reason, LossKind kind, long resent)
    {
        _loss ??= new ObserverLoss(at, null, reason) { Kind = kind };
        if (kind == LossKind.Silence && _loss.Kind != LossKind.Refusal)
        {
            _loss = _loss with { Kind = kind, Resent = Math.Max(_loss.Resent, resent) }; // a connection was cut, and the next had no answer
        }
    }

    /// <summary>The server answers again.</summary>
    public void Found(double at)
    {
        if (_loss is { } loss)
        {
            _losses.Add(Counted(loss, at));
            _loss = null;
        }
    }

    /// <summary>The server answered a question; <paramref name="asked"/> is null if the time of the question is not known.</summary>
    public void Answered(double at, double? asked, double lastAt)
    {
        if (_begunAt is not { } begun || at < begun)
        {
            return;
        }

        LongestGap = Round(Math.Max(LongestGap ?? 0, at - Math.Max(lastAt, begun)));
        if (asked is { } since && at - Math.Max(since, begun) is var waited && waited > (LongestWait?.Seconds ?? -1))
        {
            LongestWait = new ObserverWait(OfRun(Math.Max(since, begun)), Round(waited));
        }
    }

    private ObserverLoss Counted(ObserverLoss loss, double? to)
    {
        var start = Math.Max(loss.At, _begunAt ?? loss.At);
        return loss with { At = OfRun(start), Seconds = to is { } end ? Round(Math.Max(0, end - start)) : null };
    }
}
