using System.Net;
using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Asks a daemon whether it is ready, for whoever has no other client: the health command of a container.</summary>
internal static class ReadyCheck
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Exit code 0 if the daemon at this URL can take a run; 1, and why on stderr, if not.</summary>
    public static async Task<int> AskAsync(Uri daemon)
    {
        var url = new UriBuilder(daemon) { Path = "readyz" };
        // A daemon that listens on all addresses is asked on this machine.
        if (IPAddress.TryParse(daemon.DnsSafeHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            url.Host = $"{(address.Equals(IPAddress.Any) ? IPAddress.Loopback : IPAddress.IPv6Loopback)}";
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerLimit };
        try
        {
            using var answer = await client.GetAsync(url.Uri);
            if (answer.IsSuccessStatusCode)
            {
                return ExitCodes.Done;
            }

            ErrorLines.Write($"actorload serve: {url.Uri} is not ready: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            ErrorLines.Write($"actorload serve: {url.Uri} does not answer: {exception.Message}");
        }

        return ExitCodes.Error;
    }
}
