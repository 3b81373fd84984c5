namespace ActorLoad.Connections;

/// <summary>How think times vary.</summary>
public enum ThinkDistribution
{
    /// <summary>All are the same.</summary>
    Fixed,

    /// <summary>From none to twice the mean, each as likely.</summary>
    Uniform,

    /// <summary>Many short ones and a few long ones, as between independent events.</summary>
    Exponential,
}

/// <summary>The pause between replies and the next commands.</summary>
/// <param name="Mean">Its mean, above 0.</param>
/// <param name="Distribution">How it varies.</param>
public sealed record ThinkTime(TimeSpan Mean, ThinkDistribution Distribution)
{
    private const int OfThought = -1;

    /// <summary>The pause before a command: always the same for the same sender.</summary>
    internal TimeSpan Before(in Sender sender) => Distribution switch
    {
        ThinkDistribution.Fixed => Mean,
        ThinkDistribution.Uniform => Mean * 2 * sender.Fraction(OfThought),
        _ => Mean * -Math.Log(1 - sender.Fraction(OfThought)),
    };
}
