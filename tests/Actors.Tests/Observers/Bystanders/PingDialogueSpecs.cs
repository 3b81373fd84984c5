using ActorLoad.Observers.Bystanders;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

/// <summary>A tick is a microsecond.</summary>
public class PingDialogueSpecs
{
    private readonly PingTally _book = new(Given.Bystander(), 1_000_000);

    [Fact]
    public void PINGs_that_waited_together_have_separate_times()
    {
        var dialogue = Begun();
        foreach (var due in new long[] { 1_000, 2_000, 3_000, 4_000 })
        {
            dialogue.Ping(due, due + 10);
        }

        for (var pong = 0; pong < 4; pong++)
        {
            Assert.True(dialogue.Accept(Answer.Pong, "", 5_000));
        }

        var ledger = _book.Ledger("");
        Assert.Equal((4, 1_000L, 4_001L), (ledger.Before!.Count, ledger.Before.Min, ledger.Before.Max)); // 4,000 to three digits
        Assert.Equal(4_000, ledger.WorstStallMicros);
        Assert.Null(dialogue.OldestDue);
    }

    [Fact]
    public void Endless_unrequested_errors_are_not_accepted_as_answers()
    {
        var dialogue = Begun();
        Assert.Equal(8, Enumerable.Range(0, 100).TakeWhile(_ => dialogue.Accept(Answer.Error, "ERR", 1_000)).Count());
        dialogue.Abandon();
        Assert.True(dialogue.Accept(Answer.Error, "ERR", 2_000)); // another connection
    }

    [Fact]
    public void Outage_is_one_stall_from_the_first_lost_PING_to_the_next_PONG()
    {
        var dialogue = Begun();
        dialogue.Ping(1_000, 1_000);
        dialogue.Abandon();
        dialogue.Miss(2_000);
        dialogue.Greet(withAuth: false, 8_000);
        dialogue.Ping(9_000, 9_000);
        Assert.True(dialogue.Accept(Answer.Pong, "", 9_500)); // to the greeting: it is not what was waited for
        Assert.True(dialogue.Accept(Answer.Pong, "", 10_000));
        dialogue.Ping(11_000, 11_000);
        Assert.True(dialogue.Accept(Answer.Pong, "", 11_100));
        var ledger = _book.Ledger("");
        Assert.Equal((9_000L, 2L, 2L), (ledger.WorstStallMicros, ledger.Unanswered, ledger.Before!.Count));
    }

    [Fact]
    public void Unfinished_wait_counts_up_to_the_end()
    {
        var dialogue = Begun();
        dialogue.Ping(1_000, 1_000);
        dialogue.End(51_000);
        var ledger = _book.Ledger("");
        Assert.Equal((50_000L, 1L), (ledger.WorstStallMicros, ledger.Unanswered));
        Assert.Null(ledger.Before);
    }

    [Fact]
    public void Error_is_counted_by_its_prefix_and_its_PING_as_unanswered()
    {
        var dialogue = Begun();
        dialogue.Ping(1_000, 1_000);
        dialogue.Ping(2_000, 2_000);
        Assert.True(dialogue.Accept(Answer.Error, "LOADING", 2_100));
        Assert.True(dialogue.EndsWithError);
        Assert.True(dialogue.Accept(Answer.Pong, "", 2_200));
        Assert.False(dialogue.EndsWithError);
        var ledger = _book.Ledger("");
        Assert.Equal(1, ledger.Errors["LOADING"]);
        Assert.Equal((1L, 1L, 1_200L), (ledger.Unanswered, ledger.Before!.Count, ledger.WorstStallMicros));
    }

    [Fact]
    public void Answers_go_to_AUTH_first_and_then_to_the_greeting()
    {
        var dialogue = Begun();
        dialogue.Greet(withAuth: true, 1_000);
        Assert.True(dialogue.Accept(Answer.Error, "WRONGPASS", 1_100));
        Assert.Null(dialogue.IsWelcome);
        Assert.True(dialogue.Accept(Answer.Error, "NOAUTH", 1_100));
        Assert.False(dialogue.IsWelcome);
        Assert.Equal(0, _book.Ledger("").Unanswered);
    }

    [Fact]
    public void Only_an_error_may_arrive_unrequested()
    {
        Assert.True(Begun().Accept(Answer.Error, "ERR max number of clients reached", 1));
        Assert.False(Begun().Accept(Answer.Pong, "", 1));
        Assert.False(Begun().Accept(Answer.Garbage, "", 1));
    }

    [Fact]
    public void OK_does_not_answer_PING_and_PONG_does_not_answer_AUTH()
    {
        var dialogue = Begun();
        dialogue.Ping(1_000, 1_000);
        Assert.False(dialogue.Accept(Answer.Ok, "", 1_100));
        dialogue.Greet(withAuth: true, 1_000);
        Assert.False(dialogue.Accept(Answer.Pong, "", 1_100));
    }

    private PingDialogue Begun()
    {
        _book.Begin();
        return new PingDialogue(_book);
    }
}
