using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>Checks of the servers' machine. On another machine, each check only names the command that shows the value. Pure.</summary>
/// <param name="needs">The needs of the run.</param>
/// <param name="machine">This machine.</param>
/// <param name="servers">All servers of the target; empty if it is embedded.</param>
internal sealed class ServerMachineChecks(RunNeeds needs, MachineReadings machine, IReadOnlyList<ServerReadings> servers)
{
    private const string Subject = Check.ServerMachine;

    private readonly IReadOnlyList<ServerReadings> _here = [.. servers.Where(server => server is { IsHere: true, IsElsewhere: false })];
    private readonly IReadOnlyList<ServerReadings> _away = [.. servers.Where(server => server is not { IsHere: true, IsElsewhere: false })];

    // With several kinds, the one that asks for more.
    private string Kind =>
        needs.IsEmbedded || (_here.Count > 0 && _here.All(server => server.Kind == ServerDefaults.Garnet))
            ? ServerDefaults.Garnet : "redis";

    private bool IsHere => needs.IsEmbedded || _here.Count > 0;

    /// <summary>The longest accept queue that its kernel allows.</summary>
    public IEnumerable<Check> SoMaxConn()
    {
        const string Name = TuningKeys.SoMaxConn;
        var needed = Kind == ServerDefaults.Garnet ? Math.Min(needs.BurstForEach, ServerDefaults.GarnetBacklog) : needs.BurstForEach;
        return Judge(Name, $"{needed}", present => present >= needed
            ? Check.Ok(Name, Subject, $"{present}", $"{needed}", $"bursts have {needs.BurstForEach.Of("connection")}")
            : Check.Warn(
                Name, Subject, $"{present}", $"{needed}",
                $"the kernel cuts every accept queue to {present.Text()}. {ServerChecks.Overflow(needs.BurstForEach, needs.IsUnix)}. "
                + "A listener keeps the queue that it was opened with, so restart the server afterwards",
                TroubleRemedies.KernelsQueue(new QueueLimits(present, null, null, Kind), needs.BurstForEach)));
    }

    /// <summary>Half-open handshakes.</summary>
    public IEnumerable<Check> SynBacklog()
    {
        const string Name = TuningKeys.SynBacklog;
        var needed = needs.BurstForEach;
        var cookies = machine.Setting(TuningKeys.SynCookies);
        if (needs.IsUnix)
        {
            return [Check.Ok(Name, Subject, machine.Setting(Name), null, "a connect to a Unix socket has no handshake")];
        }

        return Judge(Name, $"{needed}", present => cookies is not ("0" or null)
            ? Check.Ok(
                Name, Subject, $"{present}", null,
                $"it has no effect while {TuningKeys.SynCookies} is {cookies}: the accept queue's limit holds here too")
            : present >= needed
                ? Check.Ok(Name, Subject, $"{present}", $"{needed}", $"bursts have {needed.Of("connection")}")
                : Check.Warn(
                    Name, Subject, $"{present}", $"{needed}",
                    $"a listener may have {present.Of("handshake")} half open ({TuningKeys.SynCookies} is {cookies ?? "not known"}). "
                    + $"Bursts have {needed.Of("connection")}: further SYNs are dropped, and sent again a second later",
                    Remedies.Sysctl(Name, RemedyHost.Server, $"{present}", needed)));
    }

    /// <summary>Memory for a saving server's fork.</summary>
    public IEnumerable<Check> Overcommit()
    {
        const string Name = TuningKeys.Overcommit;
        if (needs.IsEmbedded)
        {
            return [Check.Ok(Name, Subject, machine.Setting(Name), null, "the embedded server does not fork")];
        }

        var proposed = TuningCatalogue.BuiltIn[Name, RemedyHost.Server];
        bool? forks = _here.Any(server => server.Forks == true) ? true : _here.All(server => server.Forks == false) ? false : null;
        return Judge(Name, proposed.Value, present => forks switch
        {
            _ when present == proposed.Number => Check.Ok(
                Name, Subject, $"{present}", proposed.Value, "fork() never fails for lack of memory that it would only share"),
            false => Check.Ok(Name, Subject, $"{present}", null, "the server has no RDB or AOF saves that fork"),
            _ => Check.Warn(
                Name, Subject, $"{present}", proposed.Value,
                "a saving server forks. The fork fails once the server holds about half of the memory"
                + $"{(forks is null ? ", if it saves at all" : "")}. Then the server refuses writes (MISCONF)",
                Remedies.Sysctl(Name, RemedyHost.Server, $"{present}")),
        });
    }

    /// <summary>Transparent huge pages.</summary>
    public IEnumerable<Check> HugePages()
    {
        const string Name = TuningKeys.HugePages;
        if (needs.IsEmbedded)
        {
            return [Check.Ok(Name, Subject, machine.Setting(Name), null, "the embedded server does not fork, so it copies no pages")];
        }

        return Away(Name, $"cat {Name}", null).Concat(!IsHere ? [] : [machine.Setting(Name) switch
        {
            null => Check.Unseen(Name, Subject, null, machine.WhyUnseen(Name), $"cat {Name}"),
            "always" when _here.All(server => server.DisablesHugePages) =>
                Check.Ok(Name, Subject, "always", null, "the server switches them off for itself (disable-thp)"),
            "always" => Check.Warn(
                Name, Subject, "always", TuningCatalogue.BuiltIn[Name, RemedyHost.Server].Value,
                "while a server saves, each written page is copied. Huge pages have 2 MiB, which costs latency and memory",
                Remedies.HugePages("always")),
            var mode => Check.Ok(Name, Subject, mode, null, "only programs that ask for huge pages get them"),
        }]);
    }

    /// <summary>One setting, here and elsewhere.</summary>
    private IEnumerable<Check> Judge(string name, string needed, Func<long, Check> judge)
    {
        if (IsHere)
        {
            yield return machine.Number(name) is { } present
                ? judge(present)
                : Check.Unseen(name, Subject, needed, machine.WhyUnseen(name), $"sysctl {name}");
        }

        foreach (var check in Away(name, $"sysctl {name}", needed))
        {
            yield return check;
        }
    }

    private IEnumerable<Check> Away(string name, string look, string? needed)
    {
        if (_away.Count > 0)
        {
            var names = string.Join(", ", _away.Select(server => server.Endpoint));
            var where = _away.All(server => server.IsHere)
                ? "in another network namespace of this machine, such as a container" : "on another machine";
            yield return Check.Unseen(name, Subject, needed, $"{names} listens {where}: look there", look);
        }
    }
}
