using ActorLoad.Runs;
using Akka.Actor;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Answers 503 where no thread or actor had time for a request.</summary>
internal static class BusyFilter
{
    public static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ThreadsBusyException busy)
        {
            return Problems.Busy(context.HttpContext, StatusCodes.Status503ServiceUnavailable, busy.Message);
        }
        catch (AskTimeoutException)
        {
            return Problems.Busy(context.HttpContext, StatusCodes.Status503ServiceUnavailable, "the run manager does not answer");
        }
    }
}
