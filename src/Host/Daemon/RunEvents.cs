using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorLoad.Hosting.Journal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>GET /runs/{id}/events</c>: the lines of <c>samples.jsonl</c> as server-sent events, while the run goes on. The id of an
/// event is the number of its line. The last event is <c>end</c>, with the run's row.</summary>
/// <remarks>The file is the only buffer: a client costs a connection, and no queue. The file is read as slowly as the client reads, and the
/// web server cuts off a client that stops reading. The framework's own writer of events knows no comments, which are the heartbeats, and
/// would copy each line to a string.</remarks>
internal sealed class RunEvents(RunDesk desk, ResultsDirectory results, IHostApplicationLifetime lifetime, TimeProvider time)
{
    // The storm needs the descriptors, and other requests their connections.
    private const int MostStreams = 200;

    // Proxies often cut a connection that is silent for 30 s.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(30);

    private readonly OwnThreads _disk = new("events", 2);
    private int _streams;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/runs/{id}/events", AnswerAsync);

    private async Task<IResult> AnswerAsync(string id, HttpContext context)
    {
        if (desk.Find(id) is null && await OnDiskAsync(() => results.Find(id), context.RequestAborted) is null)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "there is no such run");
        }

        return After(context.Request) is not { } after
            ? Problems.Of(StatusCodes.Status400BadRequest, "Last-Event-ID (or ?after=) is the id of an event: the number of its line")
            : new Stream(this, id, after);
    }

    /// <summary>The number of the last line that the client has; null if it gives something else.</summary>
    private static long? After(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString();
        text = text.Length > 0 ? text : request.Query["after"].ToString();
        return text.Length == 0 ? 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : null;
    }

    private async Task SendAsync(string id, long after, HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _streams) > MostStreams)
            {
                await Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, $"{MostStreams} clients read events already")
                    .ExecuteAsync(context);
                return;
            }

            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx
            await SendAsync(context.Response, "retry: 2000\n\n"u8.ToArray(), context.RequestAborted);
            await FollowAsync(id, after, context.Response, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task FollowAsync(string id, long after, HttpResponse response, CancellationToken stop)
    {
        var tail = new JournalTail(Path.Combine(results.PathOf(id), RunJournal.SamplesFile));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, lifetime.ApplicationStopping);
        while (true)
        {
            var isLast = lifetime.ApplicationStopping.IsCancellationRequested;

            // Both are asked for before the file is read, and in this order: nothing that comes later is missed.
            var changed = desk.Find(id)?.Changed;
            var isOver = desk.Find(id) is null;
            while (await OnDiskAsync(() => Next(tail, after), stop) is { } events)
            {
                await (events.Length > 0 ? SendAsync(response, events, stop) : Task.CompletedTask);
            }

            if (changed is null || isOver)
            {
                if (await OnDiskAsync(() => results.Find(id), stop) is { } row)
                {
                    var data = JsonSerializer.Serialize(row, DaemonJson.Options);
                    await SendAsync(response, Encoding.UTF8.GetBytes($"event: end\ndata: {data}\n\n"), stop);
                }

                return; // without its end, if it was deleted meanwhile
            }

            if (isLast)
            {
                return; // the client comes back to the next daemon
            }

            await changed.WaitAsync(Heartbeat, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await (changed.IsCompleted ? Task.CompletedTask : SendAsync(response, ":\n\n"u8.ToArray(), stop));
        }
    }

    /// <summary>The next lines as events; null if there are none yet.</summary>
    private static byte[]? Next(JournalTail tail, long after)
    {
        try
        {
            if (tail.Read() is not { Count: > 0 } lines)
            {
                return null;
            }

            var events = new ArrayBufferWriter<byte>();
            foreach (var (number, text) in lines)
            {
                if (number > after && IsSample(text.Span))
                {
                    events.Write(Encoding.UTF8.GetBytes($"id: {number}\ndata: "));
                    events.Write(text.Span);
                    events.Write("\n\n"u8);
                }
            }

            return events.WrittenSpan.ToArray();
        }
        catch (FileNotFoundException)
        {
            return null; // nothing was measured
        }
        catch (DirectoryNotFoundException)
        {
            return null; // deleted
        }
    }

    /// <summary>False for half a line, which a full disk leaves, and for what would be more than one line of an event.</summary>
    private static bool IsSample(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return !line.Contains((byte)'\r')
                && json.Read() && json.TokenType == JsonTokenType.StartObject && json.TrySkip() && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task SendAsync(HttpResponse response, ReadOnlyMemory<byte> events, CancellationToken stop)
    {
        await response.Body.WriteAsync(events, stop);
        await response.Body.FlushAsync(stop);
    }

    private Task<T> OnDiskAsync<T>(Func<T> work, CancellationToken stop) =>
        _disk.RunAsync(work, DiskLimit, Timeout.InfiniteTimeSpan, time, stop);

    private sealed class Stream(RunEvents events, string id, long after) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => events.SendAsync(id, after, httpContext);
    }
}
