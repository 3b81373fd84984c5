namespace ActorLoad.Peers.Processes;

/// <summary>How <c>actorload</c> is started.</summary>
public sealed record ActorLoadOptions
{
    /// <summary>Variables to set; a null value takes one away. <c>ACTORLOAD__*</c> of the test's own environment are never passed on.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Words before the command, such as <c>prlimit --nofile=64</c> or <see cref="Kernel.NetworkNamespace.Prefix"/>; they must exec.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    public string? WorkingDirectory { get; init; }
}

/// <summary>Starts the built host as its users do: a process of its own.</summary>
public static class ActorLoadProcess
{
    /// <summary>The host that was built in this configuration; throws if there is none.</summary>
    public static string Dll { get; } = FindDll();

    /// <summary>Starts <c>actorload</c>; the caller disposes what it gets.</summary>
    public static ChildProcess Start(IReadOnlyList<string> args, ActorLoadOptions? options = null)
    {
        options ??= new ActorLoadOptions();
        var environment = System.Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("ACTORLOAD__", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in options.Environment)
        {
            environment[name] = value;
        }

        return ChildProcess.Start([.. options.Wrapper, "dotnet", Dll, .. args], environment, options.WorkingDirectory);
    }

    /// <summary>Starts <c>actorload</c> and waits for its end; throws <see cref="TimeoutException"/> (60 s by default) and kills it.</summary>
    public static async Task<ProcessResult> RunAsync(IReadOnlyList<string> args, ActorLoadOptions? options = null, TimeSpan? timeout = null)
    {
        await using var child = Start(args, options);
        return await child.ExitAsync(timeout);
    }

    private static string FindDll()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string[] places =
        [
            Path.Combine(Sources.Root, "src", "Host", "bin", Sources.Configuration, framework, "actorload.dll"),
            Path.Combine(AppContext.BaseDirectory, "actorload.dll"),
        ];
        return places.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(
            $"actorload is not built: none of {string.Join(", ", places)}; `dotnet build -c {Sources.Configuration} src/Host` makes it");
    }
}
