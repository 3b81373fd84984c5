using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>The state of a run before its result, enough to make a result if the run cannot. The run's follower writes it; any thread may
/// ask.</summary>
internal sealed class RunSoFar(RunHeader header)
{
    private readonly Lock _gate = new();
    private readonly SampleLog _samples = new(MetricsActor.MaxSamples);
    private RunHeader _header = header;
    private RunSnapshot? _last;
    private RunResult? _result;

    public void Started(RunProtocol.RunStarted started)
    {
        lock (_gate)
        {
            _header = _header with { StartedAt = started.At, Target = started.Target, Transport = started.Transport };
        }
    }

    public void Measured(RunSnapshot snapshot)
    {
        lock (_gate)
        {
            _last = snapshot;
            _samples.Add(snapshot.Sample, SampleTimes.Unknown);
        }
    }

    public void Ended(RunProtocol.RunEnded ended)
    {
        lock (_gate)
        {
            _result = ended.Result;
        }
    }

    /// <summary>The result; without one, the finished intervals as the result of an interrupted run, with the reason.</summary>
    public RunResult ResultOr(string reason)
    {
        lock (_gate)
        {
            if (_result is { } ready)
            {
                return ready;
            }

            var result = InterruptedRun.Assemble(_header with { Error = reason }, _last, _samples.Samples);
            return result.VerdictReasons.Contains(reason) ? result : result with { VerdictReasons = [reason, .. result.VerdictReasons] };
        }
    }
}
