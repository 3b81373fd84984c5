using ActorLoad.Bench.Reporting;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Cells;

/// <summary>The stranger's first command: how long until it shows a first line?</summary>
internal static class FirstLineCell
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(int rounds)
    {
        var seconds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await using var child = ChildProcess.Start(
                ["dotnet", "run", "--no-build", "-c", Sources.Configuration, "--project", Path.Combine(Sources.Root, "src", "Host")]);
            var first = await Task.WhenAny(child.StdoutLineAsync(IsWritten), child.StderrLineAsync(IsWritten));
            await first;
            seconds.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        }

        return [new Figure("first-line", "`dotnet run` to its first line", Median.Of(seconds), "s", AtMost: 5)];
    }

    private static bool IsWritten(string line) => line.Length > 0;
}
