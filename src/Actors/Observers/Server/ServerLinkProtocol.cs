namespace ActorLoad.Observers.Server;

/// <summary>What an observer tells its <see cref="ServerLink"/> to do; also a message to itself that does so later.</summary>
internal enum LinkCommand
{
    /// <summary>Ask for INFO now, if there is a connection that waits for nothing.</summary>
    Ask,

    /// <summary>Ask for INFO now, and open a connection if there is none.</summary>
    AskAnew,

    /// <summary>An interval is over. Do what is due: ask for INFO, open a connection, or notice that an answer is late.</summary>
    Tick,
}

/// <summary>What a <see cref="ServerLink"/> has to tell its observer about a message.</summary>
internal abstract record LinkNews
{
    /// <summary>Nothing that the observer needs to act on.</summary>
    public sealed record Nothing : LinkNews;

    /// <summary>A connection is open, and its first INFO is read. It may be the first connection.</summary>
    public sealed record Opened(ServerSession Session, bool IsFirst) : LinkNews;

    /// <summary>A connection could not be opened.</summary>
    public sealed record NotOpened : LinkNews;

    /// <summary>INFO was answered that was asked at a time, in seconds.</summary>
    public sealed record Answered(double AskedAt) : LinkNews;

    /// <summary>INFO has not been answered in time. The link goes on waiting.</summary>
    public sealed record Silent : LinkNews;

    /// <summary>The connection is lost.</summary>
    public sealed record Lost : LinkNews;
}
