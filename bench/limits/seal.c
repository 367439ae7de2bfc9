/* The limit for sealing: zstd level 1, AES-256-GCM and SHA-256 on the same documents, nothing else.
 *
 * Reads documents from standard input, each after its length in four little-endian bytes, and prints
 * the seconds of processor time for all of them. Built by muniment.bench.limits. */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Declared here, so that the library suffices where its header is not installed; stable since 1.0. */
typedef struct ZSTD_CCtx_s ZSTD_CCtx;
ZSTD_CCtx *ZSTD_createCCtx(void);
size_t ZSTD_compressBound(size_t size);
size_t ZSTD_compressCCtx(ZSTD_CCtx *context, void *to, size_t room, const void *from, size_t size, int level);

static double processor_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(void) {
    ZSTD_CCtx *compressor = ZSTD_createCCtx();
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    const unsigned char nonce[12] = {0};
    unsigned char key[32], tag[16], digest[32], length_bytes[4];
    unsigned char *document = NULL, *compressed = NULL, *sealed = NULL;
    double spent = 0;
    memset(key, 7, sizeof key);
    while (fread(length_bytes, 1, 4, stdin) == 4) {
        uint32_t size = length_bytes[0] | length_bytes[1] << 8 | length_bytes[2] << 16 | (uint32_t)length_bytes[3] << 24;
        size_t room = ZSTD_compressBound(size);
        document = realloc(document, size + 1);
        compressed = realloc(compressed, room);
        sealed = realloc(sealed, room + 16);
        if (!document || !compressed || !sealed || fread(document, 1, size, stdin) != size) return 1;
        double start = processor_seconds();
        size_t packed = ZSTD_compressCCtx(compressor, compressed, room, document, size, 1);
        int written = 0;
        key[0]++; /* a key for each document, as in a vault: the schedule is part of the work */
        EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce);
        EVP_EncryptUpdate(cipher, sealed, &written, compressed, (int)packed);
        EVP_EncryptFinal_ex(cipher, sealed + written, &written);
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, tag);
        EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
        EVP_DigestUpdate(hash, sealed, packed);
        EVP_DigestUpdate(hash, tag, 16);
        EVP_DigestFinal_ex(hash, digest, NULL);
        spent += processor_seconds() - start;
    }
    printf("%.9f\n", spent);
    return 0;
}
