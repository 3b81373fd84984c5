using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The answer to a token.</summary>
internal enum TokenAnswer
{
    Right,
    Wrong,

    /// <summary>Not looked at: too many wrong ones came from that address.</summary>
    TooMany,
}

/// <summary>Compares tokens, and bounds guesses: after ten wrong tokens, an address may try one each second.</summary>
internal sealed class TokenCheck(string token) : IDisposable
{
    private const int Guesses = 10;

    private readonly byte[] _token = Hash(token);

    private readonly PartitionedRateLimiter<IPAddress> _guesses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(Network(address), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Guesses,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Judges a token that came from an address.</summary>
    public TokenAnswer Judge(string given, IPAddress? from)
    {
        var address = from ?? IPAddress.None;
        if (_guesses.GetStatistics(address) is { CurrentAvailablePermits: < 1 })
        {
            return TokenAnswer.TooMany;
        }

        // Hashed first, so that the time of the comparison does not tell even the token's length.
        if (CryptographicOperations.FixedTimeEquals(Hash(given), _token))
        {
            return TokenAnswer.Right;
        }

        using var guess = _guesses.AttemptAcquire(address);
        return TokenAnswer.Wrong;
    }

    public void Dispose() => _guesses.Dispose();

    // One machine can have all addresses of a network of 64 bits.
    private static IPAddress Network(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return plain;
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
