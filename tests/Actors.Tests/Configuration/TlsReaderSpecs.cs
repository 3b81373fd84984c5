using ActorLoad.Configuration;
using ActorLoad.Peers.Tls;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>What <c>target.tls</c> refuses before anything is opened.</summary>
public sealed class TlsReaderSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("al-tls-");
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Files_count_from_the_run_file()
    {
        File.Copy(_authority.CertificateFile, Path.Combine(_folder.FullName, "ca.crt"));
        var tls = Load("ca-file = ca.crt, server-name = redis.test").Settings.Target.Credentials.Tls!;
        Assert.Equal(("redis.test", 1, true, true), (tls.ServerName, tls.Authorities!.Count, tls.Resumes, tls.Verifies));
    }

    [Fact]
    public void Nothing_is_spoken_if_it_is_off() =>
        Assert.Null(ConfigLoader.Load([new FileLayer("run.conf", "actorload.seed = 1")]).Settings.Target.Credentials.Tls);

    [Theory]
    [InlineData("ca-file = none.crt", "target.tls.ca-file: ", "cannot be read")]
    [InlineData("ca-file = empty", "no certificate in empty", "a PEM file: -----BEGIN CERTIFICATE-----")]
    [InlineData("ca-file = broken", "a certificate in broken cannot be read", "a PEM file")]
    [InlineData("certificate-file = own.crt", "a certificate without its key", "together, or neither")]
    [InlineData("key-file = own.key", "a key without its certificate", "together, or neither")]
    [InlineData("certificate-file = own.crt, key-file = other.key", "the key in other.key is not that of the certificate in own.crt", "key-file")]
    [InlineData("certificate-file = own.crt, key-file = empty", "the key in empty is not that of the certificate in own.crt", "key-file")]
    [InlineData("certificate-file = own.crt, key-file = locked", "the key in locked needs a passphrase", "openssl pkey")]
    [InlineData("min-version = \"1.1\"", "\"1.1\" is no version of TLS that ActorLoad speaks", "\"1.2\" or \"1.3\"")]
    [InlineData("server-name = \"not a name\"", "\"not a name\" is no host name", "redis.example.com")]
    public void Mistake_is_an_error_with_its_key_and_a_remedy(string keys, string problem, string remedy)
    {
        var (own, other) = (_authority.Ecdsa(), _authority.Rsa());
        File.Copy(own.Certificate, Path.Combine(_folder.FullName, "own.crt"));
        File.Copy(own.Key, Path.Combine(_folder.FullName, "own.key"));
        File.Copy(other.Key, Path.Combine(_folder.FullName, "other.key"));
        Write("empty", "");
        Write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Write("locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");

        var text = string.Join("\n", Assert.Throws<SettingsException>(() => Load(keys)).Errors);
        Assert.Contains(problem, text, StringComparison.Ordinal);
        Assert.Contains(remedy, text, StringComparison.Ordinal);
        Assert.Contains("target.tls.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Embedded_server_speaks_no_TLS() => Assert.Contains(
        "TLS with the embedded server", $"{Assert.Single(Assert.Throws<SettingsException>(() => ConfigLoader.Load(
            [new FileLayer("run.conf", "actorload.target { endpoints = [embedded], tls.enabled = on }")])).Errors)}", StringComparison.Ordinal);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    private LoadedConfiguration Load(string keys) => ConfigLoader.Load(
        [new FileLayer(Path.Combine(_folder.FullName, "run.conf"), $"actorload.target.tls {{ enabled = on, {keys} }}")],
        new NamedFiles(File.OpenRead));
}
