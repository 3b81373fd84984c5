using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Diagnosis;
using ActorLoad.Doctor;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

/// <summary>One <c>actorload doctor --json</c>, with its exit code held against what it says.</summary>
internal static class Examination
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<RemedyHost>(JsonNamingPolicy.KebabCaseLower) },
    };

    public static async Task<DoctorReport> OfAsync(string target, string lines, IReadOnlyList<string>? wrapper = null, params string[] more)
    {
        var run = await RunAsync("doctor", target, lines, wrapper, ["--json", .. more]);
        Assert.Equal("", run.Stderr);
        var report = DoctorReport.Parse(run.Stdout);
        Assert.True(run.ExitCode == (report.State == CheckState.Fail ? 3 : 0), $"{run}");
        return report;
    }

    /// <summary>Any command on a run file of these lines under <c>actorload</c>; in a process of its own if words come before it.</summary>
    public static async Task<ProcessResult> RunAsync(
        string command, string target, string lines, IReadOnlyList<string>? wrapper = null, params string[] more)
    {
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", $"actorload {{\n target.endpoints = [\"{target}\"]\n {lines}\n}}\n");
        return wrapper is null
            ? await ActorLoadHere.RunAsync([command, file, .. more])
            : await ActorLoadProcess.RunAsync([command, file, .. more], new ActorLoadOptions { Wrapper = wrapper });
    }

    /// <summary>Carries the command out, as somebody would who pastes it.</summary>
    public static async Task CarryOutAsync(this Remedy remedy, IReadOnlyList<string>? wrapper = null) =>
        (await ChildProcess.RunAsync([.. wrapper ?? [], "bash", "-c", remedy.Command])).Expect();

    /// <summary>Words before a command that carry the remedy out in the shell that then becomes that command.</summary>
    public static IReadOnlyList<string> InShellAfter(this Remedy remedy) => ["bash", "-c", $"{remedy.Command} && exec \"$0\" \"$@\""];

    /// <summary>An option of the run, such as <c>--set connection.ports=slot</c>.</summary>
    public static string[] AsOption(this Remedy remedy)
    {
        Assert.Equal(RemedyHost.Run, remedy.Host);
        return remedy.Command.Split(' ', 2);
    }

    /// <summary>The only check of that name, of a subject if there are several.</summary>
    public static Check Named(this DoctorReport report, string name, string? subject = null) =>
        report.Checks.Single(check => check.Name == name && (subject is null || check.Subject == subject));

    /// <summary>What a finding of a run proposes.</summary>
    public static IReadOnlyList<Remedy> Remedies(this JsonElement finding) => finding.GetProperty("remedies").Deserialize<Remedy[]>(Json)!;

    /// <summary>A remedy for that key.</summary>
    public static Remedy Remedy(this Check check, string? key = null) => key is null ? check.Remedies[0] : check.Remedies.Single(remedy => remedy.Key == key);

    public static void Expect(this Check check, CheckState state) => Assert.True(check.State == state, $"{check}");
}
