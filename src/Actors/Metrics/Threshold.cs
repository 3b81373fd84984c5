namespace ActorLoad.Metrics;

/// <summary>Stand-in: replaced when the metrics are merged.</summary>
public sealed record Threshold
{
    private Threshold(string expression) => Expression = expression;

    /// <summary>As written.</summary>
    public string Expression { get; }

    /// <summary>Takes three words.</summary>
    public static bool TryParse(string text, out Threshold? threshold, out string problem)
    {
        var good = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 3;
        threshold = good ? new Threshold(text) : null;
        problem = good ? "" : "not of the form <metric> <op> <value>";
        return good;
    }
}

/// <summary>Stand-in: replaced when the metrics are merged.</summary>
public sealed record ThresholdResult(string Expression, double? Measured, bool Met, string? Note);

/// <summary>Stand-in: replaced when the metrics are merged.</summary>
public sealed record TallyData;
