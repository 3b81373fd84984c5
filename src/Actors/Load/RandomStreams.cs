namespace ActorLoad.Load;

/// <summary>Streams of random numbers, all from the seed of a run. Each place in the run has its own.</summary>
/// <remarks>SplitMix64 mixes seed and place, so that neighbours share nothing: seed 1 at place 2 differs from seed 2 at place 1.</remarks>
public static class RandomStreams
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The stream at <paramref name="place"/>: always the same for the same seed and place.</summary>
    public static Random For(int seed, params ReadOnlySpan<int> place) => new((int)(Number(seed, place) >> 32));

    /// <summary>The one number of <paramref name="place"/>, from 0 up to but not 1. It makes no stream, so that each connection may have a
    /// place.</summary>
    public static double Fraction(int seed, params ReadOnlySpan<int> place) => (Number(seed, place) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The same as a number whose bits are all random.</summary>
    public static ulong Number(int seed, params ReadOnlySpan<int> place)
    {
        var state = Mix((ulong)(uint)seed + Golden);
        foreach (var part in place)
        {
            state = Mix(state + (((ulong)(uint)part + 1) * Golden));
        }

        return state;
    }

    private static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}
