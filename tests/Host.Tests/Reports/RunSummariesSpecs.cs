using System.Xml.Linq;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

/// <summary>The end of a run for other programs: JUnit and Markdown.</summary>
public class RunSummariesSpecs
{
    private const string Strange = "a|b `c` <img src=x> [l](http://x) $1$ *b* \u0007\uffff\ud800";

    private static RunResult Failing => Results.Of(Verdict.GeneratorLimited) with
    {
        VerdictReasons = ["its loop stood still"],
        Passed = false,
        Thresholds =
        [
            new ThresholdResult("success-ratio >= 0.5", 0.857, true, null),
            new ThresholdResult("total.p99 < 1ms", 4_000, false, "ended the run") { Unit = MetricUnit.Micros },
        ],
        Findings =
        [
            new Finding("maxclients", Severity.Error, "the server said " + Strange, new Dictionary<string, double>(),
                [new Remedy("maxclients", "100", "200", RemedyHost.Server, "redis-cli config set maxclients 200")]),
        ],
        Rejections = new Dictionary<string, long> { ["ERR " + Strange] = 7 },
    };

    [Fact]
    public void JUnit_has_a_case_for_the_verdict_each_threshold_and_each_finding()
    {
        var suites = XDocument.Parse(RunJUnit.Of(Ended(Failing))).Root!;
        var suite = suites.Element("testsuite")!;
        Assert.Equal(
            ["actorload.run verdict failure", "actorload.thresholds success-ratio >= 0.5 ", "actorload.thresholds total.p99 < 1ms failure", "actorload.findings maxclients system-out"],
            suite.Elements("testcase").Select(each => $"{each.Attribute("classname")!.Value} {each.Attribute("name")!.Value} {each.Elements().SingleOrDefault()?.Name}"));
        Assert.All([suites, suite], element => Assert.Equal(
            ("4", "2", "0"), (element.Attribute("tests")!.Value, element.Attribute("failures")!.Value, element.Attribute("errors")!.Value)));
        Assert.Equal("1970-01-01T00:00:01", suite.Attribute("timestamp")!.Value);
        var failure = suite.Elements("testcase").ElementAt(2).Element("failure")!;
        Assert.Equal(("total.p99 < 1ms: measured 4.00 ms", "ended the run"), (failure.Attribute("message")!.Value, failure.Value));
        Assert.Contains("maxclients is 100, make it 200: redis-cli config set maxclients 200", suite.Element("testcase")!.Parent!.Value, StringComparison.Ordinal);
        Assert.Contains(@"<img src=x> [l](http://x) $1$ *b* \u0007\uffff\ud800", suite.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Verdict.Valid, true, "")]
    [InlineData(Verdict.Valid, null, "")]
    [InlineData(Verdict.GeneratorLimited, null, "system-out")] // exit code 0
    [InlineData(Verdict.GeneratorLimited, true, "system-out")] // verdict.allow
    [InlineData(Verdict.GeneratorLimited, false, "failure")]
    [InlineData(Verdict.Aborted, null, "error")]
    [InlineData(Verdict.Interrupted, true, "error")]
    public void JUnit_fails_where_the_exit_code_does(Verdict verdict, bool? passed, string element)
    {
        var result = Results.Of(verdict) with { Passed = passed, VerdictReasons = verdict == Verdict.Valid ? [] : ["why"] };
        var only = XDocument.Parse(RunJUnit.Of(Ended(result))).Descendants("testcase").Single();
        Assert.Equal(element, $"{only.Elements().SingleOrDefault()?.Name}");
    }

    [Fact]
    public void Run_that_did_not_begin_is_an_error_in_both()
    {
        var ended = new RunProtocol.RunEnded(Results.Id, null, "no socket <left>");
        var error = XDocument.Parse(RunJUnit.Of(ended)).Descendants("error").Single();
        Assert.Equal(("the run did not begin", "no socket <left>"), (error.Attribute("message")!.Value, error.Value));
        Assert.Equal("### The run did not begin\n\nno socket \\<left>\n", RunMarkdown.Of(ended));
    }

    [Fact]
    public void Markdown_shows_foreign_text_as_it_is()
    {
        var text = RunMarkdown.Of(Ended(Failing));
        const string Plain = @"a\|b \`c\` \<img src=x> \[l\](http\://x) \$1\$ \*b\* \\u0007" + "\uffff" + @"\\ud800";
        Assert.Contains($"- Servers said: ERR {Plain} 7\n", text, StringComparison.Ordinal);
        Assert.Contains($"- **LOST CONNECTIONS** `maxclients`: the server said {Plain}.\n", text, StringComparison.Ordinal);
        Assert.Contains("  - on the server's machine: maxclients is 100, make it 200: `redis-cli config set maxclients 200`\n", text, StringComparison.Ordinal);
        Assert.Contains("| `total.p99 < 1ms` | 4.00 ms | **failed**: ended the run |\n", text, StringComparison.Ordinal);
        Assert.Contains("| 100 | 100 | 60 | 10 | 30 | 0 | 5 |\n", text, StringComparison.Ordinal);
        Assert.Contains("| total | 60 | 0.002 |", text, StringComparison.Ordinal);
        Assert.StartsWith("### 85.7 % of 70 connections succeeded; do not believe the figures (generator-limited)\n", text, StringComparison.Ordinal);
    }

    private static RunProtocol.RunEnded Ended(RunResult result) => new(Results.Id, result, null);
}
