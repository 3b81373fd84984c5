using System.Globalization;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

public sealed class MemoryEstimateSpecs
{
    private const int Connections = 2_000;

    [RedisTheory]
    [InlineData("io-uring")]
    [InlineData("sockets")]
    public async Task A_run_takes_no_more_memory_than_doctor_said(string transport)
    {
        await using var redis = await RedisServer.StartAsync();
        var gate = new Gate(redis);
        var lines = $"{Storm.Load(Connections)}\n transport.kind = {transport}";

        var needed = (await Examination.OfAsync(redis.Target, lines)).Named("memory").Needed!;
        var storm = await gate.LetThroughAsync(Connections, Storm.RunAsync(redis.Target, $"{lines}{Gate.Script}"));

        var generator = storm.Result.GetProperty("generator");
        Assert.Equal(Connections, generator.GetProperty("peakOpen").GetInt64());
        var peak = generator.GetProperty("peakRssBytes").GetInt64();
        Assert.True(peak <= Bytes(needed), $"{needed} were said, and {peak} bytes taken");
    }

    // "139 MB"
    private static long Bytes(string megabytes) =>
        long.Parse(megabytes.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) * 1_000_000;
}
