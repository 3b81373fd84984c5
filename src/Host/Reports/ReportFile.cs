using System.Text;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorLoad.Hosting.Reports;

/// <summary>Renders reports to files. The same components are the daemon's page, so that a run looks the same in both.</summary>
internal static class ReportFile
{
    /// <summary>Writes the report of a run. Throws what file operations throw.</summary>
    public static async Task WriteAsync(RunView run, string file) => AtomicFile.Write(file, Encoding.UTF8.GetBytes(await HtmlAsync(run)));

    /// <summary>The report of a run.</summary>
    public static Task<string> HtmlAsync(RunView run) =>
        RenderAsync<RunPage>(new Dictionary<string, object?> { [nameof(RunPage.Run)] = run });

    /// <summary>Writes several runs over each other. Throws what file operations throw.</summary>
    public static async Task WriteAsync(RunsView runs, string file) =>
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(await HtmlAsync(runs)));

    /// <summary>Several runs over each other.</summary>
    public static Task<string> HtmlAsync(RunsView runs) =>
        RenderAsync<ComparePage>(new Dictionary<string, object?> { [nameof(ComparePage.Runs)] = runs });

    /// <summary>A component as HTML.</summary>
    internal static async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
