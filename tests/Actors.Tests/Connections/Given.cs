using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Settings that a spec starts from; what it is about, it changes with <c>with</c>.</summary>
internal static class Given
{
    /// <summary>Longer than anything here takes; no test waits for it to pass.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For a deadline that has to pass.</summary>
    public static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(100);

    public static readonly BackoffSettings AtOnce = new(TimeSpan.Zero, TimeSpan.Zero, 1, 0);

    public static readonly FailureRule Stop = new(FailureDirective.Stop, 0, TimeSpan.Zero, AtOnce);

    public static readonly BreakerSettings NoBreaker = new(false, 1, TimeSpan.FromSeconds(5), 1);

    /// <summary>A share of a burst that counts on its own.</summary>
    public static BurstShare Share(int burst = 0) => new(burst, new OpenPhases(TimeProvider.System.TimestampFrequency, 1).Begin(0));

    /// <summary>No hold, and deadlines that do not pass.</summary>
    public static ConnectionSettings Connection(params string[] script) => new(
        Script(script), TimeSpan.Zero, Patience, Patience, int.MaxValue,
        new SocketSettings(CloseMode.Abort, KeepAlive: false, NoDelay: true, ReceiveBuffer: 4096));

    /// <summary>A PING, and that mode of leaving.</summary>
    public static ConnectionSettings Closing(CloseMode mode)
    {
        var settings = Connection("PING");
        return settings with { CloseTimeout = Patience, Socket = settings.Socket with { Close = mode } };
    }

    public static Script Script(params string[] commands) => ActorLoad.Connections.Script.TryParse(commands, out var script, out var problem)
        ? script!
        : throw new ArgumentException(problem, nameof(commands));

    /// <summary>What a client says that signs in and has no other setup.</summary>
    public static Script Setup(Credentials credentials) => Session.Of(credentials, Connection()).Setup;

    /// <summary>An exchange of the first use of a script.</summary>
    public static Exchange Step(this Script script, int step) => script.First.Part(0)[step];

    /// <summary>A rule that restarts.</summary>
    public static FailureRule Restart(int maxRetries, BackoffSettings? backoff = null, TimeSpan? within = null) =>
        new(FailureDirective.Restart, maxRetries, within ?? TimeSpan.Zero, backoff ?? AtOnce);

    /// <summary>The same rule for every cause; no breaker unless one is given.</summary>
    public static SupervisionPolicy Policy(FailureRule rule, BreakerSettings? breaker = null) =>
        new(SupervisionPolicy.Causes.ToImmutableDictionary(cause => cause, _ => rule), breaker ?? NoBreaker);
}
