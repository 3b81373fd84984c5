using System.Reflection;
using System.Text.RegularExpressions;
using ActorLoad.Metrics;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests.Docs;

/// <summary>README and docs/ against the files, and against the names that the program prints.</summary>
public sealed partial class DocsSpecs
{
    // Good links, no links, and four broken ones.
    private const string Example = """
        # The top

        [here](#the-top) [there](b.md#twice-1) ![picture](../c.svg) [site](https://example.org/x#y) `[code](no.md)`

        ```
        [code](no.md)
        ## No heading
        ```

        [gone](gone.md) [lost](b.md#lost) [self](#no-heading) [outside](../../out.md)
        """;

    [Fact]
    public void Each_link_leads_to_an_existing_file_and_heading()
    {
        var broken = Pages().SelectMany(page => MarkdownLinks.Broken(page, Read(page), Exists, Read)).ToArray();

        Assert.Empty(broken);
    }

    [Fact]
    public void A_link_without_a_file_or_without_a_heading_is_broken()
    {
        var files = new Dictionary<string, string> { ["docs/b.md"] = "## Twice\n\n## Twice\n", ["c.svg"] = "" };

        Assert.Equal(
            ["docs/a.md: gone.md", "docs/a.md: b.md#lost", "docs/a.md: #no-heading", "docs/a.md: ../../out.md"],
            MarkdownLinks.Broken("docs/a.md", Example, files.ContainsKey, path => files[path]));
    }

    [Theory]
    [InlineData("# All keys", "all-keys")]
    [InlineData("### phase-defaults", "phase-defaults")]
    [InlineData("## What is a `protocol-error`", "what-is-a-protocol-error")]
    [InlineData("## Limits, and what is not there yet", "limits-and-what-is-not-there-yet")]
    [InlineData("## The [daemon](daemon.md)'s unit", "the-daemons-unit")]
    [InlineData("## result.json", "resultjson")]
    [InlineData("## A b_c & d", "a-b_c--d")]
    public void Heading_has_the_same_anchor_as_on_GitHub(string heading, string anchor) => Assert.Equal([anchor], MarkdownLinks.Anchors(heading));

    [Fact]
    public void Each_finding_has_one_row_in_the_findings_page() => Assert.Equal(
        FindingNames().Order(StringComparer.Ordinal),
        Row().Matches(Read("docs/findings.md")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_outcome_has_a_row_in_the_README()
    {
        var rows = Row().Matches(Read("README.md")).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Superset(Outcomes.All.Select(outcome => outcome.Name()).ToHashSet(), rows);
    }

    // What rules are called, what is found beside them, and what stops a run before it begins.
    internal static string[] FindingNames()
    {
        var types = typeof(Outcome).Assembly.GetTypes();
        var rules = types.Where(type => type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(parent => parent.Name == "IRule"))
            .Select(type => (string)type.GetProperty("Name")!.GetValue(Activator.CreateInstance(type))!).ToArray();
        var others = types.Where(type => type.Namespace?.EndsWith(".Rules", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(field => field is { IsLiteral: true, Name: "Name" or "RuleName" }).Select(field => (string)field.GetRawConstantValue()!);
        Assert.True(rules.Length > 20, $"only {rules.Length} rules");
        return [.. rules.Concat(others).Append("target-check").Distinct()];
    }

    private static IEnumerable<string> Pages() =>
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
        .. new[] { "docs", "hocon", "systune" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Sources.Root, folder), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Sources.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    private static bool Exists(string path) => Path.Exists(Path.Combine(Sources.Root, path));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Sources.Root, path));

    // A row of a table that begins with one name: outcomes, rules.
    [GeneratedRegex("^\\| `([a-z-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
