using System.Net.Sockets;
using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;

namespace ActorLoad.Observers.Bystanders;

/// <summary>What a bystander says to a server, and what it calls its failures: as the storm does, by the names of outcomes.</summary>
internal static class BystanderWords
{
    /// <summary>So many PINGs are unanswered that the kernel takes no more of them.</summary>
    public const string SendBufferFull = "send-buffer-full";

    /// <summary>PING.</summary>
    public static readonly byte[] Ping = Command("PING");

    /// <summary>AUTH; empty if there is no password.</summary>
    public static byte[] Auth(BystanderSettings settings) =>
        settings.Password.Length == 0 ? []
        : settings.Username.Length == 0 ? Command("AUTH", settings.Password)
        : Command("AUTH", settings.Username, settings.Password);

    /// <summary>What to count a socket's error under.</summary>
    public static string For(SocketError error, bool isConnecting) => SocketFaults.From(error).ToOutcome(isConnecting)?.Name() ?? error.ToString();

    private static byte[] Command(params string[] words) => Encoding.UTF8.GetBytes(
        $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");
}
