using ActorLoad.Configuration;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>Carries out a search: a warm-up, then one run after the other with the value that <see cref="Bisection"/> asks for, and a
/// <see cref="CoolDown"/> between them.</summary>
/// <param name="load">What is changed.</param>
/// <param name="start">The first value.</param>
/// <param name="most">The highest value.</param>
/// <param name="limit">The longest time.</param>
/// <param name="settingsOf">The settings of a run with a value.</param>
/// <param name="target">The target, open over the whole search.</param>
/// <param name="time">The clock.</param>
internal sealed class StormSearch(
    SearchedLoad load, int start, int most, TimeSpan limit, Func<int, RunSettings> settingsOf, ResolvedTarget target, TimeProvider time)
{
    // Enough for the code of both sides to be compiled, and small beside any limit.
    private const int MostWarmUp = 50;

    private readonly Bisection _bisection = new(start, most);
    private readonly List<Probe> _probes = [];
    private volatile SearchReport _report = new(load, start, most, limit, [], null, null, false, SearchEnd.Running, null);

    /// <summary>The search so far. Any thread may ask.</summary>
    public SearchReport Report => _report;

    /// <summary>Searches to the end. <paramref name="stop"/> ends the search early, with what was found.</summary>
    /// <param name="probed">Gets each probe, when <see cref="Report"/> has it.</param>
    /// <param name="stop">The wish to stop.</param>
    public async Task CarryOutAsync(Action<Probe> probed, CancellationToken stop)
    {
        using var timeUp = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeUp.Token);
        string? problem = null;
        try
        {
            problem = await ProbeAllAsync(probed, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Stopped between two probes.
        }

        Note(_bisection.Next is null ? SearchEnd.Done : problem is not null ? SearchEnd.Aborted
            : stop.IsCancellationRequested ? SearchEnd.Interrupted : SearchEnd.TimeUp, problem);
    }

    /// <summary>Probes until the search is over or stopped. Returns what makes it impossible to go on; else null.</summary>
    private async Task<string?> ProbeAllAsync(Action<Probe> probed, CancellationToken stop)
    {
        var coolDown = await CoolDown.BeginAsync(settingsOf(start), target, time, stop);
        (int Value, ProbePurpose Purpose)? next = (Math.Min(start, MostWarmUp), ProbePurpose.WarmUp);
        for (var number = 0; next is var (value, purpose) && !stop.IsCancellationRequested; number++)
        {
            var settings = settingsOf(value);
            var ended = await RunAsync(settings, purpose, stop);
            if (stop.IsCancellationRequested && ended.Result is null or { Verdict: Verdict.Interrupted })
            {
                return null;
            }

            if (ended.Result is not { Verdict: not Verdict.Interrupted } result)
            {
                return $"the probe of {load.Tell(value)} had no result: {Reason(ended)}";
            }

            var probe = Probe.Of(number, value, purpose, result, settings.AllowsGeneratorLimited);
            _probes.Add(probe);
            if (purpose != ProbePurpose.WarmUp)
            {
                _bisection.Add(probe.Answer);
            }

            Note(SearchEnd.Running, null);
            probed(probe);
            if (purpose == ProbePurpose.WarmUp && result.Verdict == Verdict.Aborted)
            {
                return $"the warm-up of {load.Tell(value)} was aborted: {Reason(ended)}";
            }

            next = _bisection.Next;
            if (next is not null && await coolDown.WaitAsync(value, CoolDown.Longest, stop) is { } late)
            {
                var sentence = $"after the probe of {load.Tell(value)}: {late.Sentence}";
                if (late.IsLost)
                {
                    return sentence;
                }

                ErrorLines.Write($"actorload: {sentence}; the search goes on");
            }
        }

        return null;
    }

    private async Task<RunProtocol.RunEnded> RunAsync(RunSettings settings, ProbePurpose purpose, CancellationToken stop)
    {
        // The transport is the same for all, so only the first says why it was chosen.
        var watch = new RunWatch(new QuietView { TellsTransport = purpose == ProbePurpose.WarmUp });
        return await OneRun.CarryOutAsync(
            RunIds.New(time), settings, target, null, watch, () => StopReason.Signal("the end of the search"), time, stop);
    }

    private static string Reason(RunProtocol.RunEnded ended) =>
        ended.Error ?? (ended.Result?.VerdictReasons is [var reason, ..] ? reason : "no reason is known");

    private void Note(SearchEnd end, string? problem) => _report = new SearchReport(
        load, start, most, limit, [.. _probes], _bisection.Found, _bisection.Beyond, _bisection.IsConfirmed, end, problem);
}
