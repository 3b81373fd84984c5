using System.Runtime.InteropServices;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>Numbers of system calls here.</summary>
internal static class SystemCalls
{
    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static long Socket => _isArm ? 198 : 41;

    public static long SendTo => _isArm ? 206 : 44;

    public static long ReceiveFrom => _isArm ? 207 : 45;

    public static long OpenAt => _isArm ? 56 : 257;
}
