namespace ActorLoad.Metrics;

/// <summary>A time in which a loop of ours did nothing, although connections were open or something was due: the process was stopped, a collection or
/// some work held the loop, or it got no processor. What was measured across it is our own lateness.</summary>
/// <param name="At">When it began, in seconds since the start of the run.</param>
/// <param name="Seconds">How long it was.</param>
public sealed record LoopPause(double At, double Seconds)
{
    /// <summary>When it was over.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double End => At + Seconds;

    /// <summary>The same times in order, each moment once.</summary>
    public static IReadOnlyList<LoopPause> Union(IEnumerable<LoopPause> pauses)
    {
        var union = new List<LoopPause>();
        foreach (var pause in pauses.OrderBy(pause => pause.At))
        {
            if (union is [.., var last] && pause.At <= last.End)
            {
                union[^1] = last with { Seconds = Math.Max(last.End, pause.End) - last.At };
            }
            else
            {
                union.Add(pause);
            }
        }

        return union;
    }
}
