using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Hosting.Tests.Transport;

/// <summary>Skips a test, with the reason, where a part is missing.</summary>
internal static class Needs
{
    public static void These(params Requirement[] requirements)
    {
        var missing = requirements.Select(requirement => requirement.Skip).OfType<string>().FirstOrDefault();
        Skip.If(missing is not null, missing);
    }

    /// <summary>A kernel that gives us a ring, so that taking it away shows.</summary>
    public static void Ring()
    {
        var choice = TransportChoice.Make(new TransportSettings(TransportKind.Auto, null), 1);
        Skip.If(choice.Kind != "io-uring" && !Requirement.RequireAll, choice.Reason);
    }
}
