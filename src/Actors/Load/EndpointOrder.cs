namespace ActorLoad.Load;

/// <summary>Which of several targets the next connection goes to (<c>target.order</c>).</summary>
public enum EndpointOrder
{
    /// <summary>One after the other, over the whole run.</summary>
    InTurn,

    /// <summary>Any, each as likely as the others.</summary>
    Random,

    /// <summary>Any, as likely as its weight says (<c>target.weights</c>).</summary>
    Weighted,

    /// <summary>The first that has not been given up.</summary>
    First,
}
