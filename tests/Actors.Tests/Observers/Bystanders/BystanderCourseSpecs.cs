using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Observers.Bystanders;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class BystanderCourseSpecs
{
    private readonly ManualTime _time = new();
    private readonly PingTally _book;
    private readonly BystanderCourse _course;

    public BystanderCourseSpecs()
    {
        var settings = Given.Bystander() with
        {
            Before = TimeSpan.FromSeconds(3),
            After = TimeSpan.FromSeconds(10),
            Window = TimeSpan.FromSeconds(1),
            BandFactor = 2,
            BandFloor = TimeSpan.Zero,
        };
        _book = new PingTally(settings, _time.TimestampFrequency);
        _course = new BystanderCourse(settings, _book, _time);
    }

    [Fact]
    public void Bystander_is_ready_once_after_its_baseline()
    {
        Assert.False(_course.BecomesReady());
        Begin();
        Pass(2.9);
        Assert.False(_course.BecomesReady());
        Pass(0.1);
        Assert.True(_course.BecomesReady());
        Assert.False(_course.BecomesReady());
        Assert.True(_course.IsReady);
    }

    [Fact]
    public void Bystander_is_ready_at_once_when_no_server_answers()
    {
        Begin(isUp: false);
        Assert.True(_course.BecomesReady());
    }

    [Fact]
    public void Bystander_continues_until_it_has_recovered()
    {
        Begin();
        Storm();
        PingFor(5, slow: true);
        Assert.False(_course.IsClosing);
        PingFor(0.9, slow: false);
        Assert.False(_course.IsClosing);
        PingFor(0.2, slow: false);
        Assert.True(_course.IsClosing);
        Assert.InRange(_book.Ledger("").RecoverySeconds!.Value, 4.9, 5);
    }

    [Fact]
    public void Bystander_waits_for_recovery_only_up_to_its_limit()
    {
        Begin();
        Storm();
        PingFor(9.9, slow: true);
        Assert.False(_course.IsClosing);
        PingFor(0.1, slow: true);
        Assert.Equal((true, "did not recover in 10 s"), (_course.IsClosing, _course.NoRecovery));
    }

    [Fact]
    public void Bystander_without_a_baseline_waits_for_no_recovery()
    {
        _book.Begin();
        _course.Begin(isUp: false);
        Storm();
        PingFor(1, slow: false);
        Assert.Equal((true, "not known: no PING was answered before the storm"), (_course.IsClosing, _course.NoRecovery));
    }

    [Fact]
    public void Bystander_concludes_when_told()
    {
        Begin();
        _course.BeginStorm();
        _course.Conclude();
        _course.Listen();
        Assert.Equal((true, "not known: stopped before the storm had ended"), (_course.IsClosing, _course.NoRecovery));
    }

    [Fact]
    public void Bystander_concluded_after_the_storm_says_how_long_after()
    {
        Begin();
        Storm();
        Pass(2.5);
        _course.Conclude();
        _course.Listen();
        Assert.Equal((true, "not known: stopped 2.5 s after the storm"), (_course.IsClosing, _course.NoRecovery));
    }

    [Fact]
    public void Last_replies_are_awaited_only_for_a_short_time()
    {
        Begin();
        Assert.False(_course.IsOver(isWaiting: false));
        _course.Conclude();
        _course.Listen();
        Assert.True(_course.IsOver(isWaiting: false));
        Assert.False(_course.IsOver(isWaiting: true));
        Pass(0.2);
        Assert.True(_course.IsOver(isWaiting: true));
    }

    private void Begin(bool isUp = true)
    {
        _book.Begin();
        _course.Begin(isUp);
        if (isUp)
        {
            _book.Answered(_time.GetTimestamp(), _time.GetTimestamp() + _time.TimestampFrequency / 1_000);
        }
    }

    private void Storm()
    {
        _course.BeginStorm();
        Pass(1);
        _course.EndStorm();
        _course.Listen();
    }

    // A PING each 10 ms, answered at once: in the band or above it.
    private void PingFor(double seconds, bool slow)
    {
        for (var ping = 0; ping < seconds * 100; ping++)
        {
            var due = _time.GetTimestamp();
            _book.Answered(due, due + (_time.TimestampFrequency / (slow ? 100 : 1_000)));
            Pass(0.01);
            _course.Judge(_time.GetTimestamp());
        }
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
