using System.Globalization;
using System.Text.Json;
using ActorLoad.Diagnosis;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>One real run of the built program: a run file in, its exit code and <c>result.json</c> out, with the books checked.</summary>
internal sealed class Storm
{
    private Storm(ProcessResult process, JsonElement result) => (Process, Result) = (process, result);

    public ProcessResult Process { get; }

    public JsonElement Result { get; }

    public int ExitCode => Process.ExitCode;

    public string Verdict => Result.GetProperty("verdict").GetString()!;

    public string Reasons => string.Join("; ", Result.GetProperty("verdictReasons").EnumerateArray().Select(reason => reason.GetString()));

    public (string Kind, int Loops, string Reason) Transport
    {
        get
        {
            var transport = Result.GetProperty("transport");
            return (transport.GetProperty("kind").GetString()!, transport.GetProperty("loops").GetInt32(), transport.GetProperty("reason").GetString()!);
        }
    }

    public long Attempts => Result.GetProperty("attempts").GetInt64();

    public long Retries => Result.GetProperty("retries").GetInt64();

    public JsonElement[] Phases => [.. Result.GetProperty("phases").EnumerateArray()];

    public JsonElement[] Bursts => [.. Result.GetProperty("bursts").EnumerateArray()];

    /// <summary>What the run has shown, the cause first.</summary>
    public JsonElement[] Findings => [.. Result.GetProperty("findings").EnumerateArray()];

    /// <summary>The rules that found something, in order.</summary>
    public IEnumerable<string?> Rules => Findings.Select(finding => finding.GetProperty("rule").GetString());

    /// <summary>What was not seen, in one text.</summary>
    public string Unseen => string.Join("; ", Result.GetProperty("ledgers").GetProperty("unseen").EnumerateArray().Select(sentence => sentence.GetString()));

    /// <summary>Runs a file of these lines (under <c>actorload</c>) to its end. Nobody but the storm connects to the target, so that connections and
    /// ports can be counted to the last: see <see cref="RunObservedAsync"/>.</summary>
    public static Task<Storm> RunAsync(string target, string lines, ActorLoadOptions? options = null) =>
        RunObservedAsync(target, $"observers.server.enabled = off\n {lines}", options);

    /// <summary>The same inside this process: see <see cref="ActorLoadHere"/>.</summary>
    public static Task<Storm> HereAsync(string target, string lines) => HereObservedAsync(target, $"observers.server.enabled = off\n {lines}");

    /// <summary>The same with all observers that a run has by default, inside this process.</summary>
    public static Task<Storm> HereObservedAsync(string target, string lines) =>
        WithFileAsync(target, lines, file => ActorLoadHere.RunAsync(["run", file, "--json", "--quiet"]));

    /// <summary>The same with all observers that a run has by default.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="lines">The run file, under <c>actorload</c>.</param>
    /// <param name="options">How it is started.</param>
    /// <param name="during">What is done to its process meanwhile.</param>
    public static Task<Storm> RunObservedAsync(
        string target, string lines, ActorLoadOptions? options = null, Func<ChildProcess, Task>? during = null) => WithFileAsync(target, lines, async file =>
        {
            await using var child = ActorLoadProcess.Start(["run", file, "--json", "--quiet"], options);
            await (during?.Invoke(child) ?? Task.CompletedTask);
            return await child.ExitAsync();
        });

    /// <summary>The same over <paramref name="transport"/>, a <c>transport.kind</c>. A run over <c>auto</c> that fell back to sockets, on a machine where a
    /// ring can be had, proves nothing of the ring.</summary>
    public static async Task<Storm> RunOverAsync(string transport, string target, string lines, ActorLoadOptions? options = null) =>
        (await RunAsync(target, $"{lines}\n transport.kind = {transport}", options)).Over(transport);

    /// <summary>The same inside this process.</summary>
    public static async Task<Storm> HereOverAsync(string transport, string target, string lines) =>
        (await HereAsync(target, $"{lines}\n transport.kind = {transport}")).Over(transport);

    private Storm Over(string transport)
    {
        var expected = transport != "auto" ? transport : Requirement.RequireAll ? "io-uring" : KindHere;
        Assert.True(Transport.Kind == expected, $"{transport} should be {expected}, and is {Transport}");
        return this;
    }

