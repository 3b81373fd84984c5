using System.Text.Json;
using ActorLoad.Metrics;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class TallySpecs
{
    [Fact]
    public void New_tally_is_empty_and_breaks_no_invariant()
    {
        var tally = TallyOf();

        Assert.True(tally.IsEmpty);
        Assert.Null(tally.BrokenInvariant(ended: true));
        Assert.Equal(new ConnectionCounts(0, 0, 0, 0, 0, 0), tally.Connections);
    }

    [Fact]
    public void Connections_are_counted_by_the_stage_they_reached()
    {
        var tally = TallyOf(
            new Life(Outcome.Succeeded), new Life(Outcome.Succeeded), new Life(Outcome.Refused, Retries: 2), new Life(Outcome.Cancelled),
            new Life(null), Life.NotStarted);

        Assert.Equal(new ConnectionCounts(6, 5, 2, 1, 1, 1), tally.Connections);
        Assert.Equal((1, 7, 2), (tally.Open, tally.Attempts, tally.Retries));
        Assert.Equal(Counts(("succeeded", 2), ("refused", 1), ("cancelled", 1)), tally.OutcomesByName());
        Assert.Equal(Counts(("refused", 3)), tally.AttemptFailuresByName());
        Assert.Null(tally.BrokenInvariant());
    }

    [Fact]
    public void Completed_steps_are_in_one_table_and_failed_connections_in_another()
    {
        var tally = TallyOf(new Life(Outcome.Succeeded, Micros: 100), new Life(Outcome.Reset, Micros: 300), new Life(Outcome.Cancelled));

        Assert.Equal((2, 300), Of(tally.Latency(succeeded: true)["connect"]));
        Assert.Equal((1, 300), Of(tally.Latency(succeeded: false)["connect"]));
        Assert.Equal(1, tally.Latency(succeeded: false)["total"].Count);
        Assert.DoesNotContain("setup", tally.Latency(succeeded: true).Keys);

        static (long, long) Of(LatencySummary summary) => (summary.Count, summary.Max);
    }

    [Fact]
    public void Step_is_recorded_when_it_ends_while_its_connection_is_open()
    {
        var tally = TallyOf(new Life(null));
        var timings = Life.Timings(100);
        tally.RecordEstablished();
        tally.RecordStep(Step.Connect, timings);
        tally.RecordStep(Step.LoopLag, timings.Connected, timings.Connected + 7);
        tally.RecordStep(Step.Recovery, timings.Connected, 0);

        Assert.Equal((1, 1, 1, 0), (tally.Open, tally.Established, tally.Connected, tally.Answered));
        Assert.Equal((1, 100), (tally.Latency(succeeded: true)["connect"].Count, tally.Latency(succeeded: true)["connect"].Max));
        Assert.Equal(7, tally.Latency(succeeded: true)["loop-lag"].Max);
        Assert.DoesNotContain("recovery", tally.Latency(succeeded: true).Keys);
        Assert.Empty(tally.Latency(succeeded: false));
    }

    [Theory]
    [InlineData("planned = opened + dropped")]
    [InlineData("opened = sum(outcomes) + open")]
    [InlineData("uses = opened + reused")]
    [InlineData("attempts = opened + retries")]
    [InlineData("connected + waiting <= open")]
    [InlineData("answered <= established <= attempts")]
    [InlineData("open = 0 after a run")]
    public void A_broken_invariant_is_named_with_its_numbers(string invariant)
    {
        var tally = TallyOf(new Life(null));
        Assert.Null(tally.BrokenInvariant());
        switch (invariant[..6])
        {
            case "planne": tally.RecordPlanned(1); break;
            case "opened":
                tally.RecordEnded(Outcome.Succeeded, default);
                tally.RecordEnded(Outcome.Succeeded, default);
                break;
            case "uses =": tally.RecordReplaced(); break;
            case "attemp": tally.RecordAttempt(isRetry: false); break;
            case "connec":
                tally.RecordWaiting(begins: true);
                tally.RecordWaiting(begins: true);
                break;
            case "answer": tally.RecordAnswered(); break;
        }

        Assert.StartsWith(invariant + ": ", tally.BrokenInvariant(ended: true));
    }

    [Fact]
    public void Taken_counts_are_gone_and_the_next_take_has_only_later_ones()
    {
        var tally = TallyOf(new Life(Outcome.Succeeded, Micros: 100), new Life(Outcome.Rejected, Prefix: "NOAUTH"));
        tally.Take();
        Assert.True(tally.IsEmpty);
        new Life(Outcome.Succeeded, Micros: 900).RecordIn(tally);

        var second = TallyOf();
        second.Add(tally.Take());

        Assert.Equal(Contents(TallyOf(new Life(Outcome.Succeeded, Micros: 900))), Contents(second));
    }

    [Fact]
    public void Number_of_rejection_prefixes_is_bounded()
    {
        var tally = TallyOf();
        for (var number = 0; number < 1_000; number++)
        {
            tally.RecordRejection($"ERR{number}");
        }

        tally.RecordRejection("ERR0");
        tally.RecordRejection(new string('X', 1_000));

        Assert.Equal(65, tally.Rejections().Count);
        Assert.Equal(2, tally.Rejections()["ERR0"]);
        Assert.Equal(937, tally.Rejections()["OTHER"]);
        Assert.Equal(1_002, tally.Rejections().Values.Sum());
    }

    [Fact]
    public void Merged_rejection_prefixes_are_bounded()
    {
        var tally = TallyOf();
        for (var part = 0; part < 3; part++)
        {
            var other = TallyOf();
            for (var number = 0; number < 60; number++)
            {
                other.RecordRejection($"ERR-{part}-{number}");
            }

            tally.Add(other.Take());
        }

        Assert.Equal(65, tally.Rejections().Count);
        Assert.Equal(180, tally.Rejections().Values.Sum());
    }

    [Property(MaxTest = 40)]
    public bool Any_lives_keep_the_invariants(Life[] lives) => TallyOf(lives).BrokenInvariant() is null;

    [Property(MaxTest = 40)]
    public bool Merging_is_recording_in_one(Life[] a, Life[] b)
    {
        var merged = TallyOf(a);
        merged.Add(TallyOf(b));
        return Contents(merged) == Contents(TallyOf([.. a, .. b]));
    }

    [Property(MaxTest = 40)]
    public bool Merging_what_was_sent_is_recording_in_one(Life[] a, Life[] b)
    {
        var merged = TallyOf();
        merged.Add(TallyOf(a).Take());
        merged.Add(TallyOf(b).Take());
        return Contents(merged) == Contents(TallyOf([.. a, .. b]));
    }

    [Property(MaxTest = 40)]
    public bool What_was_sent_survives_JSON(Life[] lives)
    {
        var read = TallyOf();
        read.Add(JsonSerializer.Deserialize<TallyData>(JsonSerializer.Serialize(TallyOf(lives).Take()))!);
        return Contents(read) == Contents(TallyOf(lives));
    }

    [Property(MaxTest = 40)]
    public bool Merging_is_commutative(Life[] a, Life[] b)
    {
        var (ab, ba) = (TallyOf(a), TallyOf(b));
        ab.Add(TallyOf(b));
        ba.Add(TallyOf(a));
        return Contents(ab) == Contents(ba);
    }

    [Property(MaxTest = 40)]
    public bool Merging_is_associative(Life[] a, Life[] b, Life[] c)
    {
        var left = TallyOf(a);
        left.Add(TallyOf(b).ToData());
        left.Add(TallyOf(c));
        var right = TallyOf(b);
        right.Add(TallyOf(c).ToData());
        var all = TallyOf(a);
        all.Add(right);
        return Contents(left) == Contents(all);
    }

    [Fact]
    public void Tally_of_another_build_is_refused()
    {
        var data = TallyOf().Take();

        Assert.Throws<FormatException>(() => TallyOf().Add(data with { Outcomes = Counts(("lost", 1)) }));
        Assert.Throws<FormatException>(() => TallyOf().Add(data with { Steps = new Dictionary<string, byte[]> { ["dns"] = [] } }));
    }

    [Fact]
    public void Recording_allocates_nothing_once_the_histograms_exist()
    {
        var tally = TallyOf(new Life(Outcome.Succeeded), new Life(Outcome.Rejected, Prefix: "ERR"));
        var timings = Life.Timings(500);
        RecordMany(tally, timings);
        var least = long.MaxValue;
        for (var pass = 0; pass < 5; pass++) // the runtime allocates on this thread, too, when it compiles a method anew: not in every pass
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            RecordMany(tally, timings);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void RecordMany(Tally tally, in Timings timings)
    {
        for (var connection = 0; connection < 1_000; connection++)
        {
            tally.RecordPlanned(1);
            tally.RecordOpened();
            tally.RecordAttempt(isRetry: false);
            tally.RecordAttemptFailure(Outcome.Rejected);
            tally.RecordRejection("ERR");
            Life.RecordSteps(tally, timings);
            tally.RecordEnded(connection % 2 == 0 ? Outcome.Succeeded : Outcome.Rejected, timings);
        }
    }

    private static Tally TallyOf(params Life[] lives)
    {
        var tally = new Tally(Life.Frequency);
        foreach (var life in lives)
        {
            life.RecordIn(tally);
        }

        return tally;
    }

    private static Dictionary<string, long> Counts(params (string Name, long Count)[] counts) =>
        counts.ToDictionary(count => count.Name, count => count.Count);

    // Everything that a tally holds, in one comparable text: histograms by their encoded bytes.
    private static string Contents(Tally tally)
    {
        var data = tally.ToData();
        long[] numbers = [data.Planned, data.Opened, data.Dropped, data.Attempts, data.Retries, data.Established, data.Answered, data.Cut, data.Connected, data.Waiting];
        return string.Join(
            '|', string.Join(' ', numbers), Text(data.Outcomes), Text(data.AttemptFailures), Text(data.Rejections),
            Text(data.Steps.ToDictionary(pair => pair.Key, pair => Convert.ToHexString(pair.Value))),
            Text(data.Failed.ToDictionary(pair => pair.Key, pair => Convert.ToHexString(pair.Value))));
    }

    private static string Text<T>(IReadOnlyDictionary<string, T> group) =>
        string.Join(' ', group.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
