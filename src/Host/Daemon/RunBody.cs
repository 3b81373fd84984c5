using System.Text;
using ActorLoad.Runs.Configuration;
using Microsoft.Net.Http.Headers;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reads the run file that a request carries.</summary>
internal static class RunBody
{
    /// <summary>So many bytes beyond the largest run file are still read, for the sake of the answer.</summary>
    public const int Grace = 1 << 20;

    // JSON is HOCON too; the form type is what curl says when it is told nothing.
    private static readonly string[] Types =
        ["application/hocon", "application/json", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The body as a layer named <c>request</c>, or the problem with it.</summary>
    public static async Task<(FileLayer? File, IResult? Problem)> ReadAsync(HttpRequest request, int limit)
    {
        if (!IsText(request))
        {
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, $"a run file is HOCON in UTF-8, sent as one of {string.Join(", ", Types)}"));
        }

        try
        {
            var body = new byte[limit];
            var length = await ReadAsync(request, body);
            if (length > limit)
            {
                return (null, TooLarge(request, limit));
            }

            var text = StrictUtf8.GetString(body.AsSpan(0, length));
            return string.IsNullOrWhiteSpace(text)
                ? (null, Problems.Of(StatusCodes.Status400BadRequest, "the body is empty; it must be a run file"))
                : (new FileLayer("request", text), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Problems.Of(StatusCodes.Status400BadRequest, "the body is not UTF-8 text"));
        }
        catch (BadHttpRequestException exception)
        {
            return (null, exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(request, limit)
                : Problems.Of(exception.StatusCode, "the request is broken"));
        }
    }

    private static bool IsText(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && (string.IsNullOrEmpty(request.ContentType)
            || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
                && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))));

    /// <summary>Reads to the end, keeping what fits: a client that is cut off while it sends never sees the answer.</summary>
    private static async Task<int> ReadAsync(HttpRequest request, Memory<byte> body)
    {
        var stop = request.HttpContext.RequestAborted;
        var length = 0;
        var rest = new byte[4096];
        while (await request.Body.ReadAsync(length < body.Length ? body[length..] : rest, stop) is var read and > 0)
        {
            length += read;
        }

        return length;
    }

    private static IResult TooLarge(HttpRequest request, int limit)
    {
        request.HttpContext.Response.Headers.Connection = "close"; // what was not read stands in the way of a next request
        return Problems.Of(StatusCodes.Status413PayloadTooLarge, $"a run file may have {limit} bytes here (daemon.max-body)");
    }
}
