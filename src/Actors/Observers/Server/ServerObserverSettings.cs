using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>How a server is observed.</summary>
/// <param name="Interval">Between two readings, and between two tries to come back.</param>
/// <param name="AnswerLimit">A server that takes longer to answer counts as lost for that time. A run does not wait longer for it, at the
/// beginning and at the end.</param>
/// <param name="OthersConnections">Steady connections of the run's other observers to this server.</param>
/// <param name="Own">Set if the server was started for this run, and only the run uses it. Connections from before the storm are then those
/// of the observers, even if the server has not counted them yet. Null for any other server.</param>
public sealed record ServerObserverSettings(TimeSpan Interval, TimeSpan AnswerLimit, int OthersConnections = 0, OwnServer? Own = null)
{
    /// <summary>How words of the server are kept; null if the password is the only secret of the run.</summary>
    public ServerWords? Words { get; init; }

    /// <summary>How long an answer may take in a run: 2 s.</summary>
    public static TimeSpan UsualAnswerLimit { get; } = TimeSpan.FromSeconds(2);
}

/// <summary>What is known about a server that was started for the run, without asking it.</summary>
/// <param name="ProcessId">Its process; null if that is not known.</param>
/// <param name="TcpBacklog">The accept queue that it asks for.</param>
public sealed record OwnServer(int? ProcessId, long TcpBacklog);
