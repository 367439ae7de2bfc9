/* The limit for storing: each document compressed by zstd level 3, nothing else.
 *
 * Reads documents from standard input, each after its length in four little-endian bytes, and prints the
 * bytes of all together. Built by muniment.bench.limits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Declared here, so that the library suffices where its header is not installed; stable since 1.0. */
size_t ZSTD_compressBound(size_t size);
size_t ZSTD_compress(void *to, size_t room, const void *from, size_t size, int level);

int main(void) {
    unsigned char length_bytes[4];
    double total = 0;
    while (fread(length_bytes, 1, 4, stdin) == 4) {
        uint32_t size = length_bytes[0] | length_bytes[1] << 8 | length_bytes[2] << 16 | (uint32_t)length_bytes[3] << 24;
        size_t room = ZSTD_compressBound(size);
        unsigned char *document = malloc(size + 1), *compressed = malloc(room);
        if (!document || !compressed || fread(document, 1, size, stdin) != size) return 1;
        total += (double)ZSTD_compress(compressed, room, document, size, 3);
        free(document);
        free(compressed);
    }
    printf("%.0f\n", total);
    return 0;
}
