using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Akka.Hosting's health checks on <c>/healthz</c> (the process lives) and <c>/readyz</c> (it can take a run).</summary>
internal static class DaemonHealth
{
    private const string Live = "liveness";
    private const string Ready = "readiness";

    public static AkkaConfigurationBuilder WithHealth(this AkkaConfigurationBuilder akka) => akka
        .WithActorSystemLivenessCheck(HealthStatus.Unhealthy, [Live])
        .WithHealthCheck<Readiness>("runs", HealthStatus.Unhealthy, [Ready]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", (HealthCheckService checks) => AnswerAsync(checks, Live, "alive\n"));
        app.MapGet("/readyz", (HealthCheckService checks) => AnswerAsync(checks, Ready, "ready\n"));
    }

    private static async Task<IResult> AnswerAsync(HealthCheckService checks, string tag, string word)
    {
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(tag));
        return report.Status == HealthStatus.Healthy ? Results.Text(word)
            : Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                report.Entries.Values.First(entry => entry.Status != HealthStatus.Healthy).Description);
    }
}
