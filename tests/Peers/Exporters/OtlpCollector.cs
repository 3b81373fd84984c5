using System.Collections.Concurrent;
using System.Net;
using ActorLoad.Peers.Kernel;

namespace ActorLoad.Peers.Exporters;

/// <summary>A collector on loopback that takes metrics over OTLP (HTTP with protobuf), and keeps them.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<OtlpDelivery> _deliveries = new();
    private readonly Task _taking;

    private OtlpCollector(int port)
    {
        Endpoint = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Endpoint}/");
        _listener.Start();
        _taking = TakeAsync();
    }

    /// <summary>Its address, as OTEL_EXPORTER_OTLP_ENDPOINT takes it.</summary>
    public string Endpoint { get; }

    /// <summary>What came, the oldest first.</summary>
    public IReadOnlyList<OtlpDelivery> Deliveries => [.. _deliveries];

    /// <summary>Starts one.</summary>
    public static OtlpCollector Start()
    {
        var port = FreshPort.NumberApart();
        return new OtlpCollector(port);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _taking;
    }

    private async Task TakeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var headers = context.Request.Headers;
                _deliveries.Enqueue(OtlpDelivery.Read(
                    context.Request.Url!.AbsolutePath, headers.AllKeys.ToDictionary(name => name!, name => headers[name]!), body.ToArray()));
                context.Response.ContentType = "application/x-protobuf"; // an empty answer: all was taken
                context.Response.Close();
            }
            catch (Exception exception) when (exception is ObjectDisposedException or HttpListenerException && !_listener.IsListening)
            {
                return; // closed while it waited
            }
        }
    }
}
