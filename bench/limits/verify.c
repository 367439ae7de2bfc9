/* The limit for verifying: SHA-256 over the same files, read whole, nothing else.
 *
 * Takes the files as arguments and prints the seconds of processor time. Built by
 * muniment.bench.limits. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **names) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    unsigned char digest[32];
    double start = processor_seconds();
    for (int at = 1; at < count; at++) {
        FILE *file = fopen(names[at], "rb");
        if (!file || fseek(file, 0, SEEK_END)) return 1;
        size_t size = (size_t)ftell(file);
        rewind(file);
        unsigned char *data = malloc(size + 1);
        if (!data || fread(data, 1, size, file) != size) return 1;
        EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
        EVP_DigestUpdate(hash, data, size);
        EVP_DigestFinal_ex(hash, digest, NULL);
        free(data);
        fclose(file);
    }
    printf("%.9f\n", processor_seconds() - start);
    return 0;
}
