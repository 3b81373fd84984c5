using System.Globalization;
using System.Text.Json.Nodes;
using ActorLoad.Bench.Measuring;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Contestants;

/// <summary>One of the peers in <c>peers/</c>: each does PING, GET, SET on every connection and prints one JSON line.</summary>
internal sealed class NativeStorm(string name, string program, bool mayReuse, Func<int, Storm, string[]> arguments) : IContestant
{
    public string Name => name;

    public bool MayReuse => mayReuse;

    /// <summary>The C and the Go peer, built into a folder.</summary>
    public static IReadOnlyList<NativeStorm> In(string folder) =>
    [
        new("redigo", Path.Combine(folder, "redigo_storm"), true, (port, storm) =>
            ["-port", Text(port), "-cps", Text(storm.Burst), "-bursts", Text(storm.Bursts)]),
        new("epoll", Path.Combine(folder, "epoll_storm"), false, (port, storm) => [Text(port), Text(storm.Burst), Text(storm.Bursts)]),
    ];

    /// <summary>The C peer that speaks TLS.</summary>
    /// <param name="folder">Where it was built.</param>
    /// <param name="authority">PEM file of the server's authority.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="resumes">True if each handshake but the first resumes a session.</param>
    public static NativeStorm OverTls(string folder, string authority, string name, bool resumes) => new(
        "epoll with OpenSSL", Path.Combine(folder, "epoll_tls_storm"), false,
        (port, storm) => [Text(port), Text(storm.Burst), Text(storm.Bursts), authority, name, resumes ? "resumed" : "full"]);

    /// <summary>Builds the peers next to their sources; throws with the compiler's words.</summary>
    public static async Task<IReadOnlyList<NativeStorm>> BuildAsync() => In(await BuildFolderAsync());

    /// <summary>The same; gives the folder.</summary>
    public static async Task<string> BuildFolderAsync()
    {
        var sources = Path.Combine(Sources.Root, "tests", "Bench", "peers");
        var folder = Path.Combine(sources, "out");
        await using var build = ChildProcess.Start(["sh", Path.Combine(sources, "build.sh"), folder]);
        (await build.ExitAsync(TimeSpan.FromMinutes(10))).Expect();
        return folder;
    }

    public async Task<Measurement> RunAsync(Storm storm, int port)
    {
        var before = ChildCpu.Read();
        // A process inherits the peak memory of the one that it was forked from: a shell's is small, ours is not.
        await using var child = ChildProcess.Start(["sh", "-c", "\"$@\"; exit $?", "sh", program, .. arguments(port, storm)]);
        var line = (await child.ExitAsync(storm.Limit)).Expect().Stdout;
        var whole = ChildCpu.Read() - before;
        var told = JsonNode.Parse(line)!;
        return new Measurement(
            storm.Connections, (long)told["errors"]!, (double)told["seconds"]!, (double)told["cpu_us_per_conn"]!,
            whole.TotalMicroseconds / storm.Connections, (long)told["rss_kb"]! * 1024, (double?)told["skew_ms"]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
