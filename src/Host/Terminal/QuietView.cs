using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Reports only problems.</summary>
internal sealed class QuietView : IRunView
{
    /// <summary>False if the user knows the transport already.</summary>
    public bool TellsTransport { get; init; } = true;

    public void Started(RunProtocol.RunStarted started)
    {
        if (TellsTransport && started.Transport.IsFallback)
        {
            ErrorLines.Write($"actorload: transport {started.Transport.Kind} ({started.Transport.Reason})");
        }
    }

    public void Measured(RunSnapshot snapshot)
    {
    }

    public void Ended(RunProtocol.RunEnded ended)
    {
    }

    public void FilesLost(string problem) => ErrorLines.Write($"actorload: the run's files are not complete: {problem}");
}
