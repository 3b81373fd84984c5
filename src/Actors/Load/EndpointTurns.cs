namespace ActorLoad.Load;

/// <summary>The target of each connection of a fleet: a pure function of the connection's number, so that it is the same on any number of
/// lanes.</summary>
public abstract class EndpointTurns
{
    /// <summary>True if a connection goes to the next target in place of one that was given up.</summary>
    public virtual bool PassesGivenUp => false;

    /// <summary>Index of the target of connection <paramref name="number"/>, counted over all phases of the fleet from 0.</summary>
    public abstract int Of(long number);

    /// <summary>The turns of an order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="weights">The weight of each target, at least one above 0; only <see cref="EndpointOrder.Weighted"/> needs its
    /// values.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="fleet">Number of the fleet, so that fleets choose independently.</param>
    public static EndpointTurns For(EndpointOrder order, IReadOnlyList<double> weights, int seed, int fleet) => order switch
    {
        EndpointOrder.Random => new Drawn([.. Enumerable.Repeat(1.0, weights.Count)], seed, fleet),
        EndpointOrder.Weighted => new Drawn([.. weights], seed, fleet),
        EndpointOrder.First => new FirstLeft(),
        _ => new InTurn(weights.Count),
    };

    /// <summary>One after the other.</summary>
    public static EndpointTurns OneByOne(int targets) => new InTurn(targets);

    private sealed class InTurn(int targets) : EndpointTurns
    {
        public override int Of(long number) => (int)(number % targets);
    }

    private sealed class FirstLeft : EndpointTurns
    {
        public override bool PassesGivenUp => true;

        public override int Of(long number) => 0;
    }

    private sealed class Drawn(double[] weights, int seed, int fleet) : EndpointTurns
    {
        private readonly double[] _bounds = Bounds(weights);

        public override int Of(long number)
        {
            var drawn = RandomStreams.Fraction(seed, fleet, (int)(number >> 32), (int)number) * _bounds[^1];
            var index = Array.BinarySearch(_bounds, drawn);
            return index < 0 ? ~index : index + 1; // a target has the numbers below its bound
        }

        private static double[] Bounds(double[] weights)
        {
            var bounds = new double[weights.Length];
            var sum = 0.0;
            for (var index = 0; index < weights.Length; index++)
            {
                bounds[index] = sum += weights[index];
            }

            return bounds;
        }
    }
}
