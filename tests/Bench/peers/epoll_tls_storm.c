// epoll_tls_storm: epoll_storm over TLS, with OpenSSL. One thread, one epoll set.
// Each connection does a handshake, PING, GET, SET one after the other, and closes with linger zero (RST).
// usage: epoll_tls_storm PORT BURST_SIZE BURSTS CA_FILE SERVER_NAME full|resumed
// prints one JSON line: as epoll_storm, and how many sessions were resumed
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *script[] = {
    "*1\r\n$4\r\nPING\r\n",
    "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n",
    "*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n$3\r\n1:1\r\n",
};
enum { STEPS = 3, EVENTS = 1024, CONNECTING, SECURING, USING };

struct connection { SSL *tls; int state, step; };

static SSL_SESSION *last;

static int keep(SSL *tls, SSL_SESSION *session) {
    (void)tls;
    if (last) SSL_SESSION_free(last);
    last = session;
    return 1;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void await(int epoll, int s, unsigned events) {
    struct epoll_event e = {.events = events, .data.fd = s};
    epoll_ctl(epoll, EPOLL_CTL_MOD, s, &e);
}

int main(int argc, char **argv) {
    if (argc != 7) { fprintf(stderr, "usage: %s PORT BURST_SIZE BURSTS CA_FILE SERVER_NAME full|resumed\n", argv[0]); return 2; }
    int port = atoi(argv[1]), size = atoi(argv[2]), bursts = atoi(argv[3]), resumes = strcmp(argv[6], "resumed") == 0;
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(port)};
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static struct connection all[1 << 16];
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC), one = 1;
    struct linger abortive = {1, 0};
    long errors = 0, resumed = 0, total = (long)size * bursts;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_load_verify_locations(context, argv[4], NULL) != 1) { fprintf(stderr, "%s cannot be read\n", argv[4]); return 2; }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    if (resumes) SSL_CTX_sess_set_new_cb(context, keep);
    double started = now(), skew = 0;

    for (int b = 0; b < bursts; b++) {
        int open = 0;
        double due = now();
        for (int i = 0; i < size; i++) {
            int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            if (s < 0) { errors++; continue; }
            setsockopt(s, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
            setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            if (connect(s, (void *)&target, sizeof target) < 0 && errno != EINPROGRESS) { errors++; close(s); continue; }
            struct epoll_event e = {.events = EPOLLOUT, .data.fd = s};
            epoll_ctl(epoll, EPOLL_CTL_ADD, s, &e);
            all[s] = (struct connection){.state = CONNECTING};
            open++;
        }
        skew += now() - due;
        while (open > 0) {
            int n = epoll_wait(epoll, events, EVENTS, 10000);
            if (n == 0) { errors += open; break; }
            for (int i = 0; i < n; i++) {
                int s = events[i].data.fd, failed = 0, finished = 0;
                struct connection *c = &all[s];
                if (events[i].events & (EPOLLERR | EPOLLHUP)) failed = 1;
                if (!failed && c->state == CONNECTING) {
                    c->tls = SSL_new(context);
                    SSL_set_fd(c->tls, s);
                    SSL_set_tlsext_host_name(c->tls, argv[5]);
                    SSL_set1_host(c->tls, argv[5]);
                    if (resumes && last) SSL_set_session(c->tls, last);
                    c->state = SECURING;
                    await(epoll, s, EPOLLIN);
                }
                if (!failed && c->state == SECURING) {
                    int done = SSL_connect(c->tls);
                    if (done == 1) {
                        resumed += SSL_session_reused(c->tls);
                        c->state = USING;
                        failed = SSL_write(c->tls, script[0], strlen(script[0])) <= 0;
                    } else failed = SSL_get_error(c->tls, done) != SSL_ERROR_WANT_READ;
                } else if (!failed && c->state == USING) {
                    char reply[256];
                    int got = SSL_read(c->tls, reply, sizeof reply);
                    if (got > 0) {
                        if (++c->step == STEPS) finished = 1;
                        else failed = SSL_write(c->tls, script[c->step], strlen(script[c->step])) <= 0;
                    } else failed = SSL_get_error(c->tls, got) != SSL_ERROR_WANT_READ;
                }
                if (failed) errors++;
                if (failed || finished) {
                    // Without it OpenSSL forgets the session, as that of a broken connection.
                    if (c->tls) { SSL_set_quiet_shutdown(c->tls, 1); SSL_shutdown(c->tls); SSL_free(c->tls); }
                    close(s);
                    open--;
                }
            }
        }
    }

    double seconds = now() - started;
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double cpu = u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
    printf("{\"peer\":\"epoll-tls\",\"connections\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"conn_per_s\":%.0f,\"cpu_us_per_conn\":%.1f,\"rss_kb\":%ld,\"skew_ms\":%.1f,\"resumed\":%ld}\n",
           total, errors, seconds, total / seconds, cpu / total * 1e6, u.ru_maxrss, skew / bursts * 1e3, resumed);
    return 0;
}
