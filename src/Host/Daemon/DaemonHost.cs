using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;
using ActorLoad.Runs.Configuration;
using Akka.Hosting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Puts the daemon together: the actor system and, before it, Kestrel.</summary>
internal static class DaemonHost
{
    public static WebApplication Build(LoadedConfiguration configuration, ResultsDirectory results)
    {
        var daemon = configuration.Settings.Daemon;
        var builder = WebApplication.CreateSlimBuilder();

        // daemon.url alone says where to listen: a variable or an appsettings.json that Kestrel would read could open it to the network.
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls(daemon.Url.ToString()).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = daemon.MaxBody + RunBody.Grace;
        });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // why it did not start is said by the command, in one line
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace); // stdout is for results
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower)));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(configuration).AddSingleton(results);
        builder.Services.AddSingleton<RunDesk>().AddSingleton<RunEndpoints>();
        builder.Services.AddAkka("actorload", akka => akka
            .AddHocon(StderrLogger.Hocon, HoconAddMode.Prepend)
            .WithActors((system, registry) => registry.Register<RunManager>(system.ActorOf(
                RunManager.Props(daemon.MaxQueue, order => new RunParts(system, order), TimeProvider.System), "runs"))));

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => Problems.Of(StatusCodes.Status500InternalServerError, "a bug in ActorLoad; its log says more").ExecuteAsync(context),
        });
        app.UseStatusCodePages(pages => Problems.Of(pages.HttpContext.Response.StatusCode).ExecuteAsync(pages.HttpContext));
        app.UseGate(daemon);
        app.Services.GetRequiredService<RunEndpoints>().Map(app);
        app.MapGet("/healthz", () => Results.Text("alive\n"));
        app.MapGet("/readyz", ReadyAsync);
        return app;
    }

    private static async Task<IResult> ReadyAsync(RunDesk desk, ResultsDirectory results) =>
        desk.IsStopping ? Problems.Of(StatusCodes.Status503ServiceUnavailable, "stopping")
        : !results.IsWritable() ? Problems.Of(StatusCodes.Status503ServiceUnavailable, "results cannot be written")
        : !await desk.AnswersAsync() ? Problems.Of(StatusCodes.Status503ServiceUnavailable, "the run manager does not answer")
        : Results.Text("ready\n");

    /// <summary>Signals are the command's business: it writes results before the host goes down.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
