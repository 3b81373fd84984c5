namespace ActorLoad.Transport;

/// <summary>A socket option of Linux that .NET does not name; <c>linux/in.h</c>.</summary>
internal static class IpBind
{
    /// <summary>SOL_IP, of IPv6 sockets too.</summary>
    public const int Level = 0;

    /// <summary>IP_BIND_ADDRESS_NO_PORT: bind() to an address without a port reserves none.</summary>
    public const int AddressNoPort = 24;
}
