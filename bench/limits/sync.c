/* The limit for one durable act: as many writes as are named, each followed by fdatasync, nothing else.
 *
 * Takes a file, how often to act, and the bytes of each write; prints the seconds for all. Built by
 * muniment.bench.limits. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    int file = open(words[1], O_RDWR | O_CREAT, 0600);
    long acts = atol(words[2]);
    off_t end = lseek(file, 0, SEEK_END);
    if (file < 0 || end < 0) return 1;
    double start = seconds();
    for (long act = 0; act < acts; act++) {
        for (int word = 3; word < count; word++) {
            size_t size = (size_t)atol(words[word]);
            unsigned char *data = calloc(1, size + 1);
            if (!data || pwrite(file, data, size, end) != (ssize_t)size || fdatasync(file)) return 1;
            end += (off_t)size;
            free(data);
        }
    }
    printf("%.9f\n", seconds() - start);
    return 0;
}
