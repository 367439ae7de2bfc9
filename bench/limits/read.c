/* The limit for reading a record: one write and fdatasync (the ledger comes first), then pread, AES-256-GCM
 * and zstd.
 *
 * Takes the pack and a file to sync; reads from standard input, for each record: offset in 8 bytes, length of
 * head and of ciphertext in 4 each, all little-endian, and the key in 32. Prints the seconds for all. Built by
 * muniment.bench.limits. */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Declared here, so that the library suffices where its header is not installed; stable since 1.3. */
unsigned long long ZSTD_getFrameContentSize(const void *from, size_t size);
size_t ZSTD_decompress(void *to, size_t room, const void *from, size_t size);
unsigned ZSTD_isError(size_t code);

enum { COMMITMENT = 32, TAG = 16, ENTRY = 512 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int decrypt(const unsigned char *frame, uint32_t head, uint32_t sealed, const unsigned char *key,
                   unsigned char *clear) {
    const unsigned char nonce[12] = {0};
    const unsigned char *cipher = frame + head + COMMITMENT;
    int written = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int right = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
                EVP_DecryptUpdate(context, NULL, &written, frame, (int)head) == 1 &&
                EVP_DecryptUpdate(context, clear, &written, cipher, (int)(sealed - TAG)) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(cipher + sealed - TAG)) == 1 &&
                EVP_DecryptFinal_ex(context, clear + written, &written) == 1;
    EVP_CIPHER_CTX_free(context);
    return right;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    int pack = open(words[1], O_RDONLY), ledger = open(words[2], O_RDWR | O_CREAT, 0600);
    off_t end = lseek(ledger, 0, SEEK_END);
    struct { uint64_t offset; uint32_t head, sealed; unsigned char key[32]; } ask;
    unsigned char entry[ENTRY] = {0};
    double spent = 0;
    if (pack < 0 || ledger < 0) return 1;
    while (fread(&ask, 1, 48, stdin) == 48) {
        size_t length = ask.head + COMMITMENT + ask.sealed;
        double start = seconds();
        if (pwrite(ledger, entry, ENTRY, end) != ENTRY || fdatasync(ledger)) return 1;
        end += ENTRY;
        unsigned char *frame = malloc(length), *clear = malloc(ask.sealed);
        if (pread(pack, frame, length, (off_t)ask.offset) != (ssize_t)length) return 1;
        if (!decrypt(frame, ask.head, ask.sealed, ask.key, clear)) return 1;
        size_t size = (size_t)ZSTD_getFrameContentSize(clear, ask.sealed - TAG);
        unsigned char *mail = malloc(size + 1);
        if (ZSTD_isError(ZSTD_decompress(mail, size, clear, ask.sealed - TAG))) return 1;
        free(frame);
        free(clear);
        free(mail);
        spent += seconds() - start;
    }
    printf("%.9f\n", spent);
    return 0;
}
