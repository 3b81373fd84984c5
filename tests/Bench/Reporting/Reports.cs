using System.Text.Json.Serialization;
using ActorLoad.Bench.Contestants;

namespace ActorLoad.Bench.Reporting;

/// <summary>Everything that Bench measured: the content of its JSON file.</summary>
internal sealed record BenchReport(
    DateTimeOffset At, MachineReport Machine, IReadOnlyList<StormReport> Storms, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Problems);

/// <summary>Where it was measured; figures of two machines do not compare.</summary>
internal sealed record MachineReport(int Cores, string System, string Runtime, string Server);

/// <summary>One storm by all contestants.</summary>
internal sealed record StormReport(string Name, int Burst, long Connections, IReadOnlyList<string> Script, IReadOnlyList<StormRow> Rows)
{
    /// <summary>The ratios ActorLoad / peer, each taken within a round and then the median of the rounds.</summary>
    public IReadOnlyList<StormRatio> Ratios =>
        [.. Rows.Where(row => row != Own).Select(peer => StormRatio.Of(Own, peer)).OfType<StormRatio>()];

    [JsonIgnore]
    public StormRow Own => Rows.Single(row => row.Contestant == ActorLoadContestant.ContestantName);
}

/// <summary>The rounds of one contestant in one storm; null for a round that failed.</summary>
internal sealed record StormRow(string Contestant, IReadOnlyList<Measurement?> Rounds)
{
    /// <summary>The median of a quantity over the rounds that have it; null if none has.</summary>
    public double? MedianOf(Func<Measurement, double?> quantity)
    {
        var values = Rounds.OfType<Measurement>().Select(quantity).OfType<double>().ToArray();
        return values.Length > 0 ? Median.Of(values) : null;
    }
}

/// <summary>ActorLoad against one peer; below 1 is less. Null where one of the two does not tell.</summary>
internal sealed record StormRatio(string Peer, double PerSecond, double? Cpu, double WholeCpu, double? Skew)
{
    public static StormRatio? Of(StormRow own, StormRow peer)
    {
        var pairs = own.Rounds.Zip(peer.Rounds).Where(pair => pair is (not null, not null)).ToArray();
        return pairs.Length == 0 ? null : new StormRatio(
            peer.Contestant,
            Median.Of(pairs.Select(pair => pair.First!.PerSecond / pair.Second!.PerSecond)),
            pairs.All(pair => pair.First!.CpuMicros > 0 && pair.Second!.CpuMicros > 0)
                ? Median.Of(pairs.Select(pair => (pair.First!.CpuMicros / pair.Second!.CpuMicros)!.Value)) : null,
            Median.Of(pairs.Select(pair => pair.First!.WholeCpuMicros / pair.Second!.WholeCpuMicros)),
            pairs.All(pair => pair.First!.SkewMillis > 0 && pair.Second!.SkewMillis > 0)
                ? Median.Of(pairs.Select(pair => (pair.First!.SkewMillis / pair.Second!.SkewMillis)!.Value)) : null);
    }
}

/// <summary>One number, with the bound that it should keep, if there is one.</summary>
internal sealed record Figure(string Cell, string What, double Value, string Unit, double? AtMost = null, double? AtLeast = null)
{
    /// <summary>The unit of figures that must be right however small the run is.</summary>
    public const string Connections = "connections";

    /// <summary>This figure as a tiny run has it: only counts keep their bounds, for nothing else of it means anything.</summary>
    [JsonIgnore]
    public Figure Tiny => Unit == Connections ? this : this with { AtMost = null, AtLeast = null };

    /// <summary>Is the bound kept? Null without one.</summary>
    public bool? Met => AtMost is null && AtLeast is null ? null : !(Value > AtMost) && !(Value < AtLeast);
}
