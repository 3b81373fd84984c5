using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>POST /runs/check</c> and <c>POST /runs/doctor</c>: what is wrong with a run file, and whether this machine and its target
/// can carry it out. Neither starts anything.</summary>
internal sealed class RunAdvice(RunReading reading, TimeProvider time)
{
    // A doctor asks servers, and reads much of /proc.
    private const int MostDoctors = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Places _doctors = new(MostDoctors);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/runs/check", (Delegate)CheckAsync);
        routes.MapPost("/runs/doctor", (Delegate)DoctorAsync);
    }

    /// <summary>200 for a run file with errors, too: they are what was asked for.</summary>
    private async Task<IResult> CheckAsync(HttpContext context)
    {
        try
        {
            var (settings, problem) = await reading.CheckAsync(context);
            return problem ?? Results.Ok(new { Storm = Announcement.Storm(settings!), Errors = Array.Empty<object>(), More = 0 });
        }
        catch (SettingsException exception)
        {
            return Results.Ok(new { Storm = (string?)null, Errors = Problems.Errors(exception), exception.More });
        }
    }

    private async Task<IResult> DoctorAsync(HttpContext context)
    {
        var (settings, problem) = await reading.ReadAsync(context);
        if (settings is null)
        {
            return problem!;
        }

        if (!await _doctors.TakeAsync(Patience, time, context.RequestAborted))
        {
            return Problems.Busy(
                context, StatusCodes.Status503ServiceUnavailable, $"{MostDoctors} doctors are at work, which is the most at once");
        }

        try
        {
            var target = settings.Target.IsEmbedded ? null : await TargetFinder.FindAsync(settings, time, context.RequestAborted);
            var report = await RunDoctor.ExamineAsync(settings, target, time, context.RequestAborted);
            return Results.Text(report.ToJson(), "application/json");
        }
        catch (SettingsException exception)
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, exception);
        }
        finally
        {
            _doctors.GiveBack();
        }
    }
}
