using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>Shows one run; called in the order of events, one call at a time.</summary>
internal interface IRunView
{
    /// <summary>True if its snapshots shall have <see cref="RunSnapshot.Times"/>.</summary>
    bool WantsTimes => false;

    void Started(RunProtocol.RunStarted started);

    void Measured(RunSnapshot snapshot);

    /// <summary>The run has ended. The last call.</summary>
    void Ended(RunProtocol.RunEnded ended);

    /// <summary>The journal could not be written; the run continues.</summary>
    void FilesLost(string problem);
}
