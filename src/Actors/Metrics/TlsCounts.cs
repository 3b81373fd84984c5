using System.Text.Json.Serialization;

namespace ActorLoad.Metrics;

/// <summary>TLS handshakes.</summary>
/// <param name="Full">Handshakes in which the server showed its certificate.</param>
/// <param name="Resumed">Handshakes that resumed the session of an earlier one.</param>
/// <param name="Failures">Attempts that TLS ended, by reason.</param>
public sealed record TlsCounts(long Full, long Resumed, IReadOnlyDictionary<string, long> Failures)
{
    /// <summary>Full handshakes in a second, on the average of the run; absent before its end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FullPerSecond { get; init; }

    /// <summary>Likewise for resumed ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ResumedPerSecond { get; init; }

    /// <summary>The same with their rates over a run of <paramref name="seconds"/>.</summary>
    public TlsCounts Over(double seconds) => seconds <= 0 ? this : this with
    {
        FullPerSecond = Math.Round(Full / seconds, 1),
        ResumedPerSecond = Math.Round(Resumed / seconds, 1),
    };
}
