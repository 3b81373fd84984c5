using System.Text;
using ActorLoad.Configuration;
using Microsoft.Net.Http.Headers;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reads the run file in a request.</summary>
internal static class RunBody
{
    /// <summary>Bytes beyond the largest run file that are still read, so that the client gets the answer.</summary>
    public const int Grace = 1 << 20;

    // Bytes of each body that are read before it takes a place, so that an idle client takes none.
    private const int FirstBytes = 16 << 10;

    // Time for a body, plus a second for each MiB that it may have. A slow client occupies a place.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    // JSON is HOCON too; the form type is curl's default.
    private static readonly string[] Types =
        ["application/hocon", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the body; returns it, or the problem with it.</summary>
    /// <param name="request">The request with the body.</param>
    /// <param name="limit">Longest body, in bytes.</param>
    /// <param name="enter">Called once, before more than the first bytes of a body are read; may wait.</param>
    /// <param name="time">Measures how long the client takes.</param>
    public static async Task<(ReadOnlyMemory<byte> Body, IResult? Problem)> ReadAsync(HttpRequest request, int limit, Func<Task> enter,
        TimeProvider time)
    {
        if (!IsText(request))
        {
            return (default, Problems.Of(StatusCodes.Status415UnsupportedMediaType,
                $"a run file is HOCON in UTF-8, sent as one of {string.Join(", ", Types)}"));
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
            // An error that the server does not foresee, such as a chunk size beyond any number.
            return (default, Broken(request, StatusCodes.Status400BadRequest, "the request is broken"));
        }

        async Task EnterAsync()
        {
            patience.CancelAfter(Timeout.InfiniteTimeSpan); // from now on the client is not the cause of a delay
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

    /// <summary>Reads to the end and keeps as much as fits, because a client that is cut off while it sends never sees the answer. The
    /// memory grows with the received bytes, not with the announced ones.</summary>
    private static async Task<(ReadOnlyMemory<byte> Body, long Length)> ReadAsync(Stream stream, int limit, Func<Task> enter,
        CancellationToken stop)
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
        request, StatusCodes.Status413PayloadTooLarge, $"a run file may have at most {limit} bytes here (daemon.max-body)");

    private static IResult Broken(HttpRequest request, int status, string detail)
    {
        request.HttpContext.Response.Headers.Connection = "close"; // the unread rest would spoil a next request
        return Problems.Of(status, detail);
    }
}
