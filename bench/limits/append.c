/* The limit for appending to the ledger: SHA-256 of 65 bytes, once for each leaf, nothing else.
 *
 * Takes the number of leaves and prints the seconds of processor time. Built by
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

int main(int count, char **words) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    unsigned char node[65] = {1};
    long leaves = count > 1 ? atol(words[1]) : 0;
    double start = processor_seconds();
    for (long at = 0; at < leaves; at++) {
        EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
        EVP_DigestUpdate(hash, node, sizeof node);
        EVP_DigestFinal_ex(hash, node + 1, NULL);
    }
    printf("%.9f\n", processor_seconds() - start);
    return 0;
}
