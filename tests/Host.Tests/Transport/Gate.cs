using System.Globalization;
using ActorLoad.Peers;

namespace ActorLoad.Hosting.Tests.Transport;

/// <summary>Holds connections open until all of them are there: each waits at the server for a word, and gets it when nobody is missing.</summary>
internal sealed class Gate(RedisServer server)
{
    /// <summary>What a connection does that goes through.</summary>
    public const string Script = "\n connection { script = [\"BLPOP " + Key + " 0\"], reply-timeout = 1m }";

    private const string Key = "gate";

    /// <summary>Waits for that many connections, and lets them go on to the end of <paramref name="run"/>, or as many as <paramref name="words"/>
    /// says, then and later.</summary>
    public async Task<T> LetThroughAsync<T>(int connections, Task<T> run, int? words = null)
    {
        await OpenAsync(connections, run, words: words);
        var result = await run;
        await server.CommandAsync("DEL", Key); // what nobody took is not for the next run
        return result;
    }

    /// <summary>Waits for that many connections, then does what is to be done while they are open, and lets them go on.</summary>
    public async Task OpenAsync(int connections, Task run, Func<Task>? meanwhile = null, int? words = null)
    {
        // A run that ends before has failed, and its test says how.
        await Eventually.HoldsAsync(async () => run.IsCompleted
            || long.Parse((await server.InfoAsync("clients"))["blocked_clients"], CultureInfo.InvariantCulture) >= connections);

        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await server.CommandAsync(["RPUSH", Key, .. Enumerable.Repeat("pass", words ?? connections)]);
    }
}
