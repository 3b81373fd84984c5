using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;

namespace ActorLoad.Hosting.Runs;

/// <summary>Listens to one run: keeps its journal, tells its view, and stops when the run is over.</summary>
internal sealed class RunFollower : UntypedActor
{
    private readonly HashSet<string> _complaints = [];
    private readonly RunJournal? _journal;
    private readonly IRunView _view;

    public RunFollower(RunJournal? journal, IRunView view) => (_journal, _view) = (journal, view);

    /// <param name="journal">Where to write; null writes nothing. Disposed with the actor.</param>
    /// <param name="view">Whom to tell.</param>
    public static Props Props(RunJournal? journal, IRunView view) => Akka.Actor.Props.Create<RunFollower>(journal, view);

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
        _view.Started(started);
    }

    private void OnSnapshot(RunSnapshot snapshot)
    {
        Write(journal => journal.Add(snapshot));
        _view.Measured(snapshot);
    }

    private void OnEnded(RunProtocol.RunEnded ended)
    {
        Write(journal => journal.End(ended));
        _view.Ended(ended);
        Context.Stop(Self);
    }

    protected override void PostStop() => _journal?.Dispose();

    /// <summary>A file that fails must not end the measurement, nor fill the screen: each different complaint is told once.</summary>
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
            // Whatever it is: the run's end must still reach the view, or its host waits for ever.
            if (_complaints.Add(exception.Message))
            {
                _view.FilesLost(exception.Message);
            }
        }
    }
}
