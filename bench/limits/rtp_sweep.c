/* The limit of a recorder that may batch: a socket for each stream, a sweep of recvmmsg every so many ms, and the
   payloads written to one file for each call. It parses nothing, orders nothing, seals and syncs nothing.

   rtp_sweep folder streams milliseconds   prints the ports on one line; at the end of standard input, or after a
   word on it, one line: datagrams, and seconds of processor time since the last word. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define SLOT 2048
#define MOST 16384

static int sockets[MOST], files[MOST / 2 + 1];
static char slots[BATCH][SLOT];

static double spent(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int open_socket(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = 1 << 20;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&here, sizeof here)) { perror("socket"); exit(1); }
    return descriptor;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int streams = atoi(words[2]);
    long pause = atol(words[3]) * 1000000;
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    for (int at = 0; at < streams; at++) {
        struct sockaddr_in here;
        socklen_t length = sizeof here;
        sockets[at] = open_socket();
        getsockname(sockets[at], (struct sockaddr *)&here, &length);
        printf("%d ", ntohs(here.sin_port));
        if (at % 2 == 0) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%d", words[1], at / 2);
            files[at / 2] = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        }
    }
    printf("\n");
    fflush(stdout);
    struct mmsghdr messages[BATCH];
    struct iovec in[BATCH], out[BATCH];
    memset(messages, 0, sizeof messages);
    for (int at = 0; at < BATCH; at++) {
        in[at] = (struct iovec){slots[at], SLOT};
        messages[at].msg_hdr.msg_iov = &in[at];
        messages[at].msg_hdr.msg_iovlen = 1;
    }
    long total = 0;
    double before = spent();
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (;;) {
        for (int at = 0; at < streams; at++) {
            int found;
            do {
                found = recvmmsg(sockets[at], messages, BATCH, MSG_DONTWAIT, NULL);
                for (int each = 0; each < found; each++)
                    out[each] = (struct iovec){slots[each] + 12, messages[each].msg_len - 12};
                if (found > 0) {
                    total += found;
                    if (writev(files[at / 2], out, found) < 0) { perror("writev"); return 1; }
                }
            } while (found == BATCH);
        }
        struct pollfd asked = {.fd = 0, .events = POLLIN};
        char word[64];
        if (poll(&asked, 1, 0) > 0) {
            ssize_t length = read(0, word, sizeof word);
            printf("%ld %.6f\n", total, spent() - before);
            fflush(stdout);
            if (length <= 0) return 0;
            total = 0;
            before = spent();
        }
        next.tv_nsec += pause;
        if (next.tv_nsec >= 1000000000) { next.tv_nsec -= 1000000000; next.tv_sec++; }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
}
