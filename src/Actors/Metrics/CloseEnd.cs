namespace ActorLoad.Metrics;

/// <summary>How a close ended that waits for the server (<c>connection.close</c> = quit, half-close or abandon).</summary>
public enum CloseEnd
{
    /// <summary>The server's FIN came, as it should.</summary>
    PeerFinished,

    /// <summary>The server's RST came.</summary>
    PeerReset,

    /// <summary>The reply to the last command came, and we closed without reading all of it: RST.</summary>
    Unread,

    /// <summary><c>connection.close-timeout</c> was over first, and we closed with RST.</summary>
    TimedOut,

    /// <summary>The end of the run came first.</summary>
    CutOff,
}
