/*
 * The native reference: the workloads of the Java program in C, with the malloc of the process (glibc's, or one from
 * LD_PRELOAD). Sizes, order and slices are the same as in the Java class that is named beside each part.
 *
 *     reference WORKLOAD glibc|jemalloc|mimalloc WARM_UP_MILLIS SLICES MEMORY_MEGABYTES
 *     reference script MEMBERS                   the checksums of the working sets' scripts
 *
 * Its last line is a JSON object of samples. Exit status 3: the allocator is not there; the last line says why.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UNAVAILABLE 3
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "reference: %s\n", what);
    exit(2);
}

static void *checked(void *block)
{
    if (block == NULL)
        fail("out of memory");
    return block;
}

/* Hides the use of a block from the compiler. */
static inline void touch(void *block, uint64_t value)
{
    *(volatile uint64_t *)block = value;
}

/* Draws */

static uint64_t draws;

static uint64_t draw(void)
{
    uint64_t z = (draws += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int below(int bound)
{
    return (int)(((draw() >> 32) * (uint64_t)bound) >> 32);
}

static int within(int octave)
{
    int least = 16 << octave;
    return least + below(least);
}

static int any_bytes(void)
{
    return within(below(12));
}

static int small_bytes(void)
{
    int one = below(12);
    int other = below(12);
    return within(one < other ? one : other);
}

static int *order_of(int count, uint64_t seed)
{
    int *order = checked(calloc(count, sizeof(int)));
    draws = seed;
    for (int i = 0; i < count; i++) {
        int other = below(i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    return order;
}

/* Script */

struct script {
    int members;
    int steps;
    int *member;
    int *bytes;
};

static struct script script_of(int members, int (*size)(void))
{
    struct script script = {.members = members, .steps = 1};
    while (script.steps <= 10 * members)
        script.steps <<= 1;
    script.member = checked(malloc(script.steps * sizeof(int)));
    script.bytes = checked(malloc(script.steps * sizeof(int)));
    draws = 9;
    for (int i = 0; i < script.steps; i++) {
        script.member[i] = below(members);
        script.bytes[i] = size();
    }
    return script;
}

static int64_t checksum(struct script script)
{
    uint64_t sum = script.members;
    for (int i = 0; i < script.steps; i++) {
        sum = 31 * sum + script.member[i];
        sum = 31 * sum + script.bytes[i];
    }
    return (int64_t)sum;
}

/* Pair */

#define PLACES 64

/* Frees and allocates blocks so that another one of them is freed last than before. */
static void move(void *(*allocate)(void))
{
    void *blocks[PLACES];
    int last = below(PLACES);
    for (int i = 0; i < PLACES; i++) {
        blocks[i] = checked(allocate());
        touch(blocks[i], i);
    }
    for (int i = 0; i < PLACES; i++)
        if (i != last)
            free(blocks[i]);
    free(blocks[last]);
}

static void *block64(void)
{
    return malloc(64);
}

static void *block16k(void)
{
    return malloc(16 << 10);
}

static void *zeroed1k(void)
{
    return calloc(1, 1 << 10);
}

static void pairs(long operations, size_t bytes)
{
    for (long i = 0; i < operations; i++) {
        void *block = malloc(bytes);
        touch(block, i);
        free(block);
    }
}

static void pair64(long operations)
{
    pairs(operations, 64);
}

static void pair16k(long operations)
{
    pairs(operations, 16 << 10);
}

static void zero1k(long operations)
{
    for (long i = 0; i < operations; i++) {
        void *block = calloc(1, 1 << 10);
        touch(block, i);
        free(block);
    }
}

/* WorkingSet */

static struct script set_script;
static void **set_members;
static int set_next;

static void set_up(struct script script)
{
    set_script = script;
    set_members = checked(malloc(script.members * sizeof(void *)));
    for (int i = 0; i < script.members; i++) {
        set_members[i] = checked(malloc(script.bytes[i]));
        touch(set_members[i], i);
    }
}

static void set(long operations)
{
    int step = set_next;
    for (long i = 0; i < operations; i++) {
        int member = set_script.member[step];
        int bytes = set_script.bytes[step];
        step = (step + 1) & (set_script.steps - 1);
        free(set_members[member]);
        void *block = malloc(bytes);
        touch(block, i);
        set_members[member] = block;
    }
    set_next = step;
}

/* Burst */

#define BURST 10000

static int *burst_order;
static void *burst_blocks[BURST];

static void burst(long operations, size_t bytes)
{
    for (long done = 0; done < operations; done += BURST) {
        for (int i = 0; i < BURST; i++) {
            void *block = malloc(bytes);
            touch(block, i);
            burst_blocks[i] = block;
        }
        for (int i = 0; i < BURST; i++)
            free(burst_blocks[burst_order[i]]);
    }
}

static void burst64(long operations)
{
    burst(operations, 64);
}

static void burst1k(long operations)
{
    burst(operations, 1 << 10);
}

/* Handoff, CrossFree */

#define BATCH 256
#define BATCHES 8

static void *ring[BATCHES][BATCH];
static _Alignas(64) _Atomic long filled;
static _Alignas(64) _Atomic long emptied;
static _Alignas(64) _Atomic long ball;

static void rest(int *spins)
{
    if (++*spins > 1000)
        sched_yield();
    else
#if defined(__x86_64__)
        __builtin_ia32_pause();
#else
        atomic_signal_fence(memory_order_seq_cst);
#endif
}

static void *empty_ring(void *unused)
{
    (void)unused;
    for (long next = 0;;) {
        int spins = 0;
        while (atomic_load(&filled) == next && atomic_load(&ball) % 2 == 0)
            rest(&spins);
        if (atomic_load(&filled) == next) {
            atomic_fetch_add(&ball, 1);
            continue;
        }
        for (int i = 0; i < BATCH; i++)
            free(ring[next % BATCHES][i]);
        atomic_store(&emptied, ++next);
    }
    return NULL;
}

static void crossfree(long operations)
{
    for (long done = 0; done < operations; done += BATCH) {
        long next = atomic_load(&filled);
        int spins = 0;
        while (next - atomic_load(&emptied) >= BATCHES)
            rest(&spins);
        void **batch = ring[next % BATCHES];
        for (int i = 0; i < BATCH; i++) {
            void *block = malloc(64);
            touch(block, i);
            batch[i] = block;
        }
        atomic_store(&filled, next + 1);
    }
}

static void start_freeing(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, empty_ring, NULL) != 0)
        fail("no second thread");
}

/* Chase */

#define CHASE_LINE 16
#define CHASE_LINES (1 << 20)
#define CHASE_LOADS 500

static uint32_t *chase_ring;
static volatile uint32_t chase_at;

static int64_t nanos(clockid_t clock);

static void chase_set_up(void)
{
    chase_ring = checked(calloc(CHASE_LINES * CHASE_LINE, sizeof(uint32_t)));
    for (uint32_t line = 0; line < CHASE_LINES; line++)
        chase_ring[line * CHASE_LINE] = ((line * 0x9e3779b5u + 0x7f4a7c15u) & (CHASE_LINES - 1)) * CHASE_LINE;
}

static double chase_nanos(void)
{
    uint32_t next = chase_at;
    int64_t start = nanos(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < CHASE_LOADS; i++)
        next = chase_ring[next];
    chase_at = next;
    return (double)(nanos(CLOCK_THREAD_CPUTIME_ID) - start) / CHASE_LOADS;
}

/* Handoff: the time in which a cache line moves to another processor */

#define BOUNCES 20
#define BOUNCE_ROUNDS 5

static double hop_nanos(void)
{
    double least = 1e9;
    for (int round = 0; round < BOUNCE_ROUNDS; round++) {
        int64_t start = nanos(CLOCK_MONOTONIC);
        for (int i = 0; i < BOUNCES; i++) {
            int spins = 0;
            atomic_fetch_add(&ball, 1);
            while (atomic_load(&ball) % 2 == 1)
                rest(&spins);
        }
        double spent = (double)(nanos(CLOCK_MONOTONIC) - start) / (2 * BOUNCES);
        least = spent < least ? spent : least;
    }
    return least;
}

/*
 * Loop: a workload. The function allocate gives the one block that the loop uses; hop_nanos measures the distance to the other
 * thread. Each is NULL if the workload has none.
 */

struct loop {
    const char *name;
    void (*run)(long);
    long grain;
    clockid_t clock;
    void *(*allocate)(void);
    double (*hop_nanos)(void);
    bool waits_for_memory;
};

/* Yardstick */

#define YARDSTICK_STEPS 20000
#define YARDSTICK_TOLERANCE 1.08
#define YARDSTICK_FAR 2
#define YARDSTICK_PATIENCE 4
#define YARDSTICK_LOADS 4096

static volatile uint64_t yardstick_sink;
static int64_t yardstick_best = INT64_MAX;
static double yardstick_nearest = 1e9;
static bool yardstick_was_calm;
static long yardstick_dropped;
static double yardstick_loads[YARDSTICK_LOADS];
static int yardstick_load_count;

/* Keeps the compiler from combining steps. */
static void step(uint64_t *value, int shift, uint64_t i)
{
    *value += (*value >> shift) ^ i;
    __asm__ volatile("" : "+r"(*value));
}

static bool yardstick_is_calm(const struct loop *loop)
{
    if (loop->waits_for_memory && yardstick_load_count < YARDSTICK_LOADS)
        yardstick_loads[yardstick_load_count++] = chase_nanos();
    double hop = loop->hop_nanos != NULL ? loop->hop_nanos() : 0;
    if (hop < yardstick_nearest)
        yardstick_nearest = hop;
    int64_t start = nanos(CLOCK_THREAD_CPUTIME_ID);
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    for (uint64_t i = 0; i < YARDSTICK_STEPS; i++) {
        step(&a, 3, i);
        step(&b, 5, i);
        step(&c, 7, i);
        step(&d, 2, i);
        step(&e, 4, i);
        step(&f, 6, i);
    }
    yardstick_sink = a + b + c + d + e + f;
    int64_t spent = nanos(CLOCK_THREAD_CPUTIME_ID) - start;
    if (spent < yardstick_best)
        yardstick_best = spent;
    return spent <= yardstick_best * YARDSTICK_TOLERANCE && hop <= yardstick_nearest * YARDSTICK_FAR;
}

static void yardstick_lay(const struct loop *loop)
{
    yardstick_was_calm = yardstick_is_calm(loop);
}

static bool yardstick_counts(const struct loop *loop, long slices)
{
    bool before = yardstick_was_calm;
    yardstick_was_calm = yardstick_is_calm(loop);
    return (before && yardstick_was_calm) || ++yardstick_dropped > slices * YARDSTICK_PATIENCE;
}

/* Sampling */

static int64_t nanos(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int by_value(const void *left, const void *right)
{
    double one = *(const double *)left;
    double other = *(const double *)right;
    return (one > other) - (one < other);
}

static double median(double *values, int count)
{
    qsort(values, count, sizeof(double), by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static long whole(double operations, long grain)
{
    return ((long)operations + grain - 1) / grain * grain;
}

static double yardstick_usual_load(void)
{
    return yardstick_load_count > 0 ? median(yardstick_loads, yardstick_load_count) : 0;
}

static void move_if_same(const struct loop *loop)
{
    if (loop->allocate != NULL)
        move(loop->allocate);
}

static void sample(const struct loop *loop, int millis, int slices)
{
    int64_t end = nanos(CLOCK_MONOTONIC) + millis * INT64_C(1000000);
    long operations = whole(2000, loop->grain);
    do {
        yardstick_lay(loop);
        move_if_same(loop);
        int64_t start = nanos(loop->clock);
        loop->run(operations);
        int64_t spent = nanos(loop->clock) - start;
        double next = (double)operations * 1e6 / (spent > 0 ? spent : 1);
        operations = whole(next < 100 ? 100 : next > 1e6 ? 1e6 : next, loop->grain);
    } while (nanos(CLOCK_MONOTONIC) < end);
    double *values = checked(malloc(slices * sizeof(double)));
    yardstick_lay(loop);
    for (int slice = 0; slice < slices;) {
        move_if_same(loop);
        int64_t start = nanos(loop->clock);
        loop->run(operations);
        values[slice] = (double)(nanos(loop->clock) - start) / operations;
        if (yardstick_counts(loop, slices))
            slice++;
    }
    printf("{\"%s\":{\"value\":%.4f,\"heapBytes\":0,\"loadNanos\":%.4f}}\n", loop->name, median(values, slices),
           yardstick_usual_load());
}

/* Footprint, MemoryTrace */

static const char *allocator;

static void purge(const char *name)
{
    int (*mallctl)(const char *, void *, size_t *, void *, size_t) = dlsym(RTLD_DEFAULT, "mallctl");
    if (mallctl(name, NULL, NULL, NULL, 0) != 0)
        fail("mallctl failed");
}

static void trim(void)
{
    if (strcmp(allocator, "jemalloc") == 0) {
        purge("thread.tcache.flush");
        purge("arena.4096.purge");
    } else if (strcmp(allocator, "mimalloc") == 0) {
        void (*collect)(bool) = dlsym(RTLD_DEFAULT, "mi_collect");
        collect(true);
    } else {
        int (*malloc_trim)(size_t) = dlsym(RTLD_DEFAULT, "malloc_trim");
        malloc_trim(0);
    }
}

/* The stream has a static buffer, so that reading allocates almost nothing. */
static int64_t resident(void)
{
    static char buffer[4096];
    char line[256];
    long kilobytes = -1;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    if (file == NULL) {
        puts("no /proc/self/smaps_rollup on this system");
        exit(UNAVAILABLE);
    }
    setvbuf(file, buffer, _IOFBF, sizeof(buffer));
    while (kilobytes < 0 && fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, "Rss: %ld", &kilobytes) != 1)
            kilobytes = -1;
    fclose(file);
    if (kilobytes < 0)
        fail("no Rss in smaps_rollup");
    return (int64_t)kilobytes << 10;
}

struct trace {
    struct script script;
    void **blocks;
    int *bytes;
    int64_t live;
};

static void trace_malloc(struct trace *trace, int member, int bytes)
{
    trace->blocks[member] = checked(malloc(bytes));
    memset(trace->blocks[member], 1, bytes);
    trace->bytes[member] = bytes;
    trace->live += bytes;
}

static void trace_free(struct trace *trace, int member)
{
    free(trace->blocks[member]);
    trace->live -= trace->bytes[member];
}

static double part(int64_t of, int64_t whole)
{
    return (double)of / (whole > 0 ? whole : 1);
}

static void memory(int megabytes)
{
    int members = (megabytes << 20) / (8 << 10);
    struct trace trace = {.script = script_of(members, any_bytes)};
    int *order = order_of(members, 11);
    trace.blocks = checked(malloc(members * sizeof(void *)));
    trace.bytes = checked(malloc(members * sizeof(int)));
    memset(trace.blocks, 1, members * sizeof(void *));
    memset(trace.bytes, 1, members * sizeof(int));
    int64_t base = resident();
    for (int member = 0; member < members; member++)
        trace_malloc(&trace, member, trace.script.bytes[member]);
    int64_t filled_bytes = resident() - base;
    double fill = part(filled_bytes, trace.live);
    for (int i = 0, step = 0; i < 10 * members; i++) {
        trace_free(&trace, trace.script.member[step]);
        trace_malloc(&trace, trace.script.member[step], trace.script.bytes[step]);
        step = (step + 1) & (trace.script.steps - 1);
    }
    int64_t churned = resident() - base;
    double churn = part(churned, trace.live);
    int64_t peak = filled_bytes > churned ? filled_bytes : churned;
    int kept = members / 10;
    for (int i = kept; i < members; i++)
        trace_free(&trace, order[i]);
    trim();
    int64_t sparse = resident() - base;
    double sparse_live = part(sparse, trace.live);
    for (int i = 0; i < kept; i++)
        trace_free(&trace, order[i]);
    trim();
    int64_t left = resident() - base;
    printf("{\"rss-fill\":{\"value\":%.4f,\"heapBytes\":0},\"rss-churn\":{\"value\":%.4f,\"heapBytes\":0},"
           "\"rss-sparse\":{\"value\":%.4f,\"heapBytes\":0},\"rss-sparse-peak\":{\"value\":%.4f,\"heapBytes\":0},"
           "\"rss-free\":{\"value\":%.4f,\"heapBytes\":0}}\n",
           fill, churn, sparse_live, 100 * part(sparse, peak), 100 * part(left, peak));
}

/* Workload */

static const struct loop loops[] = {
    {"pair64", pair64, 1, CLOCK_THREAD_CPUTIME_ID, .allocate = block64},
    {"pair16k", pair16k, 1, CLOCK_THREAD_CPUTIME_ID, .allocate = block16k},
    {"zero1k", zero1k, 1, CLOCK_THREAD_CPUTIME_ID, .allocate = zeroed1k},
    {"set10k", set, 1, CLOCK_THREAD_CPUTIME_ID},
    {"set100k", set, 1, CLOCK_THREAD_CPUTIME_ID, .waits_for_memory = true},
    {"burst64", burst64, BURST, CLOCK_THREAD_CPUTIME_ID},
    {"burst1k", burst1k, BURST, CLOCK_THREAD_CPUTIME_ID},
    {"crossfree", crossfree, BATCH, CLOCK_MONOTONIC, .hop_nanos = hop_nanos},
};

/* Fails if the preloaded library was not loaded: the loader ignores it then. */
static void expect_allocator(void)
{
    const char *symbol = strcmp(allocator, "jemalloc") == 0   ? "mallctl"
                         : strcmp(allocator, "mimalloc") == 0 ? "mi_collect"
                                                              : "malloc";
    if (dlsym(RTLD_DEFAULT, symbol) == NULL) {
        printf("%s is not installed or cannot be loaded\n", allocator);
        exit(UNAVAILABLE);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "script") == 0) {
        int members = atoi(argv[2]);
        printf("%" PRId64 " %" PRId64 "\n", checksum(script_of(members, any_bytes)),
               checksum(script_of(members, small_bytes)));
        return 0;
    }
    if (argc != 6)
        fail("usage: reference WORKLOAD ALLOCATOR WARM_UP_MILLIS SLICES MEMORY_MEGABYTES");
    const char *workload = argv[1];
    allocator = argv[2];
    expect_allocator();
    if (strcmp(workload, "memory") == 0) {
        memory(atoi(argv[5]));
        return 0;
    }
    for (size_t i = 0; i < COUNT(loops); i++) {
        const struct loop *loop = &loops[i];
        if (strcmp(loop->name, workload) != 0)
            continue;
        if (strcmp(workload, "set10k") == 0)
            set_up(script_of(10000, any_bytes));
        if (strcmp(workload, "set100k") == 0)
            set_up(script_of(100000, small_bytes));
        if (loop->run == crossfree)
            start_freeing();
        if (loop->waits_for_memory)
            chase_set_up();
        burst_order = order_of(BURST, 10);
        sample(loop, atoi(argv[3]), atoi(argv[4]));
        return 0;
    }
    fail("no such workload");
}
