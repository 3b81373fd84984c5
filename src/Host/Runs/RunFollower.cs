using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;

namespace ActorLoad.Hosting.Runs;

/// <summary>Follows one run: writes its journal, tells its watch, which delays nothing, and feeds its meter. Stops when the run has ended.
/// </summary>
internal sealed class RunFollower : UntypedActor
{
    private readonly HashSet<string> _complaints = [];
    private readonly RunJournal? _journal;
    private readonly RunWatch _watch;
    private readonly RunMeter? _meter;

    public RunFollower(RunJournal? journal, RunWatch watch, RunMeter? meter) => (_journal, _watch, _meter) = (journal, watch, meter);

    /// <param name="journal">The journal; null writes nothing. Disposed with the actor.</param>
    /// <param name="watch">Gets the events.</param>
    /// <param name="meter">Gets the events; null exports nothing.</param>
    public static Props Props(RunJournal? journal, RunWatch watch, RunMeter? meter = null) =>
        Akka.Actor.Props.Create<RunFollower>(journal, watch, meter);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunProtocol.RunStarted started: OnStarted(started); break;
            case RunSnapshot snapshot: OnSnapshot(snapshot); break;
            case RunProtocol.RunEnded ended: OnEnded(ended); break;
            default: Unhandled(message); break;
        }
    }

    private void OnStarted(RunProtocol.RunStarted started)
    {
        Write(journal => journal.Start(started));
        _watch.Started(started);
        _meter?.Started();
    }

    private void OnSnapshot(RunSnapshot snapshot)
    {
        Write(journal => journal.Add(snapshot));
        _watch.Measured(snapshot);
        _meter?.Measured(snapshot);
    }

    private void OnEnded(RunProtocol.RunEnded ended)
    {
        Write(journal => journal.End(ended));
        _meter?.Ended(ended); // before the watch: who waits for the end exports it
        _watch.End(ended);
        Context.Stop(Self);
    }

    protected override void PostStop() => _journal?.Dispose();

    /// <summary>A failed write must neither end the measurement nor fill the screen: each different error is shown once.</summary>
    private void Write(Action<RunJournal> write)
    {
        if (_journal is not { } journal)
        {
            return;
        }

        try
        {
            write(journal);
        }
        catch (Exception exception)
        {
            // Whatever failed, the run's end must still reach the watch, or its host waits for ever.
            if (_complaints.Add(exception.Message))
            {
                _watch.FilesLost(exception.Message);
            }
        }
    }
}
