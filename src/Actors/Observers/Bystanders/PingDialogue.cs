
namespace ActorLoad.Observers.Bystanders;

/// <summary>The questions and answers of one connection. Each PONG belongs to the oldest PING under way.</summary>
internal sealed class PingDialogue(PingTally book)
{
    // A full server sends errors unasked, and closes.
    private const int MostUnasked = 8;

    private readonly Queue<Expected> _expected = new();
    private int _unasked;
    private long? _waitingSince;

    /// <summary>True if the last greeting was answered with PONG, false if with an error; null if none was answered yet.</summary>
    public bool? IsWelcome { get; private set; }

    /// <summary>True if the last answer was an error.</summary>
    public bool EndsWithError { get; private set; }

    /// <summary>When the oldest PING under way was due; null if there is none.</summary>
    public long? OldestDue => _expected.TryPeek(out var oldest) ? oldest.Due : null;

    /// <summary>When the oldest PING under way was sent; null if there is none.</summary>
    public long? OldestSent => _expected.TryPeek(out var oldest) ? oldest.SentAt : null;

    /// <summary>A greeting is about to be sent. It does not count.</summary>
    public void Greet(bool withAuth, long now)
    {
        if (withAuth)
        {
            _expected.Enqueue(new Expected(Answer.Ok, now, now, IsCounted: false));
        }

        _expected.Enqueue(new Expected(Answer.Pong, now, now, IsCounted: false));
    }

    /// <summary>A PING is about to be sent.</summary>
    public void Ping(long due, long now)
    {
        _waitingSince ??= due;
        book.Sent(due, now);
        _expected.Enqueue(new Expected(Answer.Pong, due, now, IsCounted: true));
    }

    /// <summary>A PING cannot be sent.</summary>
    public void Miss(long due)
    {
        _waitingSince ??= due;
        book.Lost(due);
    }

    /// <summary>Takes one answer; false if it does not fit the question.</summary>
    public bool Accept(Answer answer, string error, long now)
    {
        EndsWithError = answer == Answer.Error;
        if (EndsWithError)
        {
            book.Failed(error);
        }

        if (!_expected.TryDequeue(out var expected))
        {
            return EndsWithError && ++_unasked <= MostUnasked;
        }

        if (!expected.IsCounted && expected.Answer == Answer.Pong)
        {
            IsWelcome = answer == Answer.Pong;
        }

        if (answer != expected.Answer)
        {
            Lose(expected);
            return EndsWithError;
        }

        if (expected.IsCounted)
        {
            book.Stalled(now - (_waitingSince ?? expected.Due));
            _waitingSince = OldestDue;
        }

        if (expected.IsCounted || !book.HasBegun)
        {
            book.Answered(expected.Due, now);
        }

        return true;
    }

    /// <summary>The connection is gone. Its PINGs under way are lost.</summary>
    public void Abandon()
    {
        while (_expected.TryDequeue(out var expected))
        {
            Lose(expected);
        }

        (EndsWithError, _unasked) = (false, 0);
    }

    /// <summary>Ends the dialogue. A wait that has not ended counts up to now.</summary>
    public void End(long now)
    {
        Abandon();
        if (_waitingSince is { } since)
        {
            book.Stalled(now - since);
        }
    }

    private void Lose(in Expected expected)
    {
        if (expected.IsCounted)
        {
            book.Lost(expected.Due);
        }
    }

    /// <summary>An awaited answer.</summary>
    private readonly record struct Expected(Answer Answer, long Due, long SentAt, bool IsCounted);
}
