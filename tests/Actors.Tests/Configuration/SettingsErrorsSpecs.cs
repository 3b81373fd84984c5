using ActorLoad.Actors.Tests.Runs;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public class SettingsErrorsSpecs
{
    [Theory]
    // Unknown keys.
    [InlineData("load = [ { conections = 5 } ]", "load[0].conections: unknown key \"conections\"; did you mean \"connections\"?")]
    [InlineData("connection.keepAlive = on", "connection.keepAlive: unknown key \"keepAlive\"; did you mean \"keep-alive\"?")]
    [InlineData("hold = 1s", "hold: unknown key \"hold\"; did you mean \"connection.hold\"?")]
    [InlineData("metrics.zzz = 1", "metrics.zzz: unknown key \"zzz\"; known here: interval")]
    [InlineData("supervision.succeeded.directive = stop", "supervision.succeeded: unknown key \"succeeded\"; known here: ")]
    [InlineData("metrics.\"a\\nb\" = 1", "metrics.\"a\\nb\": unknown key \"a\\nb\"; known here: interval")]
    // Wrong types.
    [InlineData("connection = 5", "connection: a single value where an object should be; { setup, script, repeat, ")]
    [InlineData("load = 5", "load: a single value where a list should be; a list of phases such as [ { connections = 5 } ]")]
    [InlineData("load = [ 5 ]", "load[0]: a single value where an object should be; { name, shape, ")]
    [InlineData("load = []", "load: 0 phases; 1 to 1000")]
    [InlineData("connection.hold = [1s]", "connection.hold: a list does not fit here; a duration from 0s to 1d, such as 10s")]
    [InlineData("connection.hold = null", "connection.hold: null does not fit here; a duration")]
    [InlineData("connection.script = PING", "connection.script: a single value where a list should be; a list such as [\"PING\", ")]
    [InlineData("connection.script = [[PING]]", "connection.script[0]: a list where a text or an object should be; a list such as [\"PING\", { send = ")]
    [InlineData("connection.max-open = many", "connection.max-open: \"many\" is not a whole number; a whole number from 1 to 1000000")]
    [InlineData("connection.max-open = 15e-1", "connection.max-open: \"15e-1\" is not a whole number; ")]
    [InlineData("connection.max-open = 1e-30", "connection.max-open: \"1e-30\" is not a whole number; ")]
    [InlineData("connection.max-open = 1e9", "connection.max-open: 1000000000 is out of range; ")]
    [InlineData("load { first = {} }", "load: an object where a list should be; ")]
    [InlineData("load { 0 = {}, first = {} }", "load.first: a name among the numbers of a list; only 0, 1, 2 ...")]
    [InlineData("connection.max-open = 1.5", "connection.max-open: \"1.5\" is not a whole number; ")]
    [InlineData("connection.no-delay = 1", "connection.no-delay: \"1\" is not on or off; on or off")]
    [InlineData("connection.close = slam", "connection.close: \"slam\" is not known; one of abort, graceful")]
    [InlineData("connection { close = quit, script = [PING, QUIT] }", "connection.close: close = quit sends QUIT, and the script ends with QUIT too; QUIT in one of them")]
    [InlineData("connection { reuse = between-bursts, script = [QUIT] }", "connection.reuse: reuse = between-bursts, and the server closes each connection after its QUIT; a script without QUIT")]
    [InlineData("connection.reuse = between-bursts, load = [ { name = day, shape = rate, rate = 5/s, duration = 1s } ]", "connection.reuse: reuse = between-bursts, and phase \"day\" has shape = rate; reuse = none, or phases of shape = bursts and pause alone")]
    [InlineData("connection.reuse = between-burst", "connection.reuse: \"between-burst\" is not known (did you mean \"between-bursts\"?); one of none, between-bursts")]
    [InlineData("connection.pool.max-idle = 0", "connection.pool.max-idle: 0 is out of range; a whole number from 1 to 1000000")]
    [InlineData("fleets = [ { name = a, connection.reuse = between-bursts, load = [ { shape = population, connections = 5, duration = 1s } ] } ]", "fleets[0].connection.reuse: reuse = between-bursts, and phase \"storm\" has shape = population; ")]
    [InlineData("connection.close-timeout = 0s", "connection.close-timeout: \"0s\" is out of range; from 1ms to 1h")]
    [InlineData("connection.keep-alive-period = 15s", "connection.keep-alive-period: a period without keep-alive = on; keep-alive = on, or ")]
    [InlineData("connection { keep-alive = on, keep-alive-period = 1.5s }", "connection.keep-alive-period: the kernel counts whole seconds; 0s, or 1s to 32767s")]
    [InlineData("connection.user-timeout = 1500micros", "connection.user-timeout: the kernel counts whole milliseconds; 0s, or 1ms to 1h")]
    [InlineData("connection.socket-send-buffer = 1GiB", "connection.socket-send-buffer: \"1GiB\" is out of range; from 0B to 64MiB")]
    [InlineData("connection { fast-open = on, script = [] }", "connection.fast-open: the SYN waits for the first command, and the script is empty; off, or ")]
    [InlineData("transport.kind = io_uring", "transport.kind: \"io_uring\" is not known (did you mean \"io-uring\"?); one of ")]
    [InlineData("connection.close = gracefull", "connection.close: \"gracefull\" is not known (did you mean \"graceful\"?); one of abort, graceful")]
    [InlineData("load = [ { pacing = slow } ]", "load[0].pacing: \"slow\" is not known; one of after-burst, fixed")]
    [InlineData("load = [ { shape = wave } ]", "load[0].shape: \"wave\" is not known; one of bursts, rate, ramp, steps, spike, sine, replay, pause, population")]
    [InlineData("load = [ { shape = rmap } ]", "load[0].shape: \"rmap\" is not known (did you mean \"ramp\"?)")]
    [InlineData("load = [ { shape = rate, rate = 5/s } ]", "load[0].shape: shape = rate also needs duration; duration = 10s")]
    [InlineData("load = [ { shape = ramp } ]", "load[0].shape: shape = ramp also needs from, to, over; from = \"500/s\", to = \"500/s\", over = 10s")]
    [InlineData("load = [ { shape = rate, rate = 5, duration = 1s } ]", "load[0].rate: \"5\" has no unit of time; a number and one of the units /ms, /s, /m, /h")]
    [InlineData("load = [ { shape = rate, rate = 5/d, duration = 1s } ]", "load[0].rate: \"/d\" is not a unit; a number and one of")]
    [InlineData("load = [ { shape = rate, rate = -5/s, duration = 1s } ]", "load[0].rate: \"-5\" is not a number; a number and one of")]
    [InlineData("load = [ { shape = rate, rate = 0/s, duration = 1s } ]", "load[0].rate: \"0/s\" is out of range; above 0/s, at most 1000000/s")]
    [InlineData("load = [ { shape = rate, rate = 5000000/s, duration = 1s } ]", "load[0].rate: \"5000000/s\" is out of range")]
    [InlineData("load = [ { shape = rate, rate = 400000/s, duration = 30d } ]", "load[0].shape: shape = rate makes 1036800000000 connections; at most 2147483647 in one phase")]
    [InlineData("load = [ { shape = rate, rate = 5/s, duration = 1s, gap = 1s } ]", "load[0].gap: shape = rate has no \"gap\"; rate, duration, arrivals; \"gap\" is for shape = bursts")]
    [InlineData("load = [ { rate = 5/s } ]", "load[0].rate: shape = bursts has no \"rate\"; connections, gap, duration, count, pacing")]
    [InlineData("load = [ { shape = ramp, from = 5/s, to = 5/s, over = 1s } ]", "load[0].to: a ramp from 5/s to 5/s goes nowhere; another rate, or shape = rate")]
    [InlineData("load = [ { shape = ramp, from = 0/s, to = 5/s, over = 1s, curve = exponential } ]", "load[0].from: an exponential ramp has no rate of 0; a rate above 0")]
    [InlineData("load = [ { shape = steps, from = 1/s, to = 9/s, by = -1/s, each = 1s } ]", "load[0].by: \"-1\" is not a number")]
    [InlineData("load = [ { shape = steps, from = 1/s, to = 900000/s, by = 1/s, each = 1s } ]", "load[0].by: 1/s makes 899999 steps; a larger step")]
    [InlineData("load = [ { shape = spike, base = 5/s, peak = 5/s, rise = 1s, hold = 1s, fall = 1s } ]", "load[0].peak: a peak of 5/s is not above the base of 5/s")]
    [InlineData("load = [ { shape = spike, base = 5/s, peak = 9/s, rise = 0s, hold = 0s, fall = 0s } ]", "load[0].rise: rise, hold and fall take less than 1ms together")]
    [InlineData("load = [ { shape = sine, mean = 5/s, amplitude = 6/s, period = 1s, duration = 1s } ]", "load[0].amplitude: an amplitude of 6/s takes the rate below 0; at most the mean, 5/s")]
    [InlineData("load = [ { shape = population } ]", "load[0].shape: shape = population also needs connections, duration; connections = 2000, duration = 10s")]
    [InlineData("load = [ { shape = population, connections = 500, duration = 10s, open-rate = 10/s } ]", "load[0].open-rate: 500 connections at 10/s take 50s, longer than the phase")]
    [InlineData("load = [ { shape = population, connections = 5, duration = 10s, recycle { at = 10s, share = 0.5 } } ]", "load[0].recycle: at = 10s comes after the end of the phase; less than the duration, 10s")]
    [InlineData("load = [ { shape = population, connections = 5, duration = 10s, recycle.share = 2 } ]", "load[0].recycle.share: \"2\" is out of range; a number from 0 to 1")]
    [InlineData("load = [ { shape = population, connections = 5, duration = 10s, repeat = 2 } ]", "load[0].repeat: a population that begins again while its connections are open")]
    [InlineData("load = [ { shape = population, connections = 1000000, duration = 1h, open-rate = 0.001/h } ]", "load[0].open-rate: 1000000 connections at 0.001/h take ")]
    [InlineData("load = [ { lifetime = 5s } ]", "load[0].lifetime: shape = bursts has no \"lifetime\"")]
    [InlineData("load = [ { repeat = 0 } ]", "load[0].repeat: 0 is out of range")]
    [InlineData("phase-defaults.shape = wave", "phase-defaults.shape: \"wave\" is not known; one of bursts, rate,")]
    [InlineData("supervision.breaker.failure-ratio = lots", "supervision.breaker.failure-ratio: \"lots\" is not a number; a number above 0, at most 1")]
    // Units.
    [InlineData("connection.hold = 10", "connection.hold: \"10\" has no unit; a number with one of the units ns, micros, ms, s, m, h, d, such as 10s")]
    [InlineData("connection.hold = 0", "connection.hold: \"0\" has no unit; a number")]
    [InlineData("connection.hold = 500us", "connection.hold: unknown unit \"us\" (write \"micros\"); a number")]
    [InlineData("connection.hold = 5 seconds", "connection.hold: unknown unit \"seconds\" (write \"s\"); a number")]
    [InlineData("connection.hold = 5parsecs", "connection.hold: unknown unit \"parsecs\"; a number")]
    [InlineData("connection.hold = -5s", "connection.hold: \"-5s\" is not a number with a unit; a number")]
    [InlineData("connection.hold = 1.2.3s", "connection.hold: \"1.2.3s\" is not a number with a unit; a number")]
    [InlineData("connection.hold = 10ns", "connection.hold: \"10ns\" is too short for a clock that counts in 100ns; a number")]
    [InlineData("connection.hold = 9999999999999999d", "connection.hold: \"9999999999999999d\" is too long; a number")]
    [InlineData("connection.receive-buffer = 512", "connection.receive-buffer: \"512\" has no unit; a whole number with one of the units B, KiB, MiB, GiB")]
    [InlineData("connection.receive-buffer = 1kb", "connection.receive-buffer: unknown unit \"kb\" (write \"KiB\"); a whole number")]
    [InlineData("connection.receive-buffer = 64.5B", "connection.receive-buffer: \"64.5B\" is not a whole number of bytes in range; ")]
    // Ranges.
    [InlineData("connection.hold = 2d", "connection.hold: \"2d\" is out of range; from 0s to 1d")]
    [InlineData("connection.connect-timeout = 0s", "connection.connect-timeout: \"0s\" is out of range; from 1ms to 1h")]
    [InlineData("connection.receive-buffer = 65KiB", "connection.receive-buffer: \"65KiB\" is out of range; from 64B to 64KiB")]
    [InlineData("connection.max-open = 0", "connection.max-open: 0 is out of range; a whole number from 1 to 1000000")]
    [InlineData("connection.max-open = 99999999999999999999", "connection.max-open: 99999999999999999999 is out of range; ")]
    [InlineData("load = [ { connections = -1 } ]", "load[0].connections: -1 is out of range; a whole number from 1 to 1000000")]
    [InlineData("load = [ { duration = 0s } ]", "load[0].duration: \"0s\" is out of range; from 1ms to 30d")]
    [InlineData("transport.loops = 65", "transport.loops: 65 is out of range; auto or a whole number from 1 to 64")]
    [InlineData("transport.loops = some", "transport.loops: \"some\" is not a whole number; auto or")]
    [InlineData("supervision.breaker.failure-ratio = 0", "supervision.breaker.failure-ratio: \"0\" is out of range; a number above 0, at most 1")]
    [InlineData("supervision.reset.backoff.factor = 0.5", "supervision.reset.backoff.factor: \"0.5\" is out of range; a number from 1 to 100")]
    [InlineData("metrics.interval = 99ms", "metrics.interval: \"99ms\" is out of range; from 100ms to 1h")]
    [InlineData("seed = -1", "seed: -1 is out of range; ")]
    // Texts with a form.
    [InlineData("load = [ { name = \"\" } ]", "load[0].name: not a name; 1 to 100 characters on one line")]
    [InlineData("target.endpoints = []", "target.endpoints: 0 endpoints; 1 to 1024")]
    [InlineData("target.endpoints = [localhost]", "target.endpoints[0]: \"localhost\" has no port; HOST:PORT, [IPv6]:PORT, \"unix:/PATH\" or \"embedded\" alone")]
    [InlineData("target.endpoints = [\"a:1\", \"a:0\"]", "target.endpoints[1]: \"a:0\" has no port from 1 to 65535; ")]
    [InlineData("target.endpoints = [\"::1:6379\"]", "target.endpoints[0]: \"::1:6379\" has more than one colon; an IPv6 address needs brackets; ")]
    [InlineData("target.endpoints = [\"redis://a:1\"]", "target.endpoints[0]: \"redis://a:1\" is a URL; ")]
    [InlineData("target.endpoints = [\"[::1]\"]", "target.endpoints[0]: \"[::1]\" has no port; ")]
    [InlineData("target.endpoints = [\"[::1:6\"]", "target.endpoints[0]: \"[::1:6\" has an open bracket; ")]
    [InlineData("target.endpoints = [\"[a]:1\"]", "target.endpoints[0]: \"[a]:1\" has no usable host; ")]
    [InlineData("target.endpoints = [\":6379\"]", "target.endpoints[0]: \":6379\" has no usable host; ")]
    [InlineData("safety.allowed-targets = [\"10.0.0.0/33\"]", "safety.allowed-targets[0]: \"10.0.0.0/33\" is not a network: the part after the slash")]
    [InlineData("safety.allowed-targets = [\"10.0.0.1/8\"]", "safety.allowed-targets[0]: \"10.0.0.1/8\" has bits behind its prefix (the network is 10.0.0.0/8); ")]
    [InlineData("safety.allowed-targets = [\"10.1\"]", "safety.allowed-targets[0]: \"10.1\" is not a network; an address, a network such as")]
    [InlineData("safety.allowed-targets = [localhost]", "safety.allowed-targets[0]: \"localhost\" is not a network; ")]
    [InlineData("thresholds = [\"success-ratio\"]", "thresholds[0]: ")]
    [InlineData("thresholds = [\"conect.p99 < 1s\"]", "thresholds[0]: unknown metric \"conect.p99\"; did you mean connect.p99?")]
    [InlineData("thresholds = [{ metric = \"conect.p99 < 1s\" }]", "thresholds[0].metric: unknown metric \"conect.p99\"; did you mean connect.p99?")]
    [InlineData("thresholds = [{ abort-on-fail = on }]", "thresholds[0].metric: a threshold is <metric> <op> <value>")]
    [InlineData("thresholds = [{ metric = \"refused == 0\", abort = on }]", "thresholds[0].abort: unknown key \"abort\"; ")]
    [InlineData("thresholds = [{ metric = \"refused == 0\", abort-on-fail = on, after = 10 }]", "thresholds[0].after: \"10\" has no unit; ")]
    [InlineData("thresholds = [{ metric = \"refused == 0\", after = 10s }]", "thresholds[0].after: after without abort-on-fail: the threshold is judged at the end of the run; abort-on-fail = on, or no after")]
    [InlineData("thresholds = [{ metric = \"findings == 0\", abort-on-fail = on }]", "thresholds[0].abort-on-fail: findings is known only at the end of a run, so it cannot end one; abort-on-fail = off")]
    [InlineData("thresholds = [\"bystander.p99 < 1s\"]", "thresholds[0]: unknown metric \"bystander.p99\"; the run has no bystander: observers.bystander.connections = 0")]
    [InlineData("thresholds = [\"endpoints.'127.0.0.1:6380'.refused == 0\"]", "thresholds[0]: unknown metric \"endpoints.'127.0.0.1:6380'.refused\"; did you mean endpoints.\"127.0.0.1:6379\".refused?")]
    [InlineData("thresholds = [refused]", "thresholds[0]: a threshold is <metric> <op> <value>")]
    [InlineData("verdict.allow = [generatr-limited]", "verdict.allow[0]: \"generatr-limited\" cannot be allowed (did you mean \"generator-limited\"?); ")]
    [InlineData("verdict.allow = [aborted]", "verdict.allow[0]: \"aborted\" cannot be allowed; \"generator-limited\"; ")]
    [InlineData("connection.script = [PING, \" \"]", "connection.script[1]: ")]
    [InlineData("connection.script = [{ expect = none }]", "connection.script[0].send: a step without a command; send = \"SUBSCRIBE a b\", and expect = none or replies = 2 beside it")]
    [InlineData("connection.script = [PING, { send = [PING] }]", "connection.script[1].send: a list does not fit here; a text")]
    [InlineData("connection.script = [{ send = \"GET {x}\" }]", "connection.script[0].send: command 1 `GET {x}` has the unknown placeholder {x}; ")]
    [InlineData("connection.script = [{ send = PING, expect = two }]", "connection.script[0].expect: \"two\" is not known; one of auto, none")]
    [InlineData("connection.script = [{ send = PING, replies = -1 }]", "connection.script[0].replies: -1 is out of range; auto or a whole number from 0 to 1000000")]
    [InlineData("connection.script = [{ send = PING, replies = two }]", "connection.script[0].replies: \"two\" is not a whole number; auto or a whole number")]
    [InlineData("connection.script = [{ send = PING, reply = 2 }]", "connection.script[0].reply: unknown key \"reply\"; ")]
    [InlineData("connection.script = [{ send = PING, expect = none, replies = 2 }]", "connection.script[0].expect: expect = none beside replies; one of them: ")]
    [InlineData("daemon.url = \"ftp://127.0.0.1\"", "daemon.url: unknown scheme \"ftp\"; http://ADDRESS:PORT")]
    [InlineData("daemon.url = \"http://127.0.0.1:1/api\"", "daemon.url: more than an address and a port; ")]
    [InlineData("daemon.url = \"http://*:8471\"", "daemon.url: not a URL; ")]
    [InlineData("daemon.token = \"two words\"", "daemon.token: not a token for an HTTP header; ")]
    [InlineData("daemon.results = \" \"", "daemon.results: not a directory; ")]
    [InlineData("daemon.max-body = 1GiB", "daemon.max-body: \"1GiB\" is out of range; from 1KiB to 16MiB")]
    // Contradictions.
    [InlineData("supervision.refused.backoff { min = 5s, max = 1s }", "supervision.refused.backoff.min: min is longer than max; ")]
    [InlineData("supervision.refused.backoff { min = 5s }", "supervision.refused.backoff.min: min is longer than max; ")]
    [InlineData("supervision.refused { max-retries = 0 }", "supervision.refused.max-retries: directive = restart with max-retries = 0 never restarts; ")]
    [InlineData("load = [ { pacing = fixed, gap = 0s } ]", "load[0].gap: pacing = fixed with gap = 0s and a duration has no end of bursts; ")]
    [InlineData("load = [ { pacing = fixed, gap = 1ns00 } ]", "load[0].gap: ")]
    [InlineData("load = [ { pacing = fixed, gap = 1micros } ]", "load[0].gap: duration / gap makes more than 1000000 bursts; ")]
    [InlineData("load = [ { count = 4, duration = 20s } ]", "load[0].count: count and duration in one phase; one of them")]
    [InlineData("phase-defaults { count = 4, duration = 20s }", "phase-defaults.count: count and duration in one phase; one of them")]
    [InlineData("target.endpoints = [embedded, \"a:1\"]", "target.endpoints: \"embedded\" beside other endpoints; ")]
    [InlineData("target.username = bob", "target.username: a username without a password; ")]
    [InlineData("daemon.url = \"http://0.0.0.0:8471\"", "daemon.url: the address is not loopback and there is no token; ")]
    [InlineData("daemon.url = \"http://example.org:8471\"", "daemon.url: the address is not loopback and there is no token; ")]
    [InlineData("phase-defaults.gap = 5, load = [ {}, {}, {} ]", "phase-defaults.gap: \"5\" has no unit; ")]
    public void Mistake_is_one_line_with_file_line_key_and_allowed_values(string key, string error) =>
        Assert.StartsWith($"run.conf:2: {error}", Assert.Single(ErrorsOfKeys(key)), StringComparison.Ordinal);

    [Theory]
    [InlineData("load = [ { pacing = fixed, gap = 0s, count = 3 } ]")]
    [InlineData("load = [ { pacing = after-burst, gap = 0s, duration = 20s } ]")]
    [InlineData("load = [ { count = 0, duration = 20s } ]")]
    [InlineData("load = [ { connections = 50000 } ], connection.max-open = 100")]
    [InlineData("connection.script = []")]
    [InlineData("load.0.count = 1e3, load.1 { connections = 1.0, gap = 1e3ms, duration = 5e-1s }")]
    [InlineData("target.endpoints { 1 = \"b:1\", 0 = \"a:1\" }, supervision.breaker.failure-ratio = 5e-1")]
    [InlineData("connection.script = ${actorload.connection.script} [\"QUIT\"], seed = ${actorload.seed}")]
    [InlineData("connection.hold = 500micros, connection.reply-timeout = \"1.5 s\"")]
    [InlineData("daemon { url = \"http://0.0.0.0:8471\", token = secret }")]
    [InlineData("daemon.url = \"http://[::1]:0\"")]
    [InlineData("daemon.url = \"http://localhost:8471\"")]
    [InlineData("target { username = bob, password = 12345 }")]
    [InlineData("target.endpoints = [\"[::1]:6379\", \"my_host.example-1.org:1\"]")]
    [InlineData("supervision.refused { directive = stop, max-retries = 0 }")]
    [InlineData("safety.allowed-targets = [\"10.1.2.3\", \"::/0\", \"fe80::/10\"]")]
    public void Valid_keys_give_no_error(string keys) => Assert.Empty(ErrorsOfKeys(keys));

    [Fact]
    public void All_errors_are_reported_at_once_by_layer_and_line()
    {
        var errors = Errors(
            "actorload {\n  connection { hold = 5, max-opne = 3 }\n\n  load = [ {}, { conections = 5,\n    gap = -1s } ]\n}\nother = 1\n",
            new OverrideLayer("ACTORLOAD__SEED", "seed", "x"), Set("load.7.gap", "1s"), Set("nope", "1"));

        Assert.Equal(
            [
                "run.conf:2: connection.max-opne", "run.conf:2: connection.hold", "run.conf:4: load[1].conections",
                    "run.conf:5: load[1].gap",
                "run.conf:7: other", "ACTORLOAD__SEED: seed", "--set: load[7]", "--set: nope",
            ],
            errors.Select(error => string.Join(": ", error.Split(": ")[..2])).Order(new SourceOrder()));
        Assert.Equal(errors.Length, errors.Distinct().Count());
        var sources = errors.Select(error => error.Split(": ")[0]).ToArray();
        Assert.Equal(sources.Order(new SourceOrder()), sources);
    }

    [Fact]
    public void First_hundred_errors_are_listed_and_the_others_counted()
    {
        var wrong = Assert.Throws<SettingsException>(() => LoadKeys(string.Concat(Enumerable.Range(0, 5000).Select(index => $"k{index} = 1\n"))));

        Assert.Equal((100, 4900), (wrong.Errors.Count, wrong.More));
        Assert.Equal("k0", wrong.Errors[0].Key);
        Assert.Equal(["run.conf:101: k99: unknown key \"k99\"", "and 4900 more errors"], wrong.Lines.TakeLast(2).Select(line => line.Split(';')[0]));
    }

    [Fact]
    public void Hundred_errors_are_listed_without_a_remaining_count()
    {
        var wrong = Assert.Throws<SettingsException>(() => LoadKeys(string.Concat(Enumerable.Range(0, 100).Select(index => $"k{index} = 1\n"))));

        Assert.Equal((100, 0, 100), (wrong.Errors.Count, wrong.More, wrong.Lines.Count()));
    }

    [Theory]
    [InlineData("target.endpoints = [\"a:1\"]", "target: unknown key \"target\"; keys live under \"actorload\": \"actorload.target\"")]
    [InlineData("actorlod { seed = 1 }", "actorlod: unknown key \"actorlod\"; keys live under \"actorload\"; did you mean \"actorload\"?")]
    [InlineData("akka.loglevel = DEBUG", "akka: unknown key \"akka\"; keys live under \"actorload\"")]
    [InlineData("actorload = 5", "a single value where an object should be; { target, ")]
    public void Text_beside_the_root_object_is_an_error(string text, string error) =>
        Assert.StartsWith($"run.conf:1: {error}", Assert.Single(Errors(text)), StringComparison.Ordinal);

    [Fact]
    public void Every_error_is_one_line_of_bounded_length()
    {
        var errors = Errors($"actorload.connection.hold = \"{new string('x', 5000)}\\n\\r\\u2028\"\nactorload.\"a\\nb\" = 1\n\"{new string('k', 5000)}\" = 1");

        Assert.Equal(3, errors.Length);
        Assert.All(errors, error => Assert.DoesNotContain(error, character => character is '\n' or '\r' or '\u2028'));
        Assert.All(errors, error => Assert.True(error.Length < 400, error));
    }

    [Fact]
    public void Quoted_text_in_an_error_is_one_line()
    {
        var error = ErrorsOfKeys("thresholds = [\"\"\"a\nb\u2028c\"\"\"], connection.script = [\"\"\"\n\"\"\"]");

        Assert.Equal(2, error.Length);
        Assert.All(error, line => Assert.DoesNotContain(line, character => character is '\n' or '\u2028'));
    }

    [Fact]
    public void A_secret_is_never_part_of_an_error()
    {
        var errors = ErrorsOfKeys($"target {{ username = \"\", password = \"hunter2{new string('x', 16 * 1024)}\" }}, daemon.token = \"hunter2 \"");

        Assert.Equal(2, errors.Length);
        Assert.All(errors, error => Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("conections", "connections")]
    [InlineData("MaxOpen", "max-open")]
    [InlineData("max_open", "max-open")]
    [InlineData("hodl", "hold")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    public void Nearest_key_is_suggested_only_if_it_is_near(string unknown, string? nearest) =>
        Assert.Equal(nearest, NearestKey.Find(unknown, ["connections", "max-open", "hold", "script"]));

    private sealed class SourceOrder : IComparer<string>
    {
        // run.conf by line, then the variable, then the options.
        private static (int Layer, int Line) Rank(string text) =>
            text.StartsWith("run.conf:", StringComparison.Ordinal) ? (0, text["run.conf:".Length] - '0')
                : text.StartsWith("--set", StringComparison.Ordinal) ? (2, 0) : (1, 0);

        public int Compare(string? x, string? y) => Rank(x!).CompareTo(Rank(y!));
    }
}
