using System.Runtime.InteropServices;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>A kernel that says no, by a seccomp filter: on one thread, and for good. Threads that it starts inherit it.</summary>
internal static class Seccomp
{
    private const int SetNoNewPrivileges = 38;
    private const int SetFilter = 22;
    private const uint FilterMode = 2;
    private const uint Allow = 0x7fff0000;
    private const uint Errno = 0x00050000;

    // linux/bpf_common.h: load a word of the call's description, of which the first is its number; jump if equal; return.
    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    /// <summary>From now on this system call fails on this thread with that errno.</summary>
    public static void Refuse(long call, int errno)
    {
        Instruction[] program =
        [
            new() { Code = Load },
            new() { Code = JumpIfEqual, Value = (uint)call, SkipIfFalse = 1 },
            new() { Code = Return, Value = Errno | (uint)errno },
            new() { Code = Return, Value = Allow },
        ];
        var pinned = GCHandle.Alloc(program, GCHandleType.Pinned);
        try
        {
            var filter = new Program { Length = (ushort)program.Length, Instructions = pinned.AddrOfPinnedObject() };
            Assert.Equal(0, Prctl(SetNoNewPrivileges, 1, 0, 0, 0));
            Assert.Equal(0, PrctlFilter(SetFilter, FilterMode, in filter, 0, 0));
        }
        finally
        {
            pinned.Free();
        }
    }

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int PrctlFilter(int option, nuint mode, in Program filter, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction
    {
        public ushort Code;
        public byte SkipIfTrue;
        public byte SkipIfFalse;
        public uint Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public nint Instructions;
    }
}
