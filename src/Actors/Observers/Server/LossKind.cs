namespace ActorLoad.Observers.Server;

/// <summary>What an observer missed in a time of loss.</summary>
internal enum LossKind
{
    /// <summary>An answer: the question was asked over a connection, and nothing came back in time.</summary>
    Silence,

    /// <summary>Its connection: a reset or a close ended it.</summary>
    End,

    /// <summary>A connection: the connect was refused, or had no answer.</summary>
    NoConnection,

    /// <summary>INFO: the server answered with an error.</summary>
    Refusal,
}
