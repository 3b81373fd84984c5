using System.Collections.Immutable;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>How connections follow a rate.</summary>
internal enum ArrivalKind
{
    /// <summary>As evenly as they can.</summary>
    Even,

    /// <summary>At random, each independent of all others.</summary>
    Poisson,
}

/// <summary>How a ramp goes from one rate to the other.</summary>
internal enum RampCurve
{
    /// <summary>By the same difference in equal times.</summary>
    Linear,

    /// <summary>By the same factor in equal times.</summary>
    Exponential,
}

/// <summary>Reads the keys of all shapes but bursts. Each key is read once, whatever the shape, so that every wrong value is
/// found.</summary>
internal sealed class ShapeReader
{
    // A connection's number in its phase is an int.
    private const double MostArrivals = int.MaxValue;
    private const int MostSteps = 10_000;
    private const double LongestTold = 1e10;

    private static readonly string[] RatesFromZero = ["from", "to", "base"];
    private static readonly string[] Rates = ["rate", "by", "peak", "mean", "amplitude", "open-rate"];
    private static readonly string[] Times = ["over", "each", "period"];
    private static readonly string[] TimesFromZero = ["rise", "hold", "fall", "lifetime"];

    private readonly SettingsReader _reader;
    private readonly HoconObject _fields;
    private readonly Dictionary<string, double?> _rates;
    private readonly Dictionary<string, TimeSpan?> _times;
    private readonly ArrivalKind? _kind;
    private readonly RampCurve? _ramp;
    private readonly string? _file;
    private readonly double? _jitter;
    private readonly (TimeSpan? At, double? Share) _recycle;

    /// <summary>Reads the keys.</summary>
    public ShapeReader(SettingsReader reader, HoconObject fields)
    {
        (_reader, _fields) = (reader, fields);
        _rates = RatesFromZero.ToDictionary(key => key, key => reader.Rate(key, canBeZero: true));
        foreach (var key in Rates)
            _rates.Add(key, reader.Rate(key));
        _times = Times.ToDictionary(key => key, key => reader.Duration(key, "1ms", "30d"));
        foreach (var key in TimesFromZero)
            _times.Add(key, reader.Duration(key, "0s", "30d"));
        (_kind, _ramp, _file) = (reader.Choice<ArrivalKind>("arrivals"), reader.Choice<RampCurve>("curve"), reader.Text("file"));
        _jitter = reader.Number("lifetime-jitter", 0, 1);
        var recycle = reader.Section("recycle");
        _recycle = (recycle.Duration("at", "0s", "30d"), recycle.Number("share", 0, 1));
    }

    /// <summary>The settings of a phase; null if a problem was noted.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape, not bursts.</param>
    /// <param name="index">Its number in the run.</param>
    /// <param name="shared">The keys that bursts have too, if they were right.</param>
    /// <param name="files">Reads files; null for a stranger's run.</param>
    public PacedSettings? Read(string name, LoadShape shape, int index, (int? Connections, TimeSpan? Duration) shared, NamedFiles? files)
    {
        if (IsMissingKeys(shape))
            return null;
        if (shape == LoadShape.Population)
            return Population(name, shared.Connections, shared.Duration);
        return Arrivals(shape, index, shared.Duration, files) is { } arrivals ? new PacedSettings(name, shape, arrivals) : null;
    }

    private bool IsMissingKeys(LoadShape shape)
    {
        var missing = ShapeKeys.NeededBy(shape).Where(key => _fields.Fields[key].Origin.Order == 0).ToArray();
        if (missing.Length > 0)
        {
            _reader.Problem("shape", $"shape = {shape.Word()} also needs {string.Join(", ", missing)}",
                string.Join(", ", missing.Select(key => $"{key} = {ShapeKeys.Example(key)}")));
        }

        return missing.Length > 0;
    }

    private PacedSettings? Population(string name, int? connections, TimeSpan? duration)
    {
        if (connections is not { } many || duration is not { } whole || _rates["open-rate"] is not { } rate
            || _times["lifetime"] is not { } lifetime || _jitter is not { } jitter
            || _recycle is not { At: { } at, Share: { } share })
            return null;
        if (many / rate > whole.TotalSeconds)
            return Refused<PacedSettings>("open-rate",
                $"{many} connections at {_reader.Shown("open-rate")} take "
                + $"{UnitText.Show(TimeSpan.FromSeconds(Math.Min(many / rate, LongestTold)))}, longer than the phase",
                "a higher rate, a longer duration, or fewer connections");
        if (share > 0 && at >= whole)
            return Refused<PacedSettings>("recycle", $"at = {UnitText.Show(at)} comes after the end of the phase",
                $"less than the duration, {UnitText.Show(whole)}");
        var opening = SegmentCurve.Constant(rate, TimeSpan.FromSeconds(many / rate));
        return new PacedSettings(name, LoadShape.Population, new EvenArrivals(opening))
        {
            Duration = whole,
            Population = new Population(many, lifetime, jitter, at, share),
        };
    }

