namespace ActorLoad.Transport;

/// <summary>The parts of <c>TCP_INFO</c> that we read (linux/tcp.h); its first byte is the connection's state.</summary>
internal static class TcpInfo
{
    /// <summary>IPPROTO_TCP.</summary>
    public const int Level = 6;

    /// <summary>TCP_INFO.</summary>
    public const int Option = 11;

    /// <summary>Offset of tcpi_total_retrans: 32 bits.</summary>
    public const int TotalResent = 100;

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
