namespace ActorLoad.Metrics;

/// <summary>The histograms of one interval, for subscribers that want them.</summary>
/// <param name="From">Its begin, in seconds from the start of the run.</param>
/// <param name="To">Its end.</param>
/// <param name="Steps">Every step that was recorded in it; those of failed connections last.</param>
public sealed record IntervalTimes(double From, double To, IReadOnlyList<StepTimes> Steps);

/// <summary>The histogram of one step.</summary>
/// <param name="Step">The step.</param>
/// <param name="IsOfFailures">True for connections that failed, false for completed steps.</param>
/// <param name="Summary">Its numbers.</param>
/// <param name="Encoded">All its counts; see <see cref="HistogramCodec"/>.</param>
public sealed record StepTimes(Step Step, bool IsOfFailures, LatencySummary Summary, byte[] Encoded);