    private Arrivals? Arrivals(LoadShape shape, int index, TimeSpan? duration, NamedFiles? files)
    {
        if (shape == LoadShape.Replay)
            return Replay(files);
        if (Curve(shape, duration) is not { } curve || _kind is not { } kind || HasTooMany(curve, shape))
            return null;
        return kind == ArrivalKind.Poisson && curve.Expected > 0 ? new PoissonArrivals(curve, 0, (index, 0)) : new EvenArrivals(curve);
    }

    private RateCurve? Curve(LoadShape shape, TimeSpan? duration)
    {
        _times["duration"] = duration;
        var own = ShapeKeys.NeededBy(shape);
        if (own.Any(key => _rates.TryGetValue(key, out var rate) ? rate is null : _times[key] is null))
            return null;
        return shape switch
        {
            LoadShape.Rate => SegmentCurve.Constant(Rate("rate"), Time("duration")),
            LoadShape.Ramp => Ramp(),
            LoadShape.Steps => Steps(),
            LoadShape.Spike => Spike(),
            LoadShape.Sine => Sine(),
            _ => SegmentCurve.Constant(0, Time("duration")),
        };
    }

    private SegmentCurve? Ramp()
    {
        var (from, to) = (Rate("from"), Rate("to"));
        if (from == to)
            return Refused<SegmentCurve>("to", $"a ramp from {_reader.Shown("from")} to {_reader.Shown("to")} goes nowhere",
                "another rate, or shape = rate");
        var isExponential = _ramp == RampCurve.Exponential;
        return isExponential && (from == 0 || to == 0)
            ? Refused<SegmentCurve>(from == 0 ? "from" : "to", "an exponential ramp has no rate of 0", "a rate above 0, or curve = linear")
            : new SegmentCurve([new RateSegment(from, to, Time("over"), isExponential)]);
    }

    private SegmentCurve? Steps()
    {
        var (from, to, by, each) = (Rate("from"), Rate("to"), Rate("by"), Time("each"));
        if (from == to)
            return Refused<SegmentCurve>("to", $"steps from {_reader.Shown("from")} to {_reader.Shown("to")} go nowhere",
                "another rate, or shape = rate");
        // The last step ends at "to", also if it is smaller than the others. Rounding must not add one.
        var count = Math.Max(1, Math.Ceiling((Math.Abs(to - from) / by) - 1e-9));
        if (count > MostSteps)
            return Refused<SegmentCurve>("by", $"{_reader.Shown("by")} makes {count:0} steps", $"a larger step: at most {MostSteps} steps");
        var rates = Enumerable.Range(0, (int)count).Select(step => from + (Math.Sign(to - from) * step * by)).Append(to);
        return new SegmentCurve([.. rates.Select(rate => new RateSegment(rate, rate, each))]);
    }

    private SegmentCurve? Spike()
    {
        var (low, high) = (Rate("base"), Rate("peak"));
        if (high <= low)
            return Refused<SegmentCurve>("peak", $"a peak of {_reader.Shown("peak")} is not above the base of {_reader.Shown("base")}",
                "a higher rate");
        RateSegment[] segments =
        [
            new(low, high, Time("rise")), new(high, high, Time("hold")), new(high, low, Time("fall")),
        ];
        var lasting = segments.Where(segment => segment.Duration > TimeSpan.Zero).ToImmutableArray();
        return lasting.Sum(segment => segment.Duration.TotalMilliseconds) < 1
            ? Refused<SegmentCurve>("rise", "rise, hold and fall take less than 1ms together", "a longer time for one of them")
            : new SegmentCurve(lasting);
    }

    private SineCurve? Sine()
    {
        var (mean, amplitude) = (Rate("mean"), Rate("amplitude"));
        return amplitude > mean
            ? Refused<SineCurve>("amplitude", $"an amplitude of {_reader.Shown("amplitude")} takes the rate below 0",
                $"at most the mean, {_reader.Shown("mean")}")
            : new SineCurve(mean, amplitude, Time("period"), Time("duration"));
    }

    private ReplayArrivals? Replay(NamedFiles? files)
    {
        if (_file is null)
            return null;
        if (files is null)
            return Refused<ReplayArrivals>("file", NamedFiles.NotOfStrangers, "another shape");
        var (arrivals, problem, allowed) = ReplayFiles.Read(files, _fields.Fields["file"].Origin, _file);
        return arrivals ?? Refused<ReplayArrivals>("file", problem, allowed);
    }

    private double Rate(string key) => _rates[key]!.Value;

    private TimeSpan Time(string key) => _times[key]!.Value;

    private bool HasTooMany(RateCurve curve, LoadShape shape)
    {
        if (curve.Expected <= MostArrivals)
            return false;
        _reader.Problem("shape", FormattableString.Invariant($"shape = {shape.Word()} makes {curve.Expected:0} connections"),
            FormattableString.Invariant($"at most {MostArrivals:0} in one phase: a lower rate, a shorter time, or repeat"));
        return true;
    }

    private T? Refused<T>(string key, string problem, string allowed)
        where T : class
    {
        _reader.Problem(key, problem, allowed);
        return null;
    }
}
