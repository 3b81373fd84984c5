using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Peers.Kernel;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

/// <summary>A real bystander under a probe that plays the run.</summary>
public abstract class BystanderKit() : TestKit("akka.loglevel = WARNING")
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private protected TestProbe Run => field ??= CreateTestProbe();

    private protected IActorRef Bystander { get; private set; } = ActorRefs.Nobody;

    /// <summary>Both ends of what is in TIME_WAIT to or on a port.</summary>
    private protected static IEnumerable<string> InTimeWait(int port) => SocketTable.Read().Rows
        .Where(row => row.State == SocketState.TimeWait && row.IsOf(port))
        .Select(row => row.Ends);

    private protected void Start(BystanderSettings settings, params Endpoint[] endpoints) =>
        Bystander = Run.ChildActorOf(BystanderObserver.Props(settings, [.. endpoints], TimeProvider.System));

    /// <summary>Starts one and waits for its baseline.</summary>
    private protected async Task StartReadyAsync(BystanderSettings settings, params Endpoint[] endpoints)
    {
        Start(settings, endpoints);
        Assert.Equal(BystanderObserver.Name, (await Run.ExpectMsgAsync<ObserverReady>(_patience)).Observer);
    }

    /// <summary>Begins the storm; it has been heard of when this completes.</summary>
    private protected async Task BeginStormAsync()
    {
        Bystander.Tell(StormBegins.Instance);
        await Bystander.Ask<ActorIdentity>(new Identify(null), _patience);
    }

    private protected void EndStorm() => Bystander.Tell(StormEnded.Instance);

    /// <summary>What it says at the end, of itself or because it is told to; it has stopped then.</summary>
    private protected async Task<BystanderObserved> ObservedAsync(bool now = false)
    {
        Run.Watch(Bystander);
        if (now)
        {
            Bystander.Tell(ConcludeNow.Instance);
        }

        var observed = await Run.ExpectMsgAsync<BystanderObserved>(_patience);
        await Run.ExpectTerminatedAsync(Bystander, _patience);
        return observed;
    }

    /// <summary>A baseline, a storm and the time after it in which nothing happens.</summary>
    private protected async Task<BystanderObserved> ObserveQuietAsync(BystanderSettings settings, params Endpoint[] endpoints)
    {
        await StartReadyAsync(settings, endpoints);
        await BeginStormAsync();
        EndStorm();
        return await ObservedAsync();
    }
}
