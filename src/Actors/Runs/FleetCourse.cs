using ActorLoad.Load;

namespace ActorLoad.Runs;

/// <summary>The plan of one fleet.</summary>
/// <param name="Name">Its name; empty in a run without fleets.</param>
/// <param name="Plan">Its phases.</param>
/// <param name="Hold">How long its connections are held; counts in the progress of a burst.</param>
internal sealed record FleetPlan(string Name, RunPlan Plan, TimeSpan Hold);

/// <summary>The progress of one fleet in its plan. A part of <see cref="PlanCursor"/>.</summary>
/// <param name="number">Number of the fleet.</param>
/// <param name="fleet">Its plan.</param>
internal sealed class FleetCourse(int number, FleetPlan fleet)
{
    private readonly double[] _weights = Weights(fleet);

    private readonly PhaseTimes?[] _times = new PhaseTimes?[fleet.Plan.Phases.Length];
    private bool _isStopped;
    private Stage _next = new(0, 0, TimeSpan.Zero);

    /// <summary>Number of the fleet.</summary>
    public int Number => number;

    /// <summary>Its name; empty in a run without fleets.</summary>
    public string Name => fleet.Name;

    /// <summary>How long its connections are held.</summary>
    public TimeSpan Hold => fleet.Hold;

    /// <summary>The phase of what begins next.</summary>
    public PhasePlan Phase => PhaseOf(_next);

    /// <summary>The repetition of a phase in which something begins next.</summary>
    public Stage Next => _next;

    /// <summary>The one in which something began last.</summary>
    public Stage Present { get; private set; } = new(0, 0, TimeSpan.Zero);

    /// <summary>Connections of all that has begun, which decides the next endpoint in turn.</summary>
    public long Turn { get; private set; }

    /// <summary>True if no connection of what has ended was ever established; false before.</summary>
    public bool NeverReached { get; set; }

    /// <summary>True if all has begun.</summary>
    public bool HasBegunAll => _isStopped || _next.Phase >= fleet.Plan.Phases.Length;

    /// <summary>When each phase began and ended; null if it has not begun.</summary>
    public IReadOnlyList<PhaseTimes?> Times => _times;

    /// <summary>The phase of a stage; the last one after the end.</summary>
    public PhasePlan PhaseOf(Stage stage) => fleet.Plan.Phases[Math.Min(stage.Phase, fleet.Plan.Phases.Length - 1)];

    /// <summary>
    /// When the next burst or paced phase is due; null while that depends on an open burst, and when all has begun. Moves on to the next
    /// phase when all of the present one has begun and its time is over.
    /// </summary>
    public TimeSpan? NextDue()
    {
        for (; !HasBegunAll; _next = After(_next))
        {
            if (Phase is BurstPhase { Pacing: Pacing.AfterBurst } && _next.Open > 0)
            {
                return null;
            }

            var due = Phase is BurstPhase bursts ? bursts.DueAt(_next.Begun, _next.Start, _next.LastEnd)
                : _next.Begun == 0 ? _next.Start : (TimeSpan?)null;
            if (due is not null)
            {
                return due;
            }

            if (Phase is BurstPhase && _next.Open > 0)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Begins nothing more: every endpoint of the fleet was given up.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Begins what is next.</summary>
    /// <param name="due">When it is due.</param>
    public Stage Begin(TimeSpan due)
    {
        Present = _next;
        _next.Begun++;
        _next.Open++;
        Turn += Phase.Size;
        _times[_next.Phase] ??= new PhaseTimes(due);
        return _next;
    }

    /// <summary>What began in a stage has ended.</summary>
    public void End(Stage stage, TimeSpan at)
    {
        stage.Open--;
        stage.LastEnd = at > stage.LastEnd ? at : stage.LastEnd;
        _times[stage.Phase] = _times[stage.Phase]! with { EndedAt = at };
    }

    /// <summary>The part of the plan that is done, 0 to 1.</summary>
    /// <param name="elapsed">Time since the start of the run.</param>
    /// <param name="held">Sum of the parts of their hold that open bursts have behind them.</param>
    public double Done(TimeSpan elapsed, double held)
    {
        var phase = PhaseOf(Present);
        var inRepetition = phase switch
        {
            BurstPhase { Count: { } count } => (Present.Begun - Present.Open + held) / count,
            BurstPhase bursts => (elapsed - Present.Start) / bursts.Duration,
            _ => (elapsed - Present.Start) / ((PacedPhase)phase).Duration,
        };
        var inPhase = (Present.Repetition + Math.Clamp(inRepetition, 0, 1)) / phase.Repeat;
        return _weights[..Present.Phase].Sum() + (_weights[Present.Phase] * inPhase);
    }

    // A phase counts by its least time; one without gaps and holds by a little.
    private static double[] Weights(FleetPlan fleet)
    {
        var hold = fleet.Hold.TotalSeconds;
        double[] times = [.. fleet.Plan.Phases.Select(phase => Math.Max(0.1, phase.Repeat * phase.ShortestSeconds(hold)))];
        return Array.ConvertAll(times, time => time / times.Sum());
    }

    // Paced phases follow each other by the clock, bursts when the last connection has ended.
    private Stage After(Stage stage)
    {
        var start = Phase is PacedPhase paced ? stage.Start + paced.Duration : stage.LastEnd;
        return stage.Repetition + 1 < Phase.Repeat
            ? new Stage(stage.Phase, stage.Repetition + 1, start) : new Stage(stage.Phase + 1, 0, start);
    }
}

/// <summary>One repetition of a phase under way.</summary>
internal sealed class Stage(int phase, int repetition, TimeSpan start)
{
    /// <summary>Number of the phase in the plan.</summary>
    public int Phase { get; } = phase;

    /// <summary>The repetition, from 0.</summary>
    public int Repetition { get; } = repetition;

    /// <summary>When it began.</summary>
    public TimeSpan Start { get; } = start;

    /// <summary>When the last of what began in it had ended.</summary>
    public TimeSpan LastEnd { get; set; } = start;

    /// <summary>Bursts that have begun in it, or 1 for its paced phase.</summary>
    public int Begun { get; set; }

    /// <summary>Those that have not ended.</summary>
    public int Open { get; set; }
}

/// <summary>When a phase began, and when the last of its connections had ended, since the start of the run.</summary>
internal sealed record PhaseTimes(TimeSpan BeganAt)
{
    /// <summary>Null while it goes on.</summary>
    public TimeSpan? EndedAt { get; init; }
}
