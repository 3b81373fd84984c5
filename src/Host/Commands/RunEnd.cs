using ActorLoad.Diagnosis;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>Writes the end of a run to its files and to stdout, once: at its normal end, or at once on a further signal.</summary>
internal sealed class RunEnd(string id, Output output, RunJournal? journal, RunSoFar soFar)
{
    private int _isWritten;
    private volatile bool _isUnsaved;

    /// <summary>True if a file could not be written.</summary>
    public bool IsUnsaved => _isUnsaved;

    /// <summary>Writes how the run ended.</summary>
    /// <returns>The same end. If a signal ended a run without a result, it has a result of what was measured.</returns>
    public RunProtocol.RunEnded Write(RunProtocol.RunEnded ended, bool isSignalled)
    {
        if (ended.Result is null && isSignalled)
        {
            // Stopped before its first burst, or stuck: what was measured until then is a result too, even if that is nothing.
            ended = ended with { Result = soFar.ResultOr(ended.Error ?? "unknown") };
            Save(ended);
        }

        if (Interlocked.Exchange(ref _isWritten, 1) == 0)
        {
            output.Write(ended, journal?.Directory);
            WriteSummaries(ended);
        }

        return ended;
    }

    /// <summary>Writes the end of a run that did not begin, because no server of its target can be used.</summary>
    /// <param name="target">The target.</param>
    /// <param name="obstacles">The failed checks.</param>
    public RunProtocol.RunEnded WriteUnbegun(ResolvedTarget target, IReadOnlyList<Check> obstacles)
    {
        const string Reason = "the run did not begin: no server of its target passed the check";
        ErrorLines.Write($"actorload: {Reason}; --force begins it anyway, as in a failover test");
        var result = soFar.ResultOr(Reason) with
        {
            Verdict = Verdict.Aborted,
            Target = new TargetInfo(target.Names, [.. target.Endpoints.Select(endpoint => $"{endpoint}")]),
            Findings = [.. obstacles.Select(check =>
                new Finding("target-check", Severity.Error, check.Sentence, new Dictionary<string, double>(), check.Remedies))],
        };
        var ended = new RunProtocol.RunEnded(id, result, null);
        Save(ended);
        return Write(ended, isSignalled: false);
    }

    /// <summary>Does the work of <see cref="WriteAtOnce"/> once without output, so that the real call is fast.</summary>
    public void Rehearse()
    {
        var result = soFar.ResultOr("");
        _ = RunResultJson.Serialize(result);
        Summary.Write(Look.Console(TextWriter.Null, redirected: true), result, null);
        foreach (var file in output.Summaries)
        {
            _ = file.Render(new RunProtocol.RunEnded(id, result, null));
        }
    }

    /// <summary>Writes what was measured so far, as far as time allows.</summary>
    /// <param name="signal">The signal that ends the process.</param>
    public void WriteAtOnce(string signal)
    {
        if (Interlocked.Exchange(ref _isWritten, 1) == 0)
        {
            var ended = new RunProtocol.RunEnded(
                id, soFar.ResultOr($"ended at once by another {signal}, before open connections were closed"), null);
            Save(ended);
            output.Write(ended, journal?.Directory);
            WriteSummaries(ended);
        }

        Outlets.Stdout.Flush();
        Outlets.Stderr.Flush();
    }

    private void WriteSummaries(RunProtocol.RunEnded ended)
    {
        foreach (var file in output.Summaries)
        {
            try
            {
                file.Write(ended);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _isUnsaved = true;
                ErrorLines.Write($"actorload: {file.Option}: cannot write to {file.Path}: {exception.Message}");
            }
        }
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
