using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>connection.source-addresses</c>. Whether the addresses are ours is checked right before the run.</summary>
internal static class SourceAddressReader
{
    private const string Key = "source-addresses";
    private const string Example = "[\"127.0.0.2-127.0.0.9\"]";
    private const string Allowed = "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9";

    private static readonly string TooMany = $"at most {SourceAddresses.Most} addresses";

    /// <summary>The addresses; null without any, or if a problem was noted.</summary>
    public static SourceAddresses? Read(SettingsReader connection)
    {
        var given = new List<string>();
        if (connection.List<ImmutableArray<IPAddress>>(Key, Example, text =>
            {
                given.Add(text);
                return TryParse(text, out var found, out var problem) ? (found, "", "")
                    : ([], problem, problem.StartsWith('"') ? Allowed : TooMany);
            }) is not { Length: > 0 } parts)
            return null;
        ImmutableArray<IPAddress> all = [.. parts.SelectMany(part => part).Distinct()];
        if (all.Length > SourceAddresses.Most)
            connection.Problem(Key, $"{all.Length} addresses", TooMany);
        return new SourceAddresses(all, string.Join(", ", given));
    }

    /// <summary>The addresses of one element. A network stands for those that hosts can have: in IPv4 not its first and last
    /// address.</summary>
    internal static bool TryParse(string text, out ImmutableArray<IPAddress> addresses, out string problem)
    {
        (addresses, problem) = ([], "");
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (text.Contains('/', StringComparison.Ordinal))
        {
            if (!AllowedNetwork.TryParse(text, out var network, out problem))
                return false;
            var bits = (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) - network.PrefixLength;
            if (bits > BitOperations.Log2(SourceAddresses.Most))
                problem = $"the network {text} has more than {SourceAddresses.Most} addresses";
            else
                addresses = WithoutEnds(Enumerate(network.BaseAddress, 1 << bits));
        }
        else if (dash < 0)
        {
            problem = TryAddress(text, out var address) ? "" : $"{ShownText.Quote(text)} is not an address";
            addresses = [address];
        }
        else if (!TryAddress(text[..dash].Trim(), out var first) || !TryAddress(text[(dash + 1)..].Trim(), out var last))
        {
            problem = $"{ShownText.Quote(text)} is not a range of addresses";
        }
        else if (first.AddressFamily != last.AddressFamily || Number(last) < Number(first))
        {
            problem = $"{ShownText.Quote(text)} is not a range: its second address does not come after the first";
        }
        else if (Number(last) - Number(first) >= SourceAddresses.Most)
        {
            problem = $"the range {text} has more than {SourceAddresses.Most} addresses";
        }
        else
        {
            addresses = Enumerate(first, (int)(Number(last) - Number(first)) + 1);
        }

        return problem.Length == 0;
    }

    private static ImmutableArray<IPAddress> WithoutEnds(ImmutableArray<IPAddress> all) =>
        all.Length > 2 && all[0].AddressFamily == AddressFamily.InterNetwork ? all[1..^1] : all;

    private static ImmutableArray<IPAddress> Enumerate(IPAddress first, int count) =>
        [.. Enumerable.Range(0, count).Select(index => Address(Number(first) + (uint)index, first.GetAddressBytes().Length))];

    // The parser takes "10.1" for an address (10.0.0.1), which nobody means.
    private static bool TryAddress(string text, out IPAddress address)
    {
        if (!IPAddress.TryParse(text, out address!) || (!text.Contains(':', StringComparison.Ordinal) && address.ToString() != text))
            return false;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return true;
    }

    private static UInt128 Number(IPAddress address) =>
        address.GetAddressBytes().Aggregate(UInt128.Zero, (number, part) => (number << 8) | part);

    private static IPAddress Address(UInt128 number, int bytes) =>
        new([.. Enumerable.Range(0, bytes).Select(index => (byte)(number >> (8 * (bytes - 1 - index))))]);
}
