using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Akka.Hosting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Puts the daemon together: the actor system and, before it, Kestrel.</summary>
internal static class DaemonHost
{
    // Descriptors belong to the storm: strangers have so many connections, and none of them for nothing.
    private const int MostConnections = 1000;
    private static readonly TimeSpan HeadersMayTake = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleMayTake = TimeSpan.FromSeconds(60);

    /// <param name="configuration">The daemon's.</param>
    /// <param name="addresses">Where to listen, as <see cref="ListenAddresses"/> found it.</param>
    /// <param name="results">Where results are kept.</param>
    public static WebApplication Build(LoadedConfiguration configuration, IReadOnlyList<IPEndPoint> addresses, ResultsDirectory results)
    {
        var daemon = configuration.Settings.Daemon;
        var builder = WebApplication.CreateSlimBuilder();

        // daemon.url alone says where to listen: a variable or an appsettings.json that Kestrel would read could open it to the network.
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = daemon.MaxBody + RunBody.Grace;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = HeadersMayTake;
            kestrel.Limits.KeepAliveTimeout = IdleMayTake;
            foreach (var address in addresses)
            {
                kestrel.Listen(address);
            }
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
        builder.Services.AddSingleton(new RunIntake(
            daemon.MaxBody, Environment.ProcessorCount, file => ConfigLoader.LoadStranger(file, configuration).Settings, TimeProvider.System));
        builder.Services.AddSingleton<RunDesk>().AddSingleton<RunEndpoints>().AddSingleton<Readiness>();
        builder.Services.AddAkka("actorload", akka => akka
            .AddHocon(StderrLogger.Hocon, HoconAddMode.Prepend)
            .WithActors((system, registry) =>
            {
                var transports = new TransportFactory(system, TimeProvider.System);
                registry.Register<RunManager>(system.ActorOf(
                    RunManager.Props(daemon.MaxQueue, order => new RunResources(order, transports), TimeProvider.System), "runs"));
            }));

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => Problems.Of(StatusCodes.Status500InternalServerError, "a bug in ActorLoad; its log says more").ExecuteAsync(context),
        });
        app.UseStatusCodePages(pages => Problems.Of(pages.HttpContext.Response.StatusCode).ExecuteAsync(pages.HttpContext));
        app.UseGate(daemon);
        app.Services.GetRequiredService<RunEndpoints>().Map(app);
        app.MapGet("/healthz", () => Results.Text("alive\n"));
        app.MapGet("/readyz", (Readiness readiness) => readiness.AnswerAsync());
        return app;
    }

    /// <summary>Signals are the command's business: it writes results before the host goes down.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
