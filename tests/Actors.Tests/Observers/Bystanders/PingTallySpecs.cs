using ActorLoad.Observers.Bystanders;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

/// <summary>A tick is a microsecond.</summary>
public class PingTallySpecs
{
    private const long Frequency = 1_000_000;
    private const long Storm = 10_000_000;
    private const long End = 20_000_000;

    [Fact]
    public void PING_counts_in_the_period_in_which_it_was_due()
    {
        var book = Begun();
        Answer(book, due: Storm - 1, micros: 100);
        book.BeginStorm(Storm);
        Answer(book, due: Storm - 1, micros: 200);
        Answer(book, due: Storm, micros: 300);
        book.EndStorm(End);
        Answer(book, due: End - 1, micros: 400);
        Answer(book, due: End, micros: 500);
        var ledger = book.Ledger("");
        Assert.Equal((2, 200L), (ledger.Before!.Count, ledger.Before.Max));
        Assert.Equal((2, 400L), (ledger.During!.Count, ledger.During.Max));
        Assert.Equal((1, 500L), (ledger.After!.Count, ledger.After.Max));
    }

    [Fact]
    public void Values_before_the_first_counted_PING_are_forgotten_except_errors()
    {
        var book = new PingTally(Given.Bystander(), Frequency);
        Answer(book, due: 1, micros: 50_000);
        book.Lost(1);
        book.Stalled(50_000);
        book.Failed("refused");
        Assert.False(book.HasAnswers || book.HasBaseline);
        book.Begin();
        Assert.False(book.HasAnswers || book.HasBaseline);
        var ledger = book.Ledger("");
        Assert.Equal((null, 0L, 0L), (ledger.Before, ledger.WorstStallMicros, ledger.Unanswered));
        Assert.Equal(1, ledger.Errors["refused"]);
    }

    [Fact]
    public void Immediate_return_into_the_band_is_a_recovery_in_zero_seconds()
    {
        var ledger = Recovering(slow: 0);
        Assert.Equal((0.0, "recovered at once"), (ledger.RecoverySeconds, ledger.Recovery));
    }

    [Fact]
    public void The_band_ends_at_the_baseline_times_its_factor_plus_its_floor()
    {
        var ledger = Recovering(slow: 30, micros: 1_101);
        Assert.Equal((2.9, "recovered in 2.9 s"), (ledger.RecoverySeconds, ledger.Recovery));
        Assert.Equal(0, Recovering(slow: 30, micros: 1_100).RecoverySeconds);
    }

    [Fact]
    public void Missing_recovery_is_reported()
    {
        var ledger = Recovering(slow: 99);
        Assert.Equal((null, "did not recover in 9 s"), (ledger.RecoverySeconds, ledger.Recovery));
    }

    [Fact]
    public void Late_bystander_reports_its_own_lateness()
    {
        var book = Late(12_300, took: 20_000);
        Assert.InRange(book.Ledger("").Lateness!.P99, 12_300, 12_330);
        Assert.Equal(
            ["the bystander got no processor in time: its PINGs were sent up to 12.3 ms late (p99 12.3 ms), so its times during the storm "
                + "are this machine's as much as the server's; give ActorLoad a core of its own"],
            book.Unseen());
    }

    [Theory]
    [InlineData(400, 700)] // hardly late
    [InlineData(4_900, 5_500)] // less than the band allows anyway
    [InlineData(12_300, 50_000)] // late, but that is not what they waited for
    public void Bystander_with_little_lateness_reports_nothing(long late, long took) => Assert.Empty(Late(late, took).Unseen());

    [Fact]
    public void Unanswered_bystander_reports_the_errors_it_got()
    {
        var book = Begun();
        book.Failed("NOAUTH");
        book.Failed("NOAUTH");
        Assert.Equal(["no PING of the bystander was ever answered: NOAUTH 2"], book.Unseen());
    }

    private static PingTally Late(long late, long took)
    {
        var book = new PingTally(Given.Bystander() with { BandFloor = TimeSpan.FromMilliseconds(5) }, Frequency);
        book.Begin();
        book.BeginStorm(Storm);
        book.Sent(Storm - 1, Storm + 70_000_000); // before the storm: no matter
        for (var due = Storm; due < Storm + 100; due++)
        {
            book.Sent(due, due + late);
            Answer(book, due, took);
        }

        return book;
    }

    private static PingTally Begun()
    {
        var book = new PingTally(Given.Bystander(), Frequency);
        book.Begin();
        return book;
    }

    private static void Answer(PingTally book, long due, long micros) => book.Answered(due, due + micros);

    // A baseline of 100 us, a band of twice that plus 900 us, ten PINGs a second for ten seconds, the first ones slow.
    private static BystanderLedger Recovering(int slow, long micros = 5_000)
    {
        var settings = Given.Bystander() with
        {
            BandFactor = 2,
            BandFloor = TimeSpan.FromMicroseconds(900),
            Window = TimeSpan.FromSeconds(1),
        };
        var book = new PingTally(settings, Frequency);
        book.Begin();
        Answer(book, 1, 100);
        book.BeginStorm(Storm);
        book.EndStorm(End);
        for (var ping = 0; ping < 100; ping++)
        {
            Answer(book, End + (ping * 100_000), ping < slow ? micros : 1_100);
        }

        book.Settle(End + 10_000_000);
        return book.Ledger("did not recover in 9 s");
    }
}
