using ActorLoad.Diagnosis.Rules;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Doctor;

/// <summary>Checks of ActorLoad's machine. Pure.</summary>
internal static class ClientChecks
{
    /// <summary>Entries of the firewall's connection table now.</summary>
    public const string ConntrackCount = "net.netfilter.nf_conntrack_count";

    private const string Range = TuningKeys.PortRange;

    /// <summary>Descriptors: each connection takes one.</summary>
    public static Check Descriptors(RunNeeds needs, MachineReadings machine)
    {
        var beside = (needs.Observers * needs.Targets) + OwnLimits.Beside;
        var needed = needs.Open + beside;
        if (machine.Number(TuningKeys.Descriptors) is not { } present)
        {
            return Check.Unseen(
                TuningKeys.Descriptors, Check.Machine, $"{needed}", machine.WhyUnseen(TuningKeys.Descriptors), "ulimit -Hn");
        }

        var shown = machine.Setting(TuningKeys.Descriptors);
        return present >= needed
            ? Check.Ok(
                TuningKeys.Descriptors, Check.Machine, shown, $"{needed}",
                $"{needs.Open.Of("connection")} at once, and ActorLoad's other descriptors")
            : Check.Fail(
                TuningKeys.Descriptors, Check.Machine, shown, $"{needed}",
                $"ActorLoad may have {present.Text()} descriptors (ulimit -n), too few for {needs.Open.Of("connection")} at once. "
                + "Some would get no socket",
                TroubleRemedies.ClientDescriptors(present, machine.Number(KernelSettings.NofileHard), needed, beside, needs.MaxOpen));
    }

    /// <summary>The run's own limit.</summary>
    public static Check MaxOpen(RunNeeds needs) => needs.Due <= needs.MaxOpen
        ? Check.Ok(TuningKeys.MaxOpen, Check.Run, $"{needs.MaxOpen}", $"{needs.Due}", $"{needs.Due.Of("connection")} at once")
        : Check.Fail(
            TuningKeys.MaxOpen, Check.Run, $"{needs.MaxOpen}", $"{needs.Due}",
            $"{needs.Due.Of("connection")} would be due at once, but only {needs.MaxOpen.Text()} may be open: "
            + $"{(needs.Due - needs.MaxOpen).Text()} of them would be dropped",
            Remedies.MaxOpen(needs.MaxOpen, needs.Due));

    /// <summary>Ports for the connections of each pair of addresses, and the cost of the kernel's search for a free port.</summary>
    public static IEnumerable<Check> Ports(RunNeeds needs, MachineReadings machine) =>
        needs.Shares.Where(share => !Endpoint.IsUnix(share.Target)).Select(share => Ports(needs, share, machine));

    private static Check Ports(RunNeeds needs, TargetShare share, MachineReadings machine)
    {
        var (open, range) = (share.Open, machine.Setting(Range));
        var pair = $"{share.From ?? machine.SourceOf(share.Target)} -> {share.Target}";
        if (machine.Ports is not { } each)
        {
            return Check.Unseen(Range, pair, $"{open}", machine.WhyUnseen(Range), $"sysctl {Range}");
        }

        var (ports, beside) = (each * share.Sources, share.From is null ? needs.Observers : 0); // observers keep the route's address
        var addresses = share.From is null ? "" : $" for each of {((long)share.Sources).Of("address", "addresses")}";
        var present = $"{range} ({each.Text()}{addresses})";
        if (open + beside > ports)
        {
            var observers = beside > 0 ? $" and {((long)beside).Of("connection")} of the run's observers" : "";
            return Check.Fail(
                Range, pair, present, $"{open + beside}",
                $"{open.Of("connection")} at once to {share.Target}{observers} need a port each, and there are {ports.Of("port")}. "
                + $"The other connections would fail. From {Addresses(open + beside, each)} they would have enough",
                TroubleRemedies.Ports(range, ports, open + beside, needs.Targets, needs.MaxOpen, needs.IsLoopback, share.From, beside));
        }

        return needs.KernelPorts && open > ports / 2
            ? Check.Warn(
                Range, pair, present, $"{2 * open}",
                $"{open.Of("connection")} at once to {share.Target}, on ports that the kernel chooses. Beyond half of the {ports.Text()} "
                + "ports, each connect first searches the full half",
                TroubleRemedies.HalfRange(range, open))
            : Check.Ok(
                Range, pair, present, $"{open}",
                $"{open.Of("connection")} at once to {share.Target}"
                + (open <= ports / 2 ? ""
                    : ", more than half of the ports. ActorLoad knows the free ports (connection.ports = slot), so it does not search"));
    }

    private static string Addresses(long needed, long ports) =>
        Remedies.AddressesFor(needed, ports).Of("source address", "source addresses");

