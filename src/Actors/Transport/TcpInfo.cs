namespace ActorLoad.Transport;

/// <summary>The state that <c>TCP_INFO</c> begins with (linux/tcp.h).</summary>
internal static class TcpInfo
{
    /// <summary>IPPROTO_TCP.</summary>
    public const int Level = 6;

    /// <summary>TCP_INFO.</summary>
    public const int Option = 11;

    private const byte Close = 7;
    private const byte CloseWait = 8;

    /// <summary>What the peer has done to a connection that was established and that we have not closed.</summary>
    public static PeerEnd PeerEndIn(byte state) => state switch
    {
        Close => PeerEnd.Reset,
        CloseWait => PeerEnd.Finished,
        _ => PeerEnd.None,
    };
}
