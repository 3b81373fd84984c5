using System.Collections.Immutable;
using ActorLoad.Metrics;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers.Bystanders;

/// <summary>The baseline is taken, or cannot be.</summary>
internal sealed record BaselineTaken : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>The only instance.</summary>
    public static BaselineTaken Instance { get; } = new();
}

/// <summary>The bystander's thread has ended with an exception.</summary>
internal sealed record BystanderFailed(Exception Cause) : INoSerializationVerificationNeeded;

/// <summary>Keeps a few steady connections beside the storm that PING at a fixed rate, and tells its parent what they felt.</summary>
/// <remarks><code>
/// started -> connections are opened, baseline -> ObserverReady to the parent
///   StormBegins -> StormEnded -> until p99 is back in the band, or the time for that is up | ConcludeNow
/// -> BystanderObserved to the parent, stopped
/// </code></remarks>
public sealed class BystanderObserver : UntypedActor
{
    /// <summary>The observer's name in <see cref="ObserverReady"/>.</summary>
    public const string Name = "bystander";

    /// <summary>A bystander of the target's endpoints, which its connections take in turn. The clock gives the time stamps, but the waits
    /// are real.</summary>
    public static Props Props(BystanderSettings settings, ImmutableArray<Endpoint> endpoints, TimeProvider time) =>
        Akka.Actor.Props.Create<BystanderObserver>(settings, endpoints, time);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly BystanderThread _thread;
    private bool _isReady;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public BystanderObserver(BystanderSettings settings, ImmutableArray<Endpoint> endpoints, TimeProvider time) =>
        _thread = new BystanderThread(settings, endpoints, time, Self);

    /// <inheritdoc />
    protected override void PreStart() => _thread.Start();

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BaselineTaken: BeReady(); break;
            case StormBegins: _thread.Course.BeginStorm(); break;
            case StormEnded: _thread.Course.EndStorm(); break;
            case ConcludeNow: _thread.Course.Conclude(); break;
            case BystanderObserved observed: HandleObserved(observed); break;
            case BystanderFailed failed: HandleFailed(failed.Cause); break;
            default: Unhandled(message); break;
        }
    }

    private void BeReady()
    {
        _isReady = true;
        Context.Parent.Tell(new ObserverReady(Name));
    }

    private void HandleObserved(BystanderObserved observed)
    {
        Context.Parent.Tell(observed);
        Context.Stop(Self);
    }

    // A run goes on without its bystander.
    private void HandleFailed(Exception cause)
    {
        _log.Error(cause, "The bystander has failed");
        if (!_isReady)
        {
            BeReady();
        }

        HandleObserved(new BystanderObserved(null, 0, [$"the bystander failed: {cause.GetType().Name}: {cause.Message}"]));
    }

    /// <inheritdoc />
    protected override void PostStop() => _thread.Course.Conclude();
}
