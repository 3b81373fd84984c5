using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Bench.Measuring;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Contestants;

/// <summary>What one <c>actorload run --json</c> came to.</summary>
/// <param name="Result">Its <c>result.json</c>.</param>
/// <param name="WholeCpu">User and system time of its whole process.</param>
internal sealed record ActorLoadRun(JsonNode Result, TimeSpan WholeCpu)
{
    public long Opened => (long)At("connections", "opened");

    public long Succeeded => (long)At("connections", "succeeded");

    /// <summary>Carries out a run file; <paramref name="watch"/> may look at the process meanwhile. Throws, with all output, for other exit codes.</summary>
    public static async Task<ActorLoadRun> StartAsync(
        string runFile, string target, TimeSpan limit, IReadOnlyCollection<int> exitCodes, Func<int, Task, Task>? watch = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, runFile);
            var before = ChildCpu.Read();
            await using var child = ActorLoadProcess.Start(["run", path, "--json", "--quiet", "--target", target]);
            var exit = child.ExitAsync(limit);
            if (watch is not null)
            {
                await watch(child.Id, exit);
            }

            var result = await exit;
            return exitCodes.Contains(result.ExitCode)
                ? new ActorLoadRun(Parse(result), ChildCpu.Read() - before)
                : throw new InvalidOperationException($"an unexpected exit code of {result}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A value of the result by its path; throws if it is not there.</summary>
    public JsonNode At(params string[] path)
    {
        var node = Result;
        foreach (var name in path)
        {
            node = node[name] ?? throw new InvalidOperationException($"result.json has no {string.Join('.', path)}");
        }

        return node;
    }

    private static JsonNode Parse(ProcessResult result)
    {
        try
        {
            return JsonNode.Parse(result.Stdout) ?? throw new InvalidOperationException($"no result in {result}");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"no JSON on stdout ({e.Message}): {result}", e);
        }
    }
}
