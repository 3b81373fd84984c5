using System.Text.Json.Serialization;

namespace ActorLoad.Observers.Server;

/// <summary>What one answer of a server said, during the run.</summary>
/// <param name="At">When it came, in seconds from the start of the run.</param>
public sealed record ServerMoment(double At)
{
    /// <summary>Most moments of a run in its result.</summary>
    internal const int Most = 300;

    /// <summary>connected_clients, without the observers' own; null, and absent in JSON, if it does not tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Clients { get; init; }

    /// <summary>The share of one core that its main thread took since the moment before, 0 to 1; null, and absent in JSON, if it does not
    /// tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MainThreadShare { get; init; }

    /// <summary>Two neighbours as one: the larger of each level.</summary>
    internal static ServerMoment Merge(ServerMoment first, ServerMoment second) => new(second.At)
    {
        Clients = Larger(first.Clients, second.Clients),
        MainThreadShare = Larger(first.MainThreadShare, second.MainThreadShare),
    };

    private static T? Larger<T>(T? a, T? b)
        where T : struct, IComparable<T> => a is { } one && b is { } other ? (one.CompareTo(other) > 0 ? one : other) : a ?? b;
}
