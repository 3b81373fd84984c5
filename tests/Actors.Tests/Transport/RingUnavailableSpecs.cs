using ActorLoad.Transport.Uring;
using Xunit;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>Each way in which the kernel refuses a ring has a reason of its own, and a remedy.</summary>
public sealed class RingUnavailableSpecs
{
    private static readonly RingPermission _free = new("0", IsFiltered: false);

    [Theory]
    [InlineData(ENOSYS, "has no io_uring", "run on Linux 6.1 or later")]
    [InlineData(EINVAL, "too old", "Linux 6.1")]
    [InlineData(EPERM, "forbidden here", "kernel.io_uring_disabled")]
    [InlineData(EACCES, "security module", "its policy must allow it")]
    [InlineData(ENOMEM, "no memory", "RLIMIT_MEMLOCK (ulimit -l)")]
    [InlineData(EAGAIN, "at the moment", "try again")]
    [InlineData(EMFILE, "in this process", "RLIMIT_NOFILE (ulimit -n)")]
    [InlineData(ENFILE, "on this machine", "fs.file-max")]
    [InlineData(71, "errno 71", "")]
    public void An_error_number_has_a_reason_and_a_remedy(int error, string reason, string remedy)
    {
        var message = RingUnavailableException.ForSetup(error, _free).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", true, "seccomp profile forbids")]
    [InlineData("", true, "seccomp profile forbids")]
    [InlineData("1", false, "io_uring_disabled is 1")]
    [InlineData("1", true, "io_uring_disabled is 1")]
    [InlineData("2", false, "io_uring_disabled is 2")]
    [InlineData("2", true, "io_uring_disabled is 2")]
    [InlineData("", false, "forbidden here")]
    public void Refused_ring_setup_names_what_forbids_it(string disabled, bool isFiltered, string reason) => Assert.Contains(
        reason, RingUnavailableException.ForSetup(EPERM, new RingPermission(disabled, isFiltered)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ring_errors_have_distinct_messages()
    {
        int[] errors = [ENOSYS, EINVAL, EPERM, EACCES, ENOMEM, EAGAIN, EMFILE, ENFILE, 71];
        Assert.Equal(errors.Length, errors.Select(error => RingUnavailableException.ForSetup(error, _free).Message).Distinct().Count());
    }
}