    private static async Task<Storm> WithFileAsync(string target, string lines, Func<string, Task<ProcessResult>> run)
    {
        using var files = new TemporaryDirectory();
        var process = await run(files.Write("run.conf", $"actorload {{\n target.endpoints = [\"{target}\"]\n {lines}\n}}\n"));
        Assert.True(process.Stdout.Length > 0, process.ToString());
        var storm = new Storm(process, JsonDocument.Parse(process.Stdout).RootElement.Clone());
        storm.CheckBooks();
        return storm;
    }

    /// <summary>A load of one phase.</summary>
    public static string Load(int connections, int count = 1, string gap = "0s") =>
        string.Create(CultureInfo.InvariantCulture, $"load = [ {{ connections = {connections}, count = {count}, gap = {gap} }} ]");

    /// <summary>No retries for any cause, and no breaker: what happens is what is counted.</summary>
    public static string OneAttempt { get; } = string.Join("\n ",
    [
        .. new[] { "refused", "reset", "connect-timeout", "reply-timeout", "peer-closed", "rejected", "protocol-error", "unreachable", "local-exhausted" }
            .Select(cause => $"supervision.{cause}.directive = stop"),
        "supervision.breaker.enabled = off",
    ]);

    public long Connections(string name) => Result.GetProperty("connections").GetProperty(name).GetInt64();

    public long Outcome(string name) => Result.GetProperty("outcomes").GetProperty(name).GetInt64();

    /// <summary>How many times of a step were recorded.</summary>
    public long Recorded(string step) => Result.GetProperty("latency").GetProperty(step).GetProperty("count").GetInt64();

    public long Rejections(string prefix) => Result.GetProperty("rejections").EnumerateObject()
        .Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(entry => entry.Value.GetInt64());

    /// <summary>A row of the reconciliation.</summary>
    public JsonElement Reconciled(string quantity) => Result.GetProperty("ledgers").GetProperty("reconciliation").EnumerateArray()
        .Single(row => row.GetProperty("quantity").GetString() == quantity);

    /// <summary>The first finding, which must be this rule's; a busy machine's comes before it.</summary>
    public JsonElement Cause(string rule)
    {
        var first = Rules.SkipWhile(name => name == Diagnostician.GeneratorLimited && name != rule).FirstOrDefault();
        Assert.True(first == rule, $"{rule} should come first: {Result.GetProperty("findings")}\n{Process}");
        return Finding(rule);
    }

    /// <summary>The finding of this rule, which others may come before.</summary>
    public JsonElement Finding(string rule)
    {
        Assert.True(Rules.Contains(rule), $"{rule} should be found: {Result.GetProperty("findings")}\n{Process}");
        return Findings.Single(finding => finding.GetProperty("rule").GetString() == rule);
    }

    private static string KindHere => TransportChoice.Make(new TransportSettings(TransportKind.Auto, 1), 1).Kind;

    private void CheckBooks()
    {
        var outcomes = Result.GetProperty("outcomes").EnumerateObject().Sum(outcome => outcome.Value.GetInt64());
        var reused = Result.GetProperty("connections").TryGetProperty("reused", out var again) ? again.GetInt64() : 0;
        var uses = Connections("opened") + reused;
        Assert.Equal(Connections("planned"), uses + Connections("dropped"));
        Assert.Equal(uses, outcomes);
        Assert.Equal(outcomes, Connections("succeeded") + Connections("failed") + Connections("cancelled"));
        Assert.Equal(Attempts, Connections("opened") + Retries);
        foreach (var name in new[] { "planned", "succeeded", "failed" })
        {
            Assert.Equal(Connections(name), Phases.Sum(phase => phase.GetProperty("connections").GetProperty(name).GetInt64()));
            Assert.Equal(
                Phases.Where(phase => phase.GetProperty("shape").GetString() == "bursts").Sum(phase => phase.GetProperty("connections").GetProperty(name).GetInt64()),
                Bursts.Sum(burst => burst.GetProperty(name).GetInt64()));
            Assert.Equal(Connections(name), Result.GetProperty("samples").EnumerateArray().Sum(sample => sample.GetProperty(name).GetInt64()));
        }
    }
}
