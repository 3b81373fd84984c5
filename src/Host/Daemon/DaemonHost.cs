using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Daemon.Pages;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Akka.Hosting;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Assembles the daemon: the actor system, and Kestrel before it.</summary>
internal static class DaemonHost
{
    // The storm needs the descriptors, so HTTP clients get few connections, and only for a limited time.
    private const int MostConnections = 1000;
    private static readonly TimeSpan HeadersMayTake = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleMayTake = TimeSpan.FromSeconds(60);

    /// <param name="configuration">The daemon's configuration.</param>
    /// <param name="addresses">The addresses to listen on, from <see cref="ListenAddresses"/>.</param>
    /// <param name="results">The directory of results.</param>
    /// <param name="time">The daemon's clock.</param>
    public static WebApplication Build(
        LoadedConfiguration configuration, IReadOnlyList<IPEndPoint> addresses, ResultsDirectory results, TimeProvider time)
    {
        var daemon = configuration.Settings.Daemon;
        var builder = WebApplication.CreateSlimBuilder();

        // Only daemon.url says where to listen. A variable or an appsettings.json that Kestrel reads could open the daemon to the network.
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
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // the command reports a failed start in one line
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // the answer of the probe says it
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace); // stdout is for results
        builder.Services.ConfigureHttpJsonOptions(json => DaemonJson.With(json.SerializerOptions));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(time).AddSingleton(configuration).AddSingleton(results);
        builder.Services.AddSingleton(new RunIntake(
            daemon.MaxBody, Environment.ProcessorCount, file => ConfigLoader.LoadStranger(file, configuration).Settings,
            time));
        builder.Services.AddSingleton<RunDesk>().AddSingleton<RunReading>().AddSingleton<RunEndpoints>().AddSingleton<RunEvents>()
            .AddSingleton<RunAdvice>().AddSingleton<RunArchive>().AddSingleton<Readiness>();
        var token = daemon.Token.Length > 0 ? new TokenCheck(daemon.Token) : null;
        builder.Services.AddSingleton<Sessions>().AddSingleton<PageEndpoints>();
        builder.Services.AddSingleton(services => new Gate(token, services.GetRequiredService<Sessions>()));
        builder.Services.AddSingleton(services => new Login(services.GetRequiredService<Sessions>(), token));
        var isExportDisabled = OtlpSettings.IsSdkDisabled(Environment.GetEnvironmentVariable);
        builder.AddExporters(isExportDisabled);
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("actorload", akka => akka
            .AddHocon(StderrLogger.Hocon, HoconAddMode.Prepend)
            .WithHealth()
            .WithActors((system, registry) =>
            {
                registry.Register<RunManager>(system.ActorOf(
                    RunManager.Props(daemon.MaxQueue, new TransportFactory(system, time), time), "runs"));
            }));

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context =>
                Problems.Of(StatusCodes.Status500InternalServerError, "a bug in ActorLoad; its log says more").ExecuteAsync(context),
        });
        app.UseStatusCodePages(pages => PageEndpoints.AnswerAsync(pages.HttpContext));
        app.UsePageHeaders();
        app.Use(app.Services.GetRequiredService<Gate>().AdmitAsync);
        MapRoutes(app);
        app.MapHealth();
        app.MapExporters(isExportDisabled);
        return app;
    }

    private static void MapRoutes(WebApplication app)
    {
        var routes = app.MapGroup("").AddEndpointFilter(BusyFilter.RefuseAsync);
        app.Services.GetRequiredService<RunEndpoints>().Map(routes);
        app.Services.GetRequiredService<RunEvents>().Map(routes);
        app.Services.GetRequiredService<RunAdvice>().Map(routes);
        app.Services.GetRequiredService<RunArchive>().Map(routes);
        app.Services.GetRequiredService<Login>().Map(routes);
        app.Services.GetRequiredService<PageEndpoints>().Map(routes);
        PageAssets.Map(routes);
    }

    /// <summary>Ignores signals: the command handles them, and writes results before the host stops.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