    /// <summary>Ports in TIME_WAIT, and whether they can be used again.</summary>
    public static Check TimeWait(RunNeeds needs, MachineReadings machine)
    {
        const string Name = TuningKeys.TimeWaitReuse;
        var present = machine.Setting(Name);
        if (needs.IsUnix)
        {
            return Check.Ok(Name, Check.Machine, present, null, "Unix sockets have no ports, so none waits in TIME_WAIT");
        }

        if (!needs.IsGraceful)
        {
            return Check.Ok(
                Name, Check.Machine, present, null, "connections close by RST, so nothing waits in TIME_WAIT, whatever this value");
        }

        if (!needs.KernelPorts)
        {
            // With TCP timestamps, connect() takes a bound port out of TIME_WAIT, whatever the sysctl.
            return Check.Ok(
                Name, Check.Machine, present, null,
                "each connection binds the port that has been free longest, or else the next of the range (connection.ports = slot). "
                + "It gets the port out of TIME_WAIT once the server has closed too, whatever this value");
        }

        if (present is null || machine.Ports * needs.Shares.Min(share => share.Sources) is not { } ports)
        {
            return Check.Unseen(Name, Check.Machine, null, machine.WhyUnseen(present is null ? Name : Range), $"sysctl {Name} {Range}");
        }

        if (present == "1" || (present == "2" && needs.IsLoopback))
        {
            return Check.Ok(
                Name, Check.Machine, present, null,
                "a port in TIME_WAIT can be used again after a second"
                + (present == "2" ? ". 2 means on loopback only: a remote target would show the problem that loopback hides" : ""));
        }

        var why = present == "2" ? "2 means on loopback only, and the target is elsewhere" : "it is off";
        const string Reason = "because connection.close lets us close first";
        if (needs.StartedInMinute is not { } started)
        {
            return Check.Warn(
                Name, Check.Machine, present, null,
                $"each connection waits in TIME_WAIT for 60 s with its port, {Reason}, and ports cannot be used again earlier ({why}). "
                + $"More than {(ports / 60).Text()} connections a second to one address and port would use up all ports",
                TroubleRemedies.TimeWait(present, needs.IsLoopback, needs.KernelPorts, machine.Setting(Range), null, needs.Close));
        }

        var waiting = (started + needs.Targets - 1) / Math.Max(1, needs.Targets);
        return waiting <= ports
            ? Check.Ok(
                Name, Check.Machine, present, null,
                $"{waiting.Of("connection")} in 60 s to one address and port wait in TIME_WAIT, and there are {ports.Text()} ports")
            : Check.Fail(
                Name, Check.Machine, present, null,
                $"{waiting.Of("connection")} in 60 s to one address and port would wait in TIME_WAIT, {Reason}. "
                + $"There are {ports.Text()} ports, which cannot be used again earlier ({why})",
                TroubleRemedies.TimeWait(present, needs.IsLoopback, needs.KernelPorts, machine.Setting(Range), waiting, needs.Close));
    }

    /// <summary>Room in the firewall's connection table.</summary>
    public static Check Conntrack(RunNeeds needs, MachineReadings machine)
    {
        const string Name = TuningKeys.Conntrack;
        if (needs.IsUnix)
        {
            return Check.Ok(Name, Check.Machine, null, null, "no firewall sees connections over Unix sockets");
        }

        var (present, used) = (machine.Number(Name), machine.Number(ConntrackCount) ?? 0);
        var needed = used + Math.Max(needs.Open, needs.Tracked ?? needs.Open);
        if (present is not { } max)
        {
            return machine.Setting(Range) is null || machine.Unseen.Any(note => note.StartsWith(Name, StringComparison.Ordinal))
                ? Check.Unseen(Name, Check.Machine, $"{needed}", machine.WhyUnseen(Name), $"sysctl {Name}")
                : Check.Ok(Name, Check.Machine, null, null, "this machine tracks no connections: nf_conntrack is not loaded");
        }

        if (max >= needed)
        {
            return Check.Ok(Name, Check.Machine, $"{max}", $"{needed}", $"the firewall tracks {used.Of("connection")} now");
        }

        var sentence = $"the firewall tracks {used.Of("connection")} now and {max.Text()} at most. "
            + $"The run would bring it to {needed.Text()}{(needs.Tracked > needs.Open ? ", recently closed ones included" : "")}, "
            + "and it drops all above the limit";
        var remedies = TroubleRemedies.Conntrack(max, needed);

        // An empty table may mean that nf_conntrack is loaded without a rule that needs it.
        return used > 0 && max < used + needs.Open
            ? Check.Fail(Name, Check.Machine, $"{max}", $"{needed}", sentence, remedies)
            : Check.Warn(Name, Check.Machine, $"{max}", $"{needed}", used > 0 ? sentence : $"if it tracks at all: {sentence}", remedies);
    }
}
