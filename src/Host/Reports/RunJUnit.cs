using System.Globalization;
using System.Text;
using System.Xml;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>The end of a run as a JUnit report, which Jenkins, GitLab and others show beside a build: a test case for the verdict, for each
/// threshold and for each finding. It fails where the exit code does: a finding alone fails nothing.</summary>
internal static class RunJUnit
{
    private const string Suite = "actorload";

    private static readonly XmlWriterSettings Layout = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
    };

    /// <summary>The report as XML.</summary>
    public static string Of(RunProtocol.RunEnded ended)
    {
        Case[] measured = ended.Result is { } result ? [.. Thresholds(result), .. Findings(result)] : [];
        Case[] cases = [OfVerdict(ended), .. measured];
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Layout))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("testsuites");
            Counts(xml, Suite, cases, ended);
            xml.WriteStartElement("testsuite");
            Counts(xml, $"{Suite} {ended.RunId}", cases, ended);
            Attribute(xml, "skipped", "0");
            Properties(xml, ended);
            Array.ForEach(cases, each => Write(xml, each));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static Case OfVerdict(RunProtocol.RunEnded ended)
    {
        var reasons = ended.Result?.VerdictReasons ?? [ended.Error ?? "unknown"];
        var kind = ended.Result switch
        {
            null or { Verdict: Verdict.Aborted or Verdict.Interrupted } => Trouble.Error,
            { Verdict: not Verdict.Valid, Passed: false } => Trouble.Failure,
            _ => Trouble.None,
        };
        var word = ended.Result?.Verdict.Word() ?? "not begun";
        var message = ended.Result is { } result ? Headline.Of(result, int.MaxValue).Text : "the run did not begin";
        return new Case("run", "verdict", kind, word, message, string.Join('\n', reasons), ended.Result?.Run.DurationSeconds ?? 0);
    }

    private static IEnumerable<Case> Thresholds(RunResult result) => result.Thresholds.Select(threshold => new Case(
        "thresholds", threshold.Expression, threshold.Met ? Trouble.None : Trouble.Failure, "threshold",
        $"{threshold.Expression}: measured {threshold.Value}", threshold.Note ?? ""));

    private static IEnumerable<Case> Findings(RunResult result) => result.Findings.Select(finding => new Case(
        "findings", finding.Rule, Trouble.None, "", "", string.Join('\n',
        [
            $"{FindingList.Word(finding.Severity)}: {finding.Sentence.TrimEnd('.')}.",
            .. finding.Remedies.Select(remedy => $"{FindingList.Words(remedy)}: {remedy.Command}"),
        ])));

    private static void Counts(XmlWriter xml, string name, Case[] cases, RunProtocol.RunEnded ended)
    {
        Attribute(xml, "name", name);
        Attribute(xml, "tests", Number(cases.Length));
        Attribute(xml, "failures", Number(cases.Count(each => each.Kind == Trouble.Failure)));
        Attribute(xml, "errors", Number(cases.Count(each => each.Kind == Trouble.Error)));
        Attribute(xml, "time", Seconds(ended.Result?.Run.DurationSeconds ?? 0));
        if (ended.Result is { } result)
        {
            Attribute(xml, "timestamp", result.Run.StartedAt.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));
        }
    }

    private static void Properties(XmlWriter xml, RunProtocol.RunEnded ended)
    {
        if (ended.Result is not { } result)
        {
            return;
        }

        xml.WriteStartElement("properties");
        Property("run", result.Run.Id);
        Property("verdict", result.Verdict.Word());
        Property("target", string.Join(", ", result.Target.Endpoints));
        Property("transport", result.Transport.Kind);
        Property("planned", Number(result.Connections.Planned));
        Property("succeeded", Number(result.Connections.Succeeded));
        xml.WriteEndElement();

        void Property(string name, string value)
        {
            xml.WriteStartElement("property");
            Attribute(xml, "name", name);
            Attribute(xml, "value", value);
            xml.WriteEndElement();
        }
    }

    private static void Write(XmlWriter xml, Case each)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", $"{Suite}.{each.Group}");
        Attribute(xml, "name", each.Name);
        Attribute(xml, "time", Seconds(each.Seconds));
        if (each.Kind != Trouble.None)
        {
            xml.WriteStartElement(each.Kind == Trouble.Error ? "error" : "failure");
            Attribute(xml, "message", each.Message);
            Attribute(xml, "type", each.Type);
            xml.WriteString(Shown(each.Text));
            xml.WriteEndElement();
        }
        else if (each.Text.Length > 0)
        {
            xml.WriteElementString("system-out", Shown(each.Text));
        }

        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Shown(value));

    // XML has no control characters, and not all others: each becomes its escape in JSON.
    private static string Shown(string text) => string.Concat(ForeignText.ShownLines(text).Select((character, at) =>
        XmlConvert.IsXmlChar(character) || char.IsSurrogate(character) ? $"{character}" : $"\\u{(int)character:x4}"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("F3", CultureInfo.InvariantCulture);

    private enum Trouble
    {
        None,
        Failure,
        Error,
    }

    private sealed record Case(string Group, string Name, Trouble Kind, string Type, string Message, string Text, double Seconds = 0);
}
