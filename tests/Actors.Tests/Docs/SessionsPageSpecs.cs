using System.Text.RegularExpressions;
using ActorLoad.Configuration;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests.Docs;

/// <summary>The examples of docs/sessions.md are run files that can be read, but for those that name certificates.</summary>
public sealed partial class SessionsPageSpecs
{
    public static TheoryData<string> Examples() =>
        [.. Fences().Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs", "sessions.md"))).Select(fence => fence.Groups[1].Value)
            .Where(text => !text.Contains("-file =", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_is_a_run_file(string text) =>
        Assert.NotEmpty(ConfigLoader.Load([new FileLayer("docs/sessions.md", text)]).Settings.Fleets);

    [GeneratedRegex(@"^```hocon\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
