using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>How a server is observed.</summary>
/// <param name="Interval">Between two readings, and between two tries to come back.</param>
/// <param name="AnswerLimit">A server that takes longer to answer is lost to its observer for that time; nor does a run wait longer, at its beginning
/// and at its end.</param>
/// <param name="OthersConnections">Steady connections of the run's other observers to this server.</param>
/// <param name="Own">The server was started for this run, and nobody but the run uses it: what it has received before the storm are the
/// observers' own connections, whether it has counted them by then or not. Null for any other.</param>
public sealed record ServerObserverSettings(TimeSpan Interval, TimeSpan AnswerLimit, int OthersConnections = 0, OwnServer? Own = null)
{
    /// <summary>How words of the server are kept; null for a run that has no secret but the password.</summary>
    public ServerWords? Words { get; init; }

    /// <summary>2 s.</summary>
    public static TimeSpan UsualAnswerLimit { get; } = TimeSpan.FromSeconds(2);
}

/// <summary>What is known of a server that was started for the run, and need not be asked.</summary>
/// <param name="ProcessId">Its process; null if that is not known.</param>
/// <param name="TcpBacklog">The accept queue that it asks for.</param>
public sealed record OwnServer(int? ProcessId, long TcpBacklog);
