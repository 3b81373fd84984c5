using ActorLoad.Diagnosis;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>The end of a run in its files and on stdout, once: as it comes, or at once by a signal that will not wait for it.</summary>
internal sealed class RunEnd(string id, Output output, RunJournal? journal, RunSoFar soFar)
{
    private const string ShowCursor = "\u001b[?25h";

    private int _isWritten;
    private volatile bool _isUnsaved;

    /// <summary>True if a file that this was to write is not there.</summary>
    public bool IsUnsaved => _isUnsaved;

    /// <summary>Writes how the run ended.</summary>
    /// <returns>The same; with what was measured for a result if a signal ended a run that has none.</returns>
    public RunProtocol.RunEnded Write(RunProtocol.RunEnded ended, bool isSignalled)
    {
        if (ended.Result is null && isSignalled)
        {
            // Stopped before its first burst, or stuck: what was measured until then is a result too, be it nothing.
            ended = ended with { Result = soFar.ResultOr(ended.Error ?? "unknown") };
            Save(ended);
        }

        if (Interlocked.Exchange(ref _isWritten, 1) == 0)
        {
            output.Write(ended, journal?.Directory);
        }

        return ended;
    }

    /// <summary>Writes the end of a run that was not begun, because no server of its target can be used.</summary>
    /// <param name="target">The target.</param>
    /// <param name="obstacles">The checks that say so.</param>
    public RunProtocol.RunEnded WriteUnbegun(ResolvedTarget target, IReadOnlyList<Check> obstacles)
    {
        const string Reason = "the run was not begun: no server of its target passed the check";
        ErrorLines.Write($"actorload: {Reason}; --force begins it all the same, as a test of a failover may want");
        var result = soFar.ResultOr(Reason) with
        {
            Verdict = Verdict.Aborted,
            Target = new TargetInfo(target.Names, [.. target.Endpoints.Select(endpoint => $"{endpoint}")]),
            Findings = [.. obstacles.Select(check => new Finding("target-check", Severity.Error, check.Sentence, new Dictionary<string, double>(), check.Remedies))],
        };
        var ended = new RunProtocol.RunEnded(id, result, null);
        Save(ended);
        return Write(ended, isSignalled: false);
    }

    /// <summary>Makes what <see cref="WriteAtOnce"/> may have to write, for nobody.</summary>
    public void Rehearse()
    {
        var result = soFar.ResultOr("");
        _ = RunResultJson.Serialize(result);
        Summary.Write(Look.Console(TextWriter.Null, redirected: true), result, null);
    }

    /// <summary>Writes what was measured so far, as far as there is time.</summary>
    /// <param name="signal">What will not wait.</param>
    public void WriteAtOnce(string signal)
    {
        if (Interlocked.Exchange(ref _isWritten, 1) == 0)
        {
            var ended = new RunProtocol.RunEnded(id, soFar.ResultOr($"ended at once by another {signal}, before what was open was closed"), null);
            Save(ended);
            output.Write(ended, journal?.Directory);
        }

        if (output.WantsLive)
        {
            Console.Error.Write(ShowCursor); // nobody else will
        }

        Outlets.Stdout.Flush();
        Outlets.Stderr.Flush();
    }

    private void Save(RunProtocol.RunEnded ended)
    {
        try
        {
            journal?.End(ended);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isUnsaved = true;
            ErrorLines.Write($"actorload: the run's files are not complete: {exception.Message}");
        }
    }
}
