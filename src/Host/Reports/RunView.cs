using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>A run as its report and the daemon's page show it: what its directory holds, and nothing else.</summary>
/// <param name="Source">The directory or file as the user named it.</param>
/// <param name="Result">Its result; for a run without one, what its finished intervals tell.</param>
/// <param name="Samples">Every finished interval.</param>
public sealed record RunView(string Source, RunResult Result, IReadOnlyList<Sample> Samples)
{
    /// <summary>True while the run goes on: its charts then have room for what is still to come.</summary>
    public bool IsLive { get; init; }

    /// <summary>The times of its steps.</summary>
    internal RunTimes Times { get; init; } = RunTimes.None;

    /// <summary>What the directory lacks, in sentences.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Reads a directory of results, or a <c>result.json</c> alone. Throws <see cref="Configuration.SettingsException"/> if that
    /// is not possible.</summary>
    /// <param name="path">The directory or file.</param>
    /// <param name="isLive">True for a run that goes on.</param>
    public static RunView Read(string path, bool isLive = false) => new RunDirectory(path).Read(isLive);
}
