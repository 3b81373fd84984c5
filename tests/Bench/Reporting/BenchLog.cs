namespace ActorLoad.Bench.Reporting;

/// <summary>Tells what is being measured, and keeps what went wrong.</summary>
internal sealed class BenchLog(TextWriter writer)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Say(string text) => writer.WriteLine(text);

    public void Problem(string text)
    {
        _problems.Add(text);
        Say($"PROBLEM {text}");
    }

    /// <summary>What was measured; null, and a problem more, if it could not be.</summary>
    public async Task<T?> TryAsync<T>(string name, Func<Task<T>> measure)
        where T : class
    {
        try
        {
            return await measure();
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or OperationCanceledException or FormatException or IOException)
        {
            Problem($"{name}: {e.Message}");
            return null;
        }
    }
}
