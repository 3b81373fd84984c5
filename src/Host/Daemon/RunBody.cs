using System.Text;
using ActorLoad.Configuration;
using Microsoft.Net.Http.Headers;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reads the run file that a request carries.</summary>
internal static class RunBody
{
    /// <summary>So many bytes beyond the largest run file are still read, for the sake of the answer.</summary>
    public const int Grace = 1 << 20;

    // So much is read of each body before it needs a place: who sends nothing keeps nobody out.
    private const int FirstBytes = 16 << 10;

    // A body has so long, and a second more for each MiB that it may have: a client that sends slowly holds a place.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    // JSON is HOCON too; the form type is what curl says when it is told nothing.
    private static readonly string[] Types =
        ["application/hocon", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The body, or the problem with it.</summary>
    /// <param name="request">It has the body.</param>
    /// <param name="limit">Longest body, in bytes.</param>
    /// <param name="enter">Called once, before a body is read that is longer than a few pages; may wait.</param>
    /// <param name="time">Measures how long the client takes.</param>
    public static async Task<(ReadOnlyMemory<byte> Body, IResult? Problem)> ReadAsync(HttpRequest request, int limit, Func<Task> enter, TimeProvider time)
    {
        if (!IsText(request))
        {
            return (default, Problems.Of(StatusCodes.Status415UnsupportedMediaType, $"a run file is HOCON in UTF-8, sent as one of {string.Join(", ", Types)}"));
        }

        var stop = request.HttpContext.RequestAborted;
        var mayTake = ReadLimit + TimeSpan.FromSeconds(limit >> 20);
        using var patience = new CancellationTokenSource(mayTake, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            var (body, length) = await ReadAsync(request.Body, limit, EnterAsync, either.Token);
            return length > limit ? (default, TooLarge(request, limit)) : (body, null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (default, Broken(request, StatusCodes.Status408RequestTimeout, "the body came too slowly"));
        }
        catch (BadHttpRequestException exception)
        {
            return (default, exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(request, limit)
                : Broken(request, exception.StatusCode, "the request is broken"));
        }
        catch (IOException)
        {
            // What the server does not foresee, such as a chunk whose size fits no number.
            return (default, Broken(request, StatusCodes.Status400BadRequest, "the request is broken"));
        }

        async Task EnterAsync()
        {
            patience.CancelAfter(Timeout.InfiniteTimeSpan); // it is not the client that takes long now
            await enter();
            patience.CancelAfter(mayTake);
        }
    }

    /// <summary>The body as a layer named <c>request</c>; throws <see cref="DecoderFallbackException"/> if it is not UTF-8, and
    /// <see cref="SettingsException"/> if it is empty.</summary>
    public static FileLayer Parse(ReadOnlySpan<byte> body)
    {
        const string Request = "request";
        var text = StrictUtf8.GetString(body);
        return string.IsNullOrWhiteSpace(text)
            ? throw new SettingsException([new SettingsError(Request, null, "", "the body is empty", "a run file")])
            : new FileLayer(Request, text);
    }

    private static bool IsText(HttpRequest request) =>
        request.Headers.ContentEncoding.All(coding => string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase))
        && request.Headers.TransferEncoding.All(coding => string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase))
        && (string.IsNullOrEmpty(request.ContentType)
            || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
                && (!type.Charset.HasValue
                    || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))));

    /// <summary>Reads to the end, keeping what fits: a client that is cut off while it sends never sees the answer. The memory grows with what
    /// has come, not with what was announced.</summary>
    private static async Task<(ReadOnlyMemory<byte> Body, long Length)> ReadAsync(Stream stream, int limit, Func<Task> enter, CancellationToken stop)
    {
        var body = new byte[Math.Min(limit, FirstBytes)];
        var rest = new byte[4096];
        var length = 0L;
        while (await stream.ReadAsync(length < body.Length ? body.AsMemory((int)length) : rest, stop) is var read and > 0)
        {
            length += read;
            if (length == body.Length && length < limit)
            {
                await (length == FirstBytes ? enter() : Task.CompletedTask);
                Array.Resize(ref body, Math.Min(limit, body.Length * 2));
            }
        }

        return (body.AsMemory(0, (int)Math.Min(length, body.Length)), length);
    }

    private static IResult TooLarge(HttpRequest request, int limit) => Broken(
        request, StatusCodes.Status413PayloadTooLarge, $"a run file may have {limit} bytes here (daemon.max-body)");

    private static IResult Broken(HttpRequest request, int status, string detail)
    {
        request.HttpContext.Response.Headers.Connection = "close"; // what was not read stands in the way of a next request
        return Problems.Of(status, detail);
    }
}
