using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

public sealed class TuningCatalogueSpecs
{
    private static TuningCatalogue Catalogue => TuningCatalogue.BuiltIn;

    [Theory]
    [InlineData("net.ipv4.tcp_tw_reuse", RemedyHost.Client)]
    [InlineData("net.ipv4.ip_local_port_range", RemedyHost.Client)]
    [InlineData("net.core.rmem_max", RemedyHost.Client)]
    [InlineData("net.core.wmem_max", RemedyHost.Client)]
    [InlineData("net.ipv4.tcp_orphan_retries", RemedyHost.Client)]
    [InlineData("net.ipv4.tcp_fin_timeout", RemedyHost.Client)]
    [InlineData("vm.swappiness", RemedyHost.Client)]
    [InlineData("nofile", RemedyHost.Client)]
    [InlineData("net.core.somaxconn", RemedyHost.Server)]
    [InlineData("net.ipv4.tcp_max_syn_backlog", RemedyHost.Server)]
    [InlineData("net.ipv4.tcp_syncookies", RemedyHost.Server)]
    [InlineData("net.core.rmem_max", RemedyHost.Server)]
    [InlineData("net.core.wmem_max", RemedyHost.Server)]
    [InlineData("net.ipv4.tcp_orphan_retries", RemedyHost.Server)]
    [InlineData("net.ipv4.tcp_fin_timeout", RemedyHost.Server)]
    [InlineData("vm.overcommit_memory", RemedyHost.Server)]
    [InlineData("vm.swappiness", RemedyHost.Server)]
    [InlineData(TuningKeys.HugePages, RemedyHost.Server)]
    [InlineData("nofile", RemedyHost.Server)]
    [InlineData("maxclients", RemedyHost.Server)]
    [InlineData("tcp-backlog", RemedyHost.Server)]
    [InlineData("timeout", RemedyHost.Server)]
    [InlineData("tcp-keepalive", RemedyHost.Server)]
    public void Catalogue_has_every_setting_of_the_ancestor_and_more(string key, RemedyHost host) => Assert.NotNull(Catalogue.Find(key, host));

    [Fact]
    public void Each_value_equals_the_value_in_its_file() =>
        Assert.All(Catalogue.Settings, setting => Assert.Equal(SystuneFiles.Value(setting.File, NameInFile(setting)), setting.Value));

    [Fact]
    public void Every_line_of_the_tuning_files_is_a_setting_of_the_catalogue()
    {
        var built = TuningCatalogue.Parse(SystuneFiles.Names.Select(name => (name, SystuneFiles.Text(name))));
        Assert.Equal(built.Settings, Catalogue.Settings);
        Assert.All(SystuneFiles.Names, name =>
            Assert.All(SystuneFiles.Lines(name), line => Assert.Contains(Catalogue.Settings, setting =>
                line.Contains(NameInFile(setting), StringComparison.Ordinal) && line.EndsWith(setting.Value, StringComparison.Ordinal))));
    }

    [Fact]
    public void Each_setting_states_its_meaning_and_its_default() => Assert.All(Catalogue.Settings, setting =>
    {
        Assert.True(setting.Meaning.Length > 20, $"{setting.File}: {setting.Key} has no meaning");
        Assert.True(setting.Default.Length > 0, $"{setting.File}: {setting.Key} has no default");
    });

    [Theory]
    [InlineData("net.ipv4.tcp_fin_timeout", RemedyHost.Server, "does not govern TIME_WAIT")]
    [InlineData("net.ipv4.tcp_fin_timeout", RemedyHost.Client, "does not govern TIME_WAIT")]
    [InlineData("net.ipv4.tcp_tw_reuse", RemedyHost.Client, "closed by RST has no TIME_WAIT")]
    [InlineData("net.ipv4.tcp_max_syn_backlog", RemedyHost.Server, "only if tcp_syncookies is 0")]
    [InlineData("net.ipv4.tcp_syncookies", RemedyHost.Server, "fallback")]
    [InlineData("net.core.rmem_max", RemedyHost.Server, "tcp_rmem")]
    public void Outdated_setting_says_so_frankly(string key, RemedyHost host, string word) =>
        Assert.Contains(word, Catalogue[key, host].Frankly, StringComparison.Ordinal);

