using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>One lane's part of one burst or paced phase, counted as it goes.</summary>
/// <param name="burst">Its number.</param>
/// <param name="tallies">The tallies of its phase.</param>
/// <param name="turn">Connections of the run before it.</param>
internal sealed class BurstShare(int burst, PhaseTallies tallies, long turn = 0)
{
    /// <summary>Number of the burst or paced phase in the run, from 0.</summary>
    public int Burst { get; } = burst;

    /// <summary>Connections of the run before it. Added to a connection's number in it, it picks the target.</summary>
    public long Turn { get; } = turn;

    /// <summary>Counts the connections of its phase.</summary>
    public PhaseTallies Tallies { get; } = tallies;

    /// <summary>How its connections are kept open; null if they are not.</summary>
    public Population? Population { get; init; }

    /// <summary>Part of a connection that the last recycling left over.</summary>
    public double RetireRest { get; set; }

    /// <summary>Connections that were due.</summary>
    public int Planned { get; set; }

    /// <summary>Connections that this lane started.</summary>
    public int Opened { get; set; }

    /// <summary>Idle connections of the pool among them.</summary>
    public int Reused { get; set; }

    /// <summary>Connections that succeeded so far.</summary>
    public int Succeeded { get; private set; }

    /// <summary>Connections that failed so far.</summary>
    public int Failed { get; private set; }

    /// <summary>Connections that were cancelled so far.</summary>
    public int Cancelled { get; private set; }

    /// <summary>Start of the first connection; <see cref="long.MaxValue"/> before that.</summary>
    public long FirstStart { get; private set; } = long.MaxValue;

    /// <summary>Start of the last connection.</summary>
    public long LastStart { get; private set; } = long.MinValue;

    /// <summary>True while this lane may still open connections of the share.</summary>
    public bool IsOpening { get; set; } = true;

    /// <summary>True once its end was reported.</summary>
    public bool IsReported { get; set; }

    /// <summary>True once each opened connection has an outcome.</summary>
    public bool IsDone => !IsOpening && Succeeded + Failed + Cancelled == Opened;

    /// <summary>Notes that a connection began its first attempt.</summary>
    public void RecordStart(long at)
    {
        FirstStart = Math.Min(FirstStart, at);
        LastStart = Math.Max(LastStart, at);
    }

    /// <summary>Counts the outcome of a connection.</summary>
    public void RecordEnd(Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Succeeded: Succeeded++; break;
            case Outcome.Cancelled: Cancelled++; break;
            default: Failed++; break;
        }
    }
}
