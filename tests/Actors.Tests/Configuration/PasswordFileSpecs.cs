using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Peers.Requirements;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary><c>target.password-file</c>.</summary>
public sealed class PasswordFileSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("hunter2secret", "hunter2secret")]
    [InlineData("hunter2secret\n", "hunter2secret")]
    [InlineData("hunter2secret\r\n", "hunter2secret")]
    [InlineData(" ${x} \"пароль\" ", " ${x} \"пароль\" ")]
    public void Password_is_the_line_of_its_file_and_is_not_shown(string text, string password)
    {
        var loaded = Load(Write(text));

        Assert.Equal(password, loaded.Settings.Target.Credentials.Password);
        Assert.DoesNotContain("hunter2", loaded.ToHocon(), StringComparison.Ordinal);
        Assert.DoesNotContain(password.Trim(), loaded.Settings.Words.Keep($"it is {password}", 100), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty; a file with the password on one line")]
    [InlineData("\n", "is empty; a file with the password on one line")]
    [InlineData("one\ntwo\n", "has more than one line; ")]
    public void Useless_file_is_an_error_that_names_it(string text, string problem) =>
        Assert.StartsWith($"{_folder}/run.conf:1: target.password-file: {_folder}/redis.password {problem}", Error(Write(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData(16 * 1024, true)]
    [InlineData((16 * 1024) + 1, false)]
    [InlineData(1 << 20, false)]
    public void Password_in_a_file_may_have_16_KiB(int length, bool fits)
    {
        var file = Write(new string('x', length) + "\n");
        Assert.Equal(fits, Errors(() => Load(file)).Length == 0);
    }

    [LinuxTheory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void File_that_others_can_read_is_an_error_with_its_remedy(UnixFileMode others)
    {
        var file = Write("hunter2secret");
        Allow(file, others);

        Assert.EndsWith($"target.password-file: {file} can be read by others; a file of its owner alone: chmod 600 {file}", Error(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_bytes_than_text_are_an_error()
    {
        var file = Write("");
        File.WriteAllBytes(file, [0xff, 0xfe, 0x41]);
        Assert.Contains($"{file} is not UTF-8 text; ", Error(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_is_an_error_and_a_stranger_reads_none()
    {
        Assert.Contains($"target.password-file: {_folder}/redis.password cannot be read: ", Error("redis.password"), StringComparison.Ordinal);
        var stranger = Assert.Single(Errors(() => ConfigLoader.LoadStranger(new FileLayer("body", "actorload.target.password-file = x"), ConfigLoader.Load([]))));
        Assert.Equal("body:1: target.password-file: a run over the API cannot read files of the daemon; a password in the run file", stranger);
    }

    [Fact]
    public void Password_beside_a_file_is_an_error() =>
        Assert.EndsWith(": target.password: a password beside a password-file; one of them", Error(Write("x"), ", password = y"), StringComparison.Ordinal);

    [Fact]
    public void User_with_a_password_file_signs_in()
    {
        var credentials = Load(Write("hunter2"), ", username = me").Settings.Target.Credentials;
        Assert.Equal(["AUTH", "me", "hunter2"], credentials.Auth);
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, "redis.password");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        Allow(path, UnixFileMode.None);
        return path;
    }

    private static void Allow(string path, UnixFileMode others)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        }
    }

    private string Error(string file, string more = "") => Assert.Single(Errors(() => Load(file, more)));

    private LoadedConfiguration Load(string file, string more = "") => ConfigLoader.Load(
        [new FileLayer(Path.Combine(_folder.FullName, "run.conf"), $"actorload.target {{ password-file = \"{Path.GetFileName(file)}\"{more} }}")], new NamedFiles(File.OpenRead));
}
