using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>Something that follows one run; called in the order of events, one at a time.</summary>
internal interface IRunView
{
    void Started(RunProtocol.RunStarted started);

    void Measured(RunSnapshot snapshot);

    /// <summary>The run is over; nothing follows.</summary>
    void Ended(RunProtocol.RunEnded ended);

    /// <summary>The journal could not be written; the run goes on.</summary>
    void FilesLost(string problem);
}
