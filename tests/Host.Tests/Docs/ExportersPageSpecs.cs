using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Tests.Exporters;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Docs;

/// <summary>The table of metrics in docs/exporters.md is that of the meter.</summary>
public sealed class ExportersPageSpecs
{
    // With 1 the page is written and not compared.
    private const string WriteDocs = "ACTORLOAD_WRITE_DOCS";
    private const string Head = "| metric | for Prometheus | kind | unit | attributes | what |\n|---|---|---|---|---|---|\n";

    private static readonly string _path = Path.Combine(Sources.Root, "docs", "exporters.md");

    [Fact]
    public void Table_of_metrics_is_that_of_the_meter()
    {
        var page = File.ReadAllText(_path);
        var begin = page.IndexOf(Head, StringComparison.Ordinal) + Head.Length;
        var end = page.IndexOf("\n\n", begin, StringComparison.Ordinal) + 1;
        var made = page[..begin] + string.Concat(LoadMetric.All.Select(Row)) + page[end..];
        if (Environment.GetEnvironmentVariable(WriteDocs) == "1")
        {
            File.WriteAllText(_path, made);
        }
        else
        {
            Assert.Equal(made, page);
        }
    }

    private static string Row(LoadMetric metric)
    {
        var total = metric.Kind == MetricKind.Counter ? "_total" : "";
        var attributes = string.Join(", ", metric.Attributes.Select(attribute => $"`{attribute}`"));
        return $"| `{metric.Name}` | `{PrometheusSpecs.PrometheusName(metric)}{total}` | {metric.Kind} | `{metric.Unit}` | {attributes} | {metric.Description} |\n";
    }
}
