using System.Globalization;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Exporters;

/// <summary>What OpenTelemetry's standard variables ask for. They are checked here, because the library ignores those that it cannot
/// read.</summary>
/// <param name="Variable">The variable that names the collector.</param>
/// <param name="Endpoint">The collector.</param>
internal sealed record OtlpSettings(string Variable, Uri Endpoint)
{
    public const string SdkDisabled = "OTEL_SDK_DISABLED";
    public const string AnyEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    private const string Any = "OTEL_EXPORTER_OTLP_";
    private const string Metrics = "OTEL_EXPORTER_OTLP_METRICS_";
    private const string Exporters = "OTEL_METRICS_EXPORTER";

    private static readonly string[] Protocols = ["grpc", "http/protobuf"];
    private static readonly string[] Compressions = ["none", "gzip"];
    private static readonly string[] Temporalities = ["cumulative", "delta"];
    private static readonly string[] Aggregations = ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"];
    private static readonly string[] KnownExporters = ["otlp", "prometheus", "console", "none"];

    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Those that hold for metrics alone, by the names that they have for all signals; null where none is set.</summary>
    public string? Protocol { get; private init; }

    /// <inheritdoc cref="Protocol"/>
    public string? Headers { get; private init; }

    /// <inheritdoc cref="Protocol"/>
    public string? Compression { get; private init; }

    /// <summary>How long one delivery may take, milliseconds; null for the library's default.</summary>
    public int? TimeoutMillis { get; private init; }

    /// <summary>Time between two deliveries.</summary>
    public TimeSpan Interval { get; private init; } = UsualInterval;

    /// <summary>How long a collection and its delivery may take.</summary>
    public TimeSpan Timeout { get; private init; } = UsualTimeout;

    /// <summary>True for differences instead of totals.</summary>
    public bool IsDelta { get; private init; }

    /// <summary>False if classic buckets are asked for.</summary>
    public bool IsExponential { get; private init; } = true;

    /// <summary>True if the endpoint holds for metrics alone, and so is complete.</summary>
    public bool IsOfMetrics => Variable == MetricsEndpoint;

    /// <summary>The collector as messages show it: without user, password and query.</summary>
    public string Shown => Endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>True if OpenTelemetry is switched off as a whole.</summary>
    public static bool IsSdkDisabled(Func<string, string?> variable) =>
        string.Equals(variable(SdkDisabled)?.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The settings; null if no collector is asked for. Throws <see cref="SettingsException"/> with all errors.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static OtlpSettings? Read(Func<string, string?> variable)
    {
        var values = new OtlpVariables(variable);
        if (IsSdkDisabled(variable) || (values.Text(MetricsEndpoint) ?? values.Text(AnyEndpoint)) is null
            || !values.List(Exporters, KnownExporters, "otlp").Contains("otlp"))
        {
            values.ThrowIfWrong();
            return null;
        }

        var any = values.Url(AnyEndpoint);
        var metrics = values.Url(MetricsEndpoint);
        string[] prefixes = [Metrics, Any]; // what holds for metrics comes first
        var protocol = prefixes.Select(prefix => values.OneOf(prefix + "PROTOCOL", Protocols)).ToArray();
        var headers = prefixes.Select(prefix => values.Pairs(prefix + "HEADERS")).ToArray();
        var compression = prefixes.Select(prefix => values.OneOf(prefix + "COMPRESSION", Compressions)).ToArray();
        var timeouts = prefixes.Select(prefix => values.Millis(prefix + "TIMEOUT")).ToArray();
        values.File(Any + "CERTIFICATE");
        values.File(Any + "CLIENT_CERTIFICATE");
        values.File(Any + "CLIENT_KEY");
        var settings = new OtlpSettings(metrics is null ? AnyEndpoint : MetricsEndpoint, metrics ?? any ?? new Uri("http://unknown"))
        {
            Protocol = protocol[0],
            Headers = headers[0],
            Compression = compression[0],
            TimeoutMillis = timeouts[0],
            Interval = TimeOf(values.Millis("OTEL_METRIC_EXPORT_INTERVAL"), UsualInterval),
            Timeout = TimeOf(values.Millis("OTEL_METRIC_EXPORT_TIMEOUT"), UsualTimeout),
            IsDelta = values.OneOf(Metrics + "TEMPORALITY_PREFERENCE", Temporalities) == "delta",
            IsExponential = values.OneOf(Metrics + "DEFAULT_HISTOGRAM_AGGREGATION", Aggregations) != "explicit_bucket_histogram",
        };
        values.ThrowIfWrong();
        return settings;
    }

    private static TimeSpan TimeOf(int? millis, TimeSpan usual) => millis is { } given ? TimeSpan.FromMilliseconds(given) : usual;
}

/// <summary>Reads environment variables, and collects what is wrong with them. An empty one counts as not set.</summary>
internal sealed class OtlpVariables(Func<string, string?> variable)
{
    private readonly List<SettingsError> _errors = [];

    /// <summary>Throws <see cref="SettingsException"/> if anything was wrong.</summary>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw new SettingsException(_errors);
        }
    }

    public string? Text(string name) => variable(name)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The address of a collector. Errors do not show it: it may hold a password.</summary>
    public Uri? Url(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url!.Host.Length > 0)
        {
            return url;
        }

        return Wrong<Uri>(name, "is not the URL of a collector",
            "set http://HOST:4317 for grpc, http://HOST:4318 for http/protobuf (https for TLS), or unset it");
    }

    public string? OneOf(string name, IReadOnlyList<string> words) => Text(name) is not { } text ? null
        : words.Contains(text) ? text
        : Wrong<string>(name, $"is \"{text}\", which ActorLoad does not know", $"set {string.Join(" or ", words)}, or unset it");

    public IReadOnlyList<string> List(string name, IReadOnlyList<string> words, string usual)
    {
        var given = (Text(name) ?? usual).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in given.Where(word => !words.Contains(word)))
        {
            Wrong<string>(name, $"has \"{word}\", which ActorLoad does not know", $"set {string.Join(", ", words)}, or unset it");
        }

        return given;
    }

    /// <summary>Whole milliseconds, 1 or more.</summary>
    public int? Millis(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var millis) && millis > 0)
        {
            return millis;
        }

        Wrong<string>(name, $"is \"{text}\", which is no time", "set whole milliseconds, 1 or more, or unset it");
        return null;
    }

    /// <summary>Headers such as <c>api-key=abc,other=def</c>. Errors do not show them: they hold secrets.</summary>
    public string? Pairs(string name) => Text(name) is not { } text ? null
        : text.Split(',').All(pair => pair.IndexOf('=') > 0) ? text
        : Wrong<string>(name, "is not a list of headers", "set NAME=VALUE,NAME=VALUE, or unset it");

    public void File(string name)
    {
        if (Text(name) is { } path && !System.IO.File.Exists(path))
        {
            Wrong<string>(name, $"names {path}, which is no file", "name a PEM file, or unset it");
        }
    }

    private T? Wrong<T>(string name, string problem, string remedy)
        where T : class
    {
        _errors.Add(new SettingsError(name, null, "", problem, remedy));
        return null;
    }
}
