using System.Runtime.CompilerServices;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Tests;

/// <summary>What <c>Program</c> does first, as far as specs inside this process need it.</summary>
internal static class TestProcess
{
    [ModuleInitializer]
    internal static void Begin()
    {
        Outlets.Create(TimeProvider.System);
        ActorLoadHere.ReplaceConsole();
    }
}
