namespace ActorLoad.Metrics;

/// <summary>A time in which a loop of ours stood still, although connections were open or something was due. The process was stopped, a
/// collection or some work held the loop, or it got no processor. Times measured across it include our own lateness.</summary>
/// <param name="At">When it began, in seconds since the start of the run.</param>
/// <param name="Seconds">Its length.</param>
public sealed record LoopPause(double At, double Seconds)
{
    /// <summary>When it ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double End => At + Seconds;

    /// <summary>The same times in order, with overlaps joined.</summary>
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
