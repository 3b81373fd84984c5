using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>One lane's part of one burst, counted as it goes.</summary>
internal sealed class BurstShare(int burst, int planned, long turn = 0)
{
    /// <summary>Number of the burst in the run, from 0.</summary>
    public int Burst { get; } = burst;

    /// <summary>Connections of the run before this burst: with the number of a connection in the burst it tells whose turn it is.</summary>
    public long Turn { get; } = turn;

    /// <summary>Connections that this lane was told to open.</summary>
    public int Planned { get; } = planned;

    /// <summary>Those that it opened.</summary>
    public int Opened { get; set; }

    /// <summary>Outcomes so far.</summary>
    public int Succeeded { get; private set; }

    /// <summary>Outcomes so far.</summary>
    public int Failed { get; private set; }

    /// <summary>Outcomes so far.</summary>
    public int Cancelled { get; private set; }

    /// <summary>Start of its first connection; <see cref="long.MaxValue"/> before that.</summary>
    public long FirstStart { get; private set; } = long.MaxValue;

    /// <summary>Start of its last connection.</summary>
    public long LastStart { get; private set; } = long.MinValue;

    /// <summary>True while this lane may still open connections of it.</summary>
    public bool IsOpening { get; set; } = true;

    /// <summary>True once each of its connections has an outcome.</summary>
    public bool IsDone => !IsOpening && Succeeded + Failed + Cancelled == Opened;

    /// <summary>A connection of it began its first attempt.</summary>
    public void RecordStart(long at)
    {
        FirstStart = Math.Min(FirstStart, at);
        LastStart = Math.Max(LastStart, at);
    }

    /// <summary>A connection of it has ended.</summary>
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