    [Fact]
    public void Tuning_files_do_not_set_tcp_tw_recycle_and_say_why()
    {
        Assert.DoesNotContain(Catalogue.Settings, setting => setting.Key.Contains("recycle", StringComparison.Ordinal));
        Assert.Contains("never: tcp_tw_recycle", SystuneFiles.Text(SystuneFiles.Client), StringComparison.Ordinal);
        Assert.Contains("never: tcp_tw_recycle", SystuneFiles.Text(SystuneFiles.Server), StringComparison.Ordinal);
    }

    [Fact]
    public void Client_and_server_settings_agree_for_use_on_one_machine() => Assert.All(Catalogue.Settings.GroupBy(setting => setting.Key), hosts =>
    {
        if (hosts.Key != TuningKeys.Descriptors)
        {
            Assert.Single(hosts.Select(setting => setting.Value).Distinct());
        }
    });

    [Fact]
    public void Values_of_the_catalogue_fit_each_other()
    {
        var server = long.Parse(Catalogue[TuningKeys.Descriptors, RemedyHost.Server].Value, CultureInfo.InvariantCulture);
        Assert.InRange(Catalogue[TuningKeys.MaxClients, RemedyHost.Server].Number, 1, server - 32);
        Assert.InRange(Catalogue[TuningKeys.TcpBacklog, RemedyHost.Server].Number, 1, Catalogue[TuningKeys.SoMaxConn, RemedyHost.Server].Number);
        var ports = TuningSetting.PortCount(Catalogue[TuningKeys.PortRange, RemedyHost.Client].Value);
        Assert.InRange(ports, 28_232, Catalogue[TuningKeys.Descriptors, RemedyHost.Client].Number - 32);
    }

    [Fact]
    public void Descriptor_limits_are_set_for_users_and_root_both_soft_and_hard()
    {
        string[] expected = ["* soft nofile 64000", "* hard nofile 64000", "root soft nofile 64000", "root hard nofile 64000"];
        Assert.Equal(expected, SystuneFiles.Lines(SystuneFiles.Limits).Select(TuningSetting.Chosen));
        Assert.Contains("session required pam_limits.so", SystuneFiles.Text(SystuneFiles.Limits), StringComparison.Ordinal);
    }

    [Fact]
    public void The_drop_ins_of_all_servers_are_the_same() => Assert.Single(
        SystuneFiles.Names.Where(name => name.StartsWith("systune/systemd/", StringComparison.Ordinal)).Select(SystuneFiles.Text).Distinct());

    [Fact]
    public void Recomfixed_run_settings_are_the_defaults()
    {
        var text = SystuneFiles.Text(SystuneFiles.Run);
        Assert.Equal(ConfigLoader.Load([]).Settings.Connection.Socket, ConfigLoader.Load([new FileLayer("run.conf", text)]).Settings.Connection.Socket);
        Assert.All(SystuneFiles.Lines(SystuneFiles.Run), line => Assert.Contains(line.Split('.', ' ')[2], BuiltIn.ReferenceConf, StringComparison.Ordinal));
    }

    [Fact]
    public void Key_in_no_tuning_file_is_an_error_with_its_name() => Assert.Contains(
        "no net.core.somaxconn for the Client",
        Assert.Throws<KeyNotFoundException>(() => Catalogue[TuningKeys.SoMaxConn, RemedyHost.Client]).Message,
        StringComparison.Ordinal);

    private static string NameInFile(TuningSetting setting) => setting switch
    {
        { Key: TuningKeys.Descriptors, Host: RemedyHost.Server } => "LimitNOFILE",
        { Host: RemedyHost.Run } => $"actorload.{setting.Key}",
        _ => setting.Key,
    };
}
