using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>What the machine must give on which the servers run. Judged if that is this one; of another one the command is told that shows it. Pure.</summary>
/// <param name="needs">Of the run.</param>
/// <param name="machine">This machine.</param>
/// <param name="servers">All servers of the target; none if it is embedded.</param>
internal sealed class ServerMachineChecks(RunNeeds needs, MachineReadings machine, IReadOnlyList<ServerReadings> servers)
{
    private const string Subject = Check.ServerMachine;

    private readonly IReadOnlyList<ServerReadings> _here = [.. servers.Where(server => server is { IsHere: true, IsElsewhere: false })];
    private readonly IReadOnlyList<ServerReadings> _away = [.. servers.Where(server => server is not { IsHere: true, IsElsewhere: false })];

    // Of several, the one that asks for more.
    private string Kind => needs.IsEmbedded || (_here.Count > 0 && _here.All(server => server.Kind == ServerDefaults.Garnet)) ? ServerDefaults.Garnet : "redis";

    private bool IsHere => needs.IsEmbedded || _here.Count > 0;

    /// <summary>The accept queue that its kernel allows.</summary>
    public IEnumerable<Check> SoMaxConn()
    {
        const string Name = TuningKeys.SoMaxConn;
        var needed = Kind == ServerDefaults.Garnet ? Math.Min(needs.BurstForEach, ServerDefaults.GarnetBacklog) : needs.BurstForEach;
        return Judge(Name, $"{needed}", present => present >= needed
            ? Check.Ok(Name, Subject, $"{present}", $"{needed}", $"bursts are of {needs.BurstForEach.Of("connection")}")
            : Check.Warn(
                Name, Subject, $"{present}", $"{needed}",
                $"the kernel gives no listener an accept queue of more than {present.Text()}, and bursts are of {needs.BurstForEach.Text()}: a SYN that finds it "
                + "full is dropped, and sent again after a second; a listener keeps the queue that it was opened with, so restart the server afterwards",
                TroubleRemedies.KernelsQueue(new QueueLimits(present, null, null, Kind), needs.BurstForEach)));
    }

    /// <summary>Half-open handshakes.</summary>
    public IEnumerable<Check> SynBacklog()
    {
        const string Name = TuningKeys.SynBacklog;
        var needed = needs.BurstForEach;
        var cookies = machine.Setting(TuningKeys.SynCookies);
        return Judge(Name, $"{needed}", present => cookies is not ("0" or null)
            ? Check.Ok(Name, Subject, $"{present}", null, $"it does not count where {TuningKeys.SynCookies} is {cookies}: the accept queue's limit holds here too")
            : present >= needed
                ? Check.Ok(Name, Subject, $"{present}", $"{needed}", $"bursts are of {needed.Of("connection")}")
                : Check.Warn(
                    Name, Subject, $"{present}", $"{needed}",
                    $"a listener may have {present.Of("handshake")} half open, because {TuningKeys.SynCookies} is {cookies ?? "not known"}, and bursts are of "
                    + $"{needed.Text()}: a SYN beyond that is dropped, and sent again after a second",
                    Remedies.Sysctl(Name, RemedyHost.Server, $"{present}", needed)));
    }

    /// <summary>Memory for the fork of a server that saves.</summary>
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
                Name, Subject, $"{present}", proposed.Value, "fork() never fails for memory that would only be shared"),
            false => Check.Ok(Name, Subject, $"{present}", null, "the server saves nothing, or without a fork"),
            _ => Check.Warn(
                Name, Subject, $"{present}", proposed.Value,
                $"the fork with which a server saves fails once it holds about half of the memory{(forks is null ? ", if it saves at all" : "")}; then it "
                + "refuses writes (MISCONF)",
                Remedies.Sysctl(Name, RemedyHost.Server, $"{present}")),
        });
    }

    /// <summary>Transparent huge pages.</summary>
    public IEnumerable<Check> HugePages()
    {
        const string Name = TuningKeys.HugePages;
        if (needs.IsEmbedded)
        {
            return [Check.Ok(Name, Subject, machine.Setting(Name), null, "the embedded server does not fork, and no page is copied")];
        }

        return Away(Name, $"cat {Name}", null).Concat(!IsHere ? [] : [machine.Setting(Name) switch
        {
            null => Check.Unseen(Name, Subject, null, machine.WhyUnseen(Name), $"cat {Name}"),
            "always" when _here.All(server => server.DisablesHugePages) =>
                Check.Ok(Name, Subject, "always", null, "the server switches them off for itself (disable-thp)"),
            "always" => Check.Warn(
                Name, Subject, "always", TuningCatalogue.BuiltIn[Name, RemedyHost.Server].Value,
                "each page that is written while a server saves is copied, and huge ones are 2 MiB: felt as latency and as memory",
                Remedies.HugePages("always")),
            var mode => Check.Ok(Name, Subject, mode, null, "nobody gets huge pages who did not ask for them"),
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
            var where = _away.All(server => server.IsHere) ? "in another network namespace of this machine, such as a container" : "on another machine";
            yield return Check.Unseen(
                name, Subject, needed, $"{string.Join(", ", _away.Select(server => server.Endpoint))} listens {where}: look there", look);
        }
    }
}
