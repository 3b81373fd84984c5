using System.Text;
using ActorLoad.Runs.Configuration;
using Microsoft.Net.Http.Headers;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reads the run file that a request carries.</summary>
internal static class RunBody
{
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

        if (request.ContentLength > limit)
        {
            return (null, TooLarge(limit));
        }

        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            if (body.Length > limit)
            {
                return (null, TooLarge(limit));
            }

            var text = StrictUtf8.GetString(body.GetBuffer().AsSpan(0, (int)body.Length));
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
                ? TooLarge(limit)
                : Problems.Of(exception.StatusCode, "the request is broken"));
        }
    }

    private static bool IsText(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && (string.IsNullOrEmpty(request.ContentType)
            || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
                && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))));

    private static IResult TooLarge(int limit) =>
        Problems.Of(StatusCodes.Status413PayloadTooLarge, $"a run file may have {limit} bytes here (daemon.max-body)");
}
