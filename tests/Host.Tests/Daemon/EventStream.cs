using System.Net.ServerSentEvents;
using System.Text.Json;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

/// <summary>A client of <c>/runs/{id}/events</c>.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly CancellationTokenSource _limit = new(ChildProcess.DefaultTimeout);
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventStream(HttpResponseMessage response, Stream body) =>
        (_response, _events) = (response, SseParser.Create(body).EnumerateAsync(_limit.Token).GetAsyncEnumerator());

    public HttpResponseMessage Response => _response;

    /// <summary>Opens the stream; <paramref name="lastId"/> as a browser tells it when it comes back.</summary>
    public static async Task<EventStream> OpenAsync(DaemonProcess daemon, string id, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/runs/{id}/events");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var response = await daemon.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<SseItem<string>?> NextAsync() => await _events.MoveNextAsync() ? _events.Current : null;

    /// <summary>Reads to the end: the samples with their ids, and the data of the event <c>end</c>.</summary>
    public async Task<(List<(string? Id, string Data)> Samples, JsonElement End)> ToEndAsync()
    {
        var samples = new List<(string?, string)>();
        while (await NextAsync() is { } next)
        {
            if (next.EventType == "end")
            {
                Assert.Null(await NextAsync());
                return (samples, JsonDocument.Parse(next.Data).RootElement);
            }

            samples.Add((next.EventId, next.Data));
        }

        throw new InvalidOperationException("the stream ended without its last event");
    }

    public async ValueTask DisposeAsync()
    {
        await _limit.CancelAsync();
        _response.Dispose();
        _limit.Dispose();
    }
}
