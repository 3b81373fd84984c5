using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Packaging;

/// <summary>The Debian package, on a copy of this machine's files that only the test sees.</summary>
public sealed class DebianPackageSpecs : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _files = new();

    private static string Package(string architecture) => Packages.PathOf($"actorload_{Packages.Version}_{architecture}.deb");

    public void Dispose() => _files.Dispose();

    /// <remarks>The root is an overlay: what the package adds lies apart, so that what it leaves can be seen. The network is empty. systemd does
    /// not run there; the daemon is started as its unit says, with its command, variables and state directory, as a user without rights.</remarks>
    [DebianPackagesFact]
    public async Task Package_is_installed_starts_its_daemon_and_leaves_nothing()
    {
        var end = await ExpectAsync(
            """
            set -eu
            mount -t tmpfs none "$1"
            mkdir "$1/added" "$1/work" "$1/root"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/added,workdir=$1/work" "$1/root"
            for each in proc dev sys; do mount --rbind "/$each" "$1/root/$each"; done
            ip link set lo up
            cp "$2" "$1/root/actorload.deb"
            cat >"$1/root/steps" <<'END'
            set -eu
            dpkg -i --force-depends /actorload.deb
            unit=/usr/lib/systemd/system/actorload.service
            test -z "$(systemd-analyze verify --man=no $unit 2>&1 | grep actorload)"
            actorload --version
            gzip -dc /usr/share/man/man1/actorload-run.1.gz | man -l - | grep -e --connections >/dev/null
            bash -n /usr/share/bash-completion/completions/actorload
            install -d -o 64123 -g 64123 -m 750 /var/lib/actorload
            cd /var/lib/actorload
            set -- $(sed -n 's/^ExecStart=//p' $unit)
            test "$1" = /usr/bin/actorload
            env -i $(sed -n 's/^Environment=//p' $unit) setpriv --reuid 64123 --regid 64123 --clear-groups --no-new-privs \
                --bounding-set=-all "$@" >/daemon.log 2>&1 &
            tries=0
            until actorload serve --check 2>/dev/null; do
                tries=$((tries + 1))
                kill -0 $! && test $tries -lt 100 || { cat /daemon.log; exit 1; }
            done
            echo "ready as $(stat -c %u /proc/$!)"
            kill -TERM $!
            wait $! || echo "ended with $?"
            cd /
            echo 'ACTORLOAD__DAEMON__TOKEN=secret' >/etc/actorload/environment
            dpkg -r actorload
            test -e /etc/actorload/daemon.conf
            test ! -e /usr/bin/actorload
            dpkg -P actorload
            END
            chroot "$1/root" sh /steps
            rm -f "$1/root/actorload.deb"
            echo "left: $(find "$1/added" -iname '*actorload*' | tr '\n' ' ')."
            """);

        Assert.Contains("ready as 64123\n", end.Stdout, StringComparison.Ordinal);
        Assert.Contains("ended with 130\n", end.Stdout, StringComparison.Ordinal);
        Assert.Contains("left: .\n", end.Stdout, StringComparison.Ordinal);
    }

    [LintianFact]
    public async Task Lintian_finds_no_error()
    {
        await using var lintian = ChildProcess.Start(
            ["lintian", "--allow-root", "--fail-on", "error", "--display-level", ">=warning", Package("amd64")]);
        (await lintian.ExitAsync(_limit)).Expect();
    }

    private async Task<ProcessResult> ExpectAsync(string script)
    {
        await using var child = ChildProcess.Start(
            ["unshare", "--mount", "--net", "sh", "-c", script, "sh", Directory.CreateDirectory(_files["root"]).FullName, Package("amd64")],
            new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" });
        return (await child.ExitAsync(_limit)).Expect();
    }
}
