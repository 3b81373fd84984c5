using System.Globalization;
using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;
using ActorLoad.Peers.Tls;

namespace ActorLoad.Bench.Cells;

/// <summary>What a TLS handshake costs, full and resumed, beside a C client of the same shape; and what an open connection holds.</summary>
internal static class TlsCell
{
    private const int Burst = 50;

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        using var authority = new TestAuthority();
        await using var server = await RedisServer.StartAsync(authority.Server(authority.Rsa(), "--maxclients", "60000"));
        var folder = await NativeStorm.BuildFolderAsync();
        var storm = new Storm(Burst, options.TlsConnections / Burst, BenchOptions.Script);
        var figures = new List<Figure>();
        foreach (var resumes in new[] { false, true })
        {
            figures.AddRange(await CompareAsync(options, authority, server, folder, storm, resumes));
        }

        figures.AddRange(await HoldAsync(options, authority, server));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> CompareAsync(
        BenchOptions options, TestAuthority authority, RedisServer server, string folder, Storm storm, bool resumes)
    {
        var peer = NativeStorm.OverTls(folder, authority.CertificateFile, authority.ServerName, resumes);
        var bursts = string.Create(CultureInfo.InvariantCulture, $"{{ connections = {Burst}, count = {storm.Bursts}, gap = 0s }}");
        var text = Text(options, authority, resumes, bursts);
        var (errors, others, full, cpu, ratios, rates) = (0L, 0L, 0L, new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var run = await ActorLoadRun.StartAsync(text, server.Target, storm.Limit, [0]);
            var native = await peer.RunAsync(storm, server.Port);
            errors += storm.Connections - run.Succeeded;
            others += native.Errors;
            full += (long)run.At("tls", "full");
            cpu.Add((double)run.At("generator", "cpuMicrosPerConnection"));
            ratios.Add(cpu[^1] / native.CpuMicros!.Value);
            rates.Add((double)run.At("tls", "fullPerSecond") + (double)run.At("tls", "resumedPerSecond"));
        }

        var kind = resumes ? "resumed" : "full";
        return
        [
            new Figure("tls", $"{kind}: errors of ActorLoad", errors, Figure.Connections, AtMost: 0),
            new Figure("tls", $"{kind}: errors of the C client", others, Figure.Connections, AtMost: 0),
            new Figure("tls", $"{kind}: full handshakes among {storm.Connections * options.Rounds}", full, "handshakes"),
            new Figure("tls", $"{kind}: handshakes a second", Median.Of(rates), "handshakes/s"),
            new Figure("tls", $"{kind}: CPU for each connection", Median.Of(cpu), "us"),
            new Figure("tls", $"{kind}: CPU for each connection / C client", Median.Of(ratios), "x", AtMost: 1.3),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> HoldAsync(BenchOptions options, TestAuthority authority, RedisServer server)
    {
        var held = options.TlsHeld;
        var population = string.Create(
            CultureInfo.InvariantCulture, $"{{ shape = population, connections = {held}, open-rate = \"500/s\", duration = {(held / 500) + 10}s }}");
        var run = await ActorLoadRun.StartAsync(Text(options, authority, true, population), server.Target, TimeSpan.FromMinutes(3), [0]);
        return
        [
            new Figure("tls", $"errors of {held} connections held at once", held - run.Succeeded, Figure.Connections, AtMost: 0),
            new Figure("tls", "memory of each open connection", (long)run.At("generator", "bytesPerOpenConnection"), "bytes", AtMost: 45 * 1024),
        ];
    }

    private static string Text(BenchOptions options, TestAuthority authority, bool resumes, string load) => RunFile.Text(
        [], BenchOptions.Script, 20_000, TimeSpan.Zero, options.Transport, $$"""
        load = [ {{load}} ]
        target.tls { enabled = on, ca-file = "{{authority.CertificateFile}}", server-name = {{authority.ServerName}}, resumption = {{(resumes ? "on" : "off")}} }
        """);
}
