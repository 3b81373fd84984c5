using System.Globalization;
using System.Runtime.InteropServices;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Peers.Kernel;

/// <summary>One thread of a process that stands still while all others go on, as if a system call never came back. Goes on when this is disposed of.</summary>
/// <remarks>Done by Perl with ptrace: PTRACE_SEIZE and PTRACE_INTERRUPT stop a single thread, which no signal does. Needs the right to trace.</remarks>
public sealed class BlockedThread : IAsyncDisposable
{
    // Stopped anywhere else, a thread may hold a lock, or the garbage collector may wait for it: then the whole process stands still, not one loop.
    private const string Blocker = """
        my ($ptrace, $process, $thread, @waits) = map { $_ + 0 } @ARGV;
        my %waits = map { $_ => 1 } @waits;
        syscall($ptrace, 0x4206, $thread, 0, 0) == 0 or die "PTRACE_SEIZE: $!\n";
        for (1 .. 2000) {
            syscall($ptrace, 0x4207, $thread, 0, 0) == 0 or die "PTRACE_INTERRUPT: $!\n";
            waitpid($thread, 0x40000000) == $thread or die "wait: $!\n";
            open my $file, "<", "/proc/$process/task/$thread/syscall" or die "syscall: $!\n";
            my ($call) = split / /, <$file>;
            if ($waits{$call}) {
                $| = 1;
                print "blocked\n";
                waitpid($thread, 0x40000000);
                exit;
            }
            syscall($ptrace, 7, $thread, 0, 0) == 0 or die "PTRACE_CONT: $!\n";
            select(undef, undef, undef, 0.001);
        }
        die "the thread waited in none of @waits\n";
        """;

    // Numbers of system calls: asm/unistd_64.h, and asm-generic/unistd.h for ARM.
    private const int EpollWait = 232;
    private const int EpollPwait = 281;
    private const int EpollPwaitOnArm = 22;
    private const int IoUringEnter = 426;

    private readonly ChildProcess _perl;

    private BlockedThread(ChildProcess perl) => _perl = perl;

    /// <summary>
    /// Blocks the thread of <paramref name="process"/> with this name (15 characters of it) and place among those of the name,
    /// as soon as it waits for sockets in the kernel.
    /// </summary>
    public static async Task<BlockedThread> StartAsync(ChildProcess process, string name, int place = 0)
    {
        var arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        int[] waits = arm ? [EpollPwaitOnArm, IoUringEnter] : [EpollWait, EpollPwait, IoUringEnter];
        var thread = Named(process, name).ElementAt(place);
        var perl = ChildProcess.Start(
            ["perl", "-e", Blocker, .. new[] { arm ? 117 : 101, process.Id }.Select(Text), thread, .. waits.Select(Text)]);
        await perl.StdoutLineAsync(line => line == "blocked");
        return new BlockedThread(perl);
    }

    /// <summary>Threads of <paramref name="process"/> with this name (15 characters of it): their ids, the oldest first.</summary>
    public static IReadOnlyList<string> Named(ChildProcess process, string name)
    {
        var tasks = $"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/task";
        return
        [
            .. Directory.GetDirectories(tasks).Where(task => NameOf(task) == name[..Math.Min(name.Length, 15)])
                .Select(task => Path.GetFileName(task)).OrderBy(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
    }

    public ValueTask DisposeAsync() => _perl.DisposeAsync();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return ""; // it has ended since it was listed
        }
    }
}
