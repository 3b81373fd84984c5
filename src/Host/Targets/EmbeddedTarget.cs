using System.Diagnostics;
using System.Net;
using System.Reflection;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Targets;

/// <summary>
/// <c>actorload target</c> as a child process. A process of its own, because its CPU and its 80 KB per connection are not the
/// generator's. It ends with this process in any case: the child reads a pipe that only we can write.
/// </summary>
/// <param name="report">Gets a sentence if the server ends too early.</param>
internal sealed class EmbeddedTarget(Action<string> report) : ITarget
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private Process? _process;

    public async Task<ResolvedTarget> OpenAsync(CancellationToken cancellation)
    {
        var process = Process.Start(StartInfo()) ?? throw new InvalidOperationException("the embedded server did not start");
        _process = process;
        var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            var address = await ReadyAsync(process, complaints, limit.Token);
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // a full pipe would block it
            return new ResolvedTarget([TargetSettings.Embedded], [address]) { ProcessId = process.Id };
        }
        catch (InvalidOperationException)
        {
            _process = null; // it has ended, and this exception says how
            process.Dispose();
            throw;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the embedded server was not ready within {StartLimit.TotalSeconds:0} s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        if (process.HasExited)
        {
            report($"the embedded server ended during the run (exit code {process.ExitCode}), which may explain failures");
        }
        else
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<IPEndPoint> ReadyAsync(Process process, Task<string> complaints, CancellationToken cancellation)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal) && IPEndPoint.TryParse(line["ready ".Length..], out var address))
            {
                return address;
            }
        }

        await process.WaitForExitAsync(cancellation);
        throw new InvalidOperationException(
            $"the embedded server ended before it was ready (exit code {process.ExitCode}): {InOneSentence(await complaints)}");
    }

    // Its own words are a sentence. Others come from .NET, which could not start or continue.
    private static string InOneSentence(string complaints)
    {
        const string Own = "actorload";
        var first = complaints.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "it said nothing";
        return first.StartsWith(Own, StringComparison.Ordinal) && first.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at
            ? first[(at + 2)..]
            : $"{first}; a limit of this machine may be too low for a second process (ulimit -u, -v, -n, the cgroup's limits)";
    }

    private static ProcessStartInfo StartInfo()
    {
        var (program, first) = Program();
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (first is not null)
        {
            start.ArgumentList.Add(first);
        }

        start.ArgumentList.Add(TargetCommand.Name);
        start.ArgumentList.Add(TargetCommand.LifelineOption);
        SocketEngine.RemoveFrom(start.Environment);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ACTORLOAD__", StringComparison.OrdinalIgnoreCase))
            .ToArray())
        {
            start.Environment.Remove(name); // the server needs no settings, and one may be a password
        }

        return start;
    }

    /// <summary>This program again: its own executable, whatever its name, or <c>dotnet</c> and its assembly.</summary>
    private static (string Program, string? First) Program()
    {
        // A single file has no assemblies on disk; its executable is the program.
        var program = typeof(EmbeddedTarget).Assembly;
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{program.GetName().Name}.dll");
        var self = Environment.ProcessPath;
        return self is not null && Assembly.GetEntryAssembly() == program && !(IsDotnet(self) && File.Exists(assembly)) ? (self, null)
            : (IsDotnet(self) ? self! : "dotnet", assembly);
    }

    private static bool IsDotnet(string? path) => Path.GetFileNameWithoutExtension(path) == "dotnet";
}
