using System.Net;

namespace ActorLoad.Configuration;

/// <summary>Reads an element of <c>safety.allowed-targets</c>.</summary>
internal static class AllowedNetwork
{
    public const string Allowed = "an address, a network such as 10.1.0.0/16 or ::1/128, or \"unix:/PATH\"";

    /// <summary>A network in CIDR notation, or one address. IPv4 mapped into IPv6 becomes IPv4, as for targets.</summary>
    public static bool TryParse(string text, out IPNetwork network, out string problem)
    {
        network = default;
        problem = "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        // The parser takes "10.1" for an address (10.0.0.1), which nobody means in an allow-list.
        if (!IPAddress.TryParse(addressText, out var address) || address.ScopeId() != 0
            || (!addressText.Contains(':', StringComparison.Ordinal) && address.ToString() != addressText))
        {
            problem = $"{ShownText.Quote(text)} is not a network";
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var prefix = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out prefix)
            || prefix > bits))
        {
            problem = $"{ShownText.Quote(text)} is not a network: the part after the slash is a number of bits from 0 to {bits}";
            return false;
        }

        if (address.IsIPv4MappedToIPv6 && prefix >= 96)
            (address, prefix) = (address.MapToIPv4(), prefix - 96);
        var start = Masked(address, prefix);
        if (!start.Equals(address))
        {
            problem = $"{ShownText.Quote(text)} has bits behind its prefix (the network is {start}/{prefix})";
            return false;
        }

        network = new IPNetwork(start, prefix);
        return true;
    }

    private static long ScopeId(this IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var index = 0; index < bytes.Length; index++)
            bytes[index] &= (byte)(0xFF << (8 - Math.Clamp(prefix - (index * 8), 0, 8)));
        return new IPAddress(bytes);
    }
}
