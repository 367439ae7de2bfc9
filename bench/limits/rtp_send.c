/* Sends RTP to many ports as many phones would, and says what a receiver must have kept of it.

   rtp_send key=value…   the ports on standard input
   host, seconds, seed, size (bytes of payload), pace (milliseconds), and per mille: loss, reorder, twice;
   and as 0 or 1: change (of SSRC in the middle), jump (of the timestamp), silence (DTX with comfort
   noise), digits (RFC 4733 events, payload type 101).

   One line for each stream: kept lost duplicates reordered hash, the hash being FNV-1a of the payloads that
   are to be kept, in the order of their sequence numbers. Nothing is lost at a stream's beginning or end,
   where no receiver could know. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 16384
#define LARGEST 1400
#define BATCH 64

typedef struct {
    struct sockaddr_in to;
    uint64_t random, hash;
    uint32_t ssrc, stamp, event_stamp;
    uint16_t sequence;
    long kept, lost, twice, reordered;
    int changed, quiet, event, marker, waits;
    uint8_t waiting[LARGEST + 12];
    int waiting_length;
} Stream;

static Stream streams[MOST];
static uint8_t out[BATCH][LARGEST + 12];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];
static int descriptor, filled;
static long seed = 1, size = 160, pace = 20, seconds = 5, loss, reorder, twice, change, jump, silence, digits;

static uint32_t draw(Stream *stream) { /* splitmix64 */
    uint64_t z = (stream->random += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return (uint32_t)((z ^ (z >> 31)) >> 16);
}

static void flush(void) {
    for (int done = 0; done < filled;) {
        int sent = sendmmsg(descriptor, messages + done, filled - done, 0);
        if (sent < 1) { perror("sendmmsg"); exit(1); }
        done += sent;
    }
    filled = 0;
}

static void push(Stream *stream, const uint8_t *data, int length) {
    if (filled == BATCH) flush();
    memcpy(out[filled], data, length);
    vectors[filled] = (struct iovec){out[filled], length};
    messages[filled].msg_hdr = (struct msghdr){.msg_name = &stream->to, .msg_namelen = sizeof stream->to,
                                               .msg_iov = &vectors[filled], .msg_iovlen = 1};
    filled++;
}

static void packet(Stream *stream, int type, uint32_t stamp, const uint8_t *payload, int length, int safe) {
    uint8_t data[LARGEST + 12] = {0x80, (uint8_t)(type | (stream->marker ? 0x80 : 0))};
    stream->marker = 0;
    uint16_t sequence = htons(stream->sequence++);
    uint32_t word = htonl(stamp), ssrc = htonl(stream->ssrc);
    memcpy(data + 2, &sequence, 2);
    memcpy(data + 4, &word, 4);
    memcpy(data + 8, &ssrc, 4);
    memcpy(data + 12, payload, length);
    if (!safe && draw(stream) % 1000 < (uint32_t)loss) { stream->lost++; return; }
    if (type != 101) {
        for (int at = 0; at < length; at++) stream->hash = (stream->hash ^ payload[at]) * 0x100000001B3ull;
        stream->kept++;
    }
    if (!safe && !stream->waits && draw(stream) % 1000 < (uint32_t)reorder) {
        memcpy(stream->waiting, data, length + 12);
        stream->waiting_length = length + 12;
        stream->waits = 1 + draw(stream) % 3;
        stream->reordered++;
        return;
    }
    push(stream, data, length + 12);
    if (!safe && draw(stream) % 1000 < (uint32_t)twice) { push(stream, data, length + 12); stream->twice++; }
    if (stream->waits && --stream->waits == 0) push(stream, stream->waiting, stream->waiting_length);
}

static void frame(Stream *stream, long number, long frames) {
    uint8_t payload[LARGEST];
    int samples = (int)(pace * 8);
    long middle = frames / 2;
    int safe = number < 4 || number >= frames - 5 || labs(number - middle) < 5;
    if (change && number == middle) {
        stream->ssrc = draw(stream);
        stream->sequence = (uint16_t)draw(stream);
        stream->stamp = draw(stream);
    }
    if (jump && number == frames / 4) stream->stamp += 1000000;
    stream->stamp += samples;
    long turn = number % 100;
    if (silence && turn >= 60 && !safe) {
        if (turn == 60) { payload[0] = 60; packet(stream, 13, stream->stamp, payload, 1, 1); }
        stream->quiet = 1;
        return;
    }
    if (stream->quiet) { stream->quiet = 0; stream->marker = 1; }
    if (digits && turn >= 30 && turn < 36 && !safe) {
        if (turn == 30) { stream->event_stamp = stream->stamp; stream->marker = 1; }
        int last = turn >= 33, steps = last ? 4 : (int)turn - 29;
        uint8_t event[4] = {5, (uint8_t)(last ? 0x8A : 0x0A), (uint8_t)(steps * samples >> 8), (uint8_t)(steps * samples)};
        packet(stream, 101, stream->event_stamp, event, 4, 1);
        return;
    }
    for (long at = 0; at < size; at += 4) { uint32_t word = draw(stream); memcpy(payload + at, &word, 4); }
    packet(stream, 0, stream->stamp, payload, (int)size, safe);
}

int main(int count, char **words) {
    const char *host = "127.0.0.1";
    struct { const char *name; long *value; } known[] = {
        {"seed", &seed}, {"size", &size}, {"pace", &pace}, {"seconds", &seconds}, {"loss", &loss},
        {"reorder", &reorder}, {"twice", &twice}, {"change", &change}, {"jump", &jump},
        {"silence", &silence}, {"digits", &digits}};
    for (int at = 1; at < count; at++) {
        char *value = strchr(words[at], '=');
        if (!value) return 2;
        *value++ = 0;
        if (!strcmp(words[at], "host")) host = value;
        for (size_t each = 0; each < sizeof known / sizeof *known; each++)
            if (!strcmp(words[at], known[each].name)) *known[each].value = atol(value);
    }
    int total = 0, port;
    if (size > LARGEST - 4 || size % 4) return 2;
    while (total < MOST && scanf("%d", &port) == 1) {
        Stream *stream = &streams[total];
        stream->to.sin_family = AF_INET;
        stream->to.sin_port = htons((uint16_t)port);
        inet_pton(AF_INET, host, &stream->to.sin_addr);
        stream->random = (uint64_t)seed * 1000003 + (uint64_t)total++;
        stream->hash = 0xCBF29CE484222325ull;
        stream->ssrc = draw(stream);
        stream->sequence = (uint16_t)draw(stream);
        stream->stamp = draw(stream);
        stream->marker = 1;
    }
    descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    int room = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    long frames = seconds * 1000 / pace;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long tick = 0; tick < frames * pace; tick++) {
        for (int at = (int)(tick % pace); at < total; at += (int)pace) frame(&streams[at], tick / pace, frames);
        flush();
        next.tv_nsec += 1000000;
        if (next.tv_nsec >= 1000000000) { next.tv_nsec -= 1000000000; next.tv_sec++; }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    for (int at = 0; at < total; at++)
        printf("%ld %ld %ld %ld %016llx\n", streams[at].kept, streams[at].lost, streams[at].twice,
               streams[at].reordered, (unsigned long long)streams[at].hash);
    return 0;
}
