// Preloaded into a process, counts what it allocates, librdkafka's own allocations left out: they are the same whoever
// reads. `allocations_begin` tells where librdkafka lies, `allocations_count` gives the count since then.
#define _GNU_SOURCE
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long allocations;
static atomic_int counting;
static uintptr_t client_start, client_end;

static int find_client(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    (void)data;
    if (!strstr(info->dlpi_name, "librdkafka")) return 0;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        client_start = info->dlpi_addr + header->p_vaddr;
        client_end = client_start + header->p_memsz;
    }
    return 1;
}

void allocations_begin(void) {
    dl_iterate_phdr(find_client, NULL);
    atomic_store(&allocations, 0);
    atomic_store(&counting, 1);
}

long allocations_count(void) { return atomic_load(&allocations); }

static inline void count(const void *caller) {
    if (!atomic_load_explicit(&counting, memory_order_relaxed)) return;
    uintptr_t address = (uintptr_t)caller;
    if (address >= client_start && address < client_end) return;
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    count(__builtin_return_address(0));
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(__builtin_return_address(0));
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count(__builtin_return_address(0));
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count(__builtin_return_address(0));
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : 12;
}
