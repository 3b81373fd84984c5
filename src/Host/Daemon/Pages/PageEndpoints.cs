using ActorLoad.Configuration;
using ActorLoad.Hosting.Reports;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Microsoft.AspNetCore.WebUtilities;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>The daemon's pages: the list of runs, a run, two runs compared, and the start of a run.</summary>
internal sealed class PageEndpoints(
    RunDesk desk, ResultsDirectory results, Gate gate, LoadedConfiguration configuration, TimeProvider time)
{
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(30);

    // A page is made of all samples of its run: one after the other, so that only their readers wait.
    private readonly OwnThreads _threads = new("pages", 1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpRequest request, CancellationToken stop) => ListAsync(RunQuery.Of(request.Query), stop));
        routes.MapGet("/start", (string? from) => StartAsync(RunSamples.Of(from ?? "")));
        routes.MapGet("/view/{id}", ViewAsync);
        routes.MapGet("/compare", CompareAsync);
    }

    /// <summary>Answers a request that nothing else has answered: as a page to a person, else as a problem.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var answer = !PageResult.IsWanted(context.Request) ? Problems.Of(status) : await PageResult.OfAsync<ProblemPage>(
            new Dictionary<string, object?>
            {
                [nameof(ProblemPage.Title)] = $"{status}: {ReasonPhrases.GetReasonPhrase(status)}",
                [nameof(ProblemPage.Detail)] = "The daemon has nothing to show here.",
            },
            status);
        await answer.ExecuteAsync(context);
    }

    private async Task<IResult> ListAsync(RunQuery query, CancellationToken stop) => await PageAsync<RunsPage>(
        (nameof(RunsPage.List), await MakeAsync(() => RunList.Of(desk.Rows(), query), stop)));

    private Task<IResult> StartAsync(RunSample sample) => PageAsync<StartPage>(
        (nameof(StartPage.Sample), sample), (nameof(StartPage.MayLast), configuration.Settings.Daemon.MaxDuration),
        (nameof(StartPage.MaxBody), configuration.Settings.Daemon.MaxBody));

    private async Task<IResult> ViewAsync(string id, CancellationToken stop)
    {
        var live = desk.Find(id)?.Row;
        if ((live ?? await MakeAsync(() => results.Find(id), stop)) is not { } row)
        {
            return await ProblemAsync(
                StatusCodes.Status404NotFound, "No such run", "There is no run of this name: it was deleted, or never was.");
        }

        var hasBegun = row.StartedAt is not null && row.State != RunState.Failed;
        try
        {
            var run = hasBegun ? await MakeAsync(() => RunView.Read(results.PathOf(id), live is not null), stop) : null;
            return await PageAsync<ViewPage>((nameof(ViewPage.Row), row), (nameof(ViewPage.Run), run));
        }
        catch (SettingsException exception)
        {
            return await ProblemAsync(StatusCodes.Status422UnprocessableEntity, "This run cannot be shown", Words(exception));
        }
    }

    private async Task<IResult> CompareAsync(HttpRequest request, CancellationToken stop)
    {
        string[] ids = [.. request.Query["run"].OfType<string>().Distinct().Order(StringComparer.Ordinal)]; // the older is the base
        if (ids.Length != 2)
        {
            return await ProblemAsync(
                StatusCodes.Status400BadRequest, "Two runs are compared",
                "Tick two runs in the list: the address names them as ?run=ID&run=ID.");
        }

        if (await MakeAsync(() => ids.FirstOrDefault(IsNotOver), stop) is { } id)
        {
            return await ProblemAsync(
                StatusCodes.Status404NotFound, "Not to be compared", $"{ForeignText.Shown(id)} is not a run that has begun and ended.");
        }

        try
        {
            var comparison = await MakeAsync(() => Comparison.Of(Stored(ids[0]), Stored(ids[1])), stop);
            return await PageAsync<ComparePage>((nameof(ComparePage.Comparison), comparison));
        }
        catch (SettingsException exception)
        {
            return await ProblemAsync(StatusCodes.Status422UnprocessableEntity, "Not to be compared", Words(exception));
        }
    }

    private bool IsNotOver(string id) => desk.Find(id) is not null || results.Find(id) is not { } row || !RunList.HasResult(row);

    private StoredResult Stored(string id) => StoredResult.Of(id, new RunDirectory(results.PathOf(id)).ReadResult());

    // Without the path on this machine.
    private static string Words(SettingsException exception) =>
        string.Join(" ", exception.Errors.Select(error => $"{Path.GetFileName(error.Source)}: {error.Problem}; {error.Allowed}."));

    private Task<T> MakeAsync<T>(Func<T> work, CancellationToken stop) =>
        _threads.RunAsync(work, DiskLimit, Timeout.InfiniteTimeSpan, time, stop);

    private Task<IResult> ProblemAsync(int status, string title, string detail) => PageResult.OfAsync<ProblemPage>(
        With((nameof(ProblemPage.Title), title), (nameof(ProblemPage.Detail), detail)), status);

    private Task<IResult> PageAsync<TPage>(params ReadOnlySpan<(string, object?)> parameters)
        where TPage : Microsoft.AspNetCore.Components.IComponent => PageResult.OfAsync<TPage>(With(parameters));

    private Dictionary<string, object?> With(params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var all = new Dictionary<string, object?> { [nameof(ViewPage.HasLogout)] = gate.HasToken };
        foreach (var (name, value) in parameters)
        {
            all[name] = value;
        }

        return all;
    }
}
