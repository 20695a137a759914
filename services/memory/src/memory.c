/* memcpy, memmove, memset, memcmp and bcmp for static programs on x86-64. musl's copy by `rep movsq` whatever the length,
   which takes some 30 cycles before the first byte, and compare one byte at a time.

   Most lengths are short. They are a few loads from both ends, which may overlap, and as many stores. Long ones go 64 bytes
   at a time by SSE2, which every x86-64 has. Wherever it matters everything is loaded before anything is stored, so memcpy
   is memmove. No function calls another: that could be itself. */

#include <stddef.h>
#include <stdint.h>

/* build.rs gives other names where the C library is to keep its own: in tests. */
#ifndef NAMED
#define NAMED(name) name
#endif

typedef unsigned char byte;
/* They may lie anywhere, and be parts of anything. */
typedef uint16_t two __attribute__((aligned(1), may_alias));
typedef uint32_t four __attribute__((aligned(1), may_alias));
typedef uint64_t eight __attribute__((aligned(1), may_alias));
typedef uint64_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));
typedef char letters __attribute__((vector_size(16), aligned(1), may_alias));

#define GET(type, at) (*(const type *)(at))
#define PUT(type, at, value) (*(type *)(at) = (value))
#define ALWAYS static inline __attribute__((always_inline))

/* The first and the last of `type`, for lengths from one to two of them. */
#define COPY_ENDS(type, to, from, n)                       \
  do {                                                     \
    type first = GET(type, from);                          \
    type last = GET(type, (from) + (n) - sizeof(type));    \
    PUT(type, to, first);                                  \
    PUT(type, (to) + (n) - sizeof(type), last);            \
  } while (0)

#define FILL_ENDS(type, to, value, n)                      \
  do {                                                     \
    PUT(type, to, value);                                  \
    PUT(type, (to) + (n) - sizeof(type), value);           \
  } while (0)

typedef struct {
  sixteen a, b, c, d;
} __attribute__((may_alias)) block;
enum { BLOCK = sizeof(block) };

ALWAYS block get_block(const byte *at) {
  return (block){GET(sixteen, at), GET(sixteen, at + 16), GET(sixteen, at + 32), GET(sixteen, at + 48)};
}

ALWAYS void put_block(byte *at, block it) {
  PUT(sixteen, at, it.a);
  PUT(sixteen, at + 16, it.b);
  PUT(sixteen, at + 32, it.c);
  PUT(sixteen, at + 48, it.d);
}

/* More than two blocks, upwards: `to` is below `from`, or far enough above. Stores are aligned but for both ends. */
ALWAYS void copy_up(byte *to, const byte *from, size_t n) {
  sixteen first = GET(sixteen, from);
  block last = get_block(from + n - BLOCK);
  byte *end = to + n - BLOCK;
  size_t skip = 16 - ((uintptr_t)to & 15);
  const byte *source = from + skip;
  for (byte *at = to + skip; at < end; at += BLOCK, source += BLOCK) put_block(at, get_block(source));
  PUT(sixteen, to, first);
  put_block(end, last);
}

/* More than two blocks, downwards: `to` lies within what is copied. */
ALWAYS void copy_down(byte *to, const byte *from, size_t n) {
  block first = get_block(from);
  sixteen last = GET(sixteen, from + n - 16);
  size_t left = n - ((uintptr_t)(to + n) & 15);
  for (; left > BLOCK; left -= BLOCK) put_block(to + left - BLOCK, get_block(from + left - BLOCK));
  PUT(sixteen, to + n - 16, last);
  put_block(to, first);
}

static __attribute__((noinline)) void *copy_long(byte *to, const byte *from, size_t n) {
  if ((uintptr_t)to - (uintptr_t)from >= n) copy_up(to, from, n);
  else copy_down(to, from, n);
  return to;
}

ALWAYS void *copy(byte *to, const byte *from, size_t n) {
  if (n > 2 * BLOCK) return copy_long(to, from, n);
  if (n > BLOCK) COPY_ENDS(block, to, from, n);
  else if (n > 32) {
    sixteen second = GET(sixteen, from + 16), third = GET(sixteen, from + n - 32);
    COPY_ENDS(sixteen, to, from, n);
    PUT(sixteen, to + 16, second);
    PUT(sixteen, to + n - 32, third);
  } else if (n >= 16) COPY_ENDS(sixteen, to, from, n);
  else if (n >= 8) COPY_ENDS(eight, to, from, n);
  else if (n >= 4) COPY_ENDS(four, to, from, n);
  else if (n >= 2) COPY_ENDS(two, to, from, n);
  else if (n) *to = *from;
  return to;
}

void *NAMED(memcpy)(void *restrict to, const void *restrict from, size_t n) { return copy(to, from, n); }
void *NAMED(memmove)(void *to, const void *from, size_t n) { return copy(to, from, n); }

void *NAMED(memset)(void *to, int value, size_t n) {
  byte *at = to;
  uint64_t each = (byte)value * 0x0101010101010101u;
  sixteen many = {each, each};
  if (n > BLOCK) {
    block all = {many, many, many, many};
    byte *end = at + n - BLOCK;
    PUT(sixteen, at, many);
    for (byte *next = at + 16 - ((uintptr_t)at & 15); next < end; next += BLOCK) put_block(next, all);
    put_block(end, all);
  } else if (n > 32) {
    FILL_ENDS(sixteen, at, many, n);
    FILL_ENDS(sixteen, at + 16, many, n - 32);
  } else if (n >= 16) FILL_ENDS(sixteen, at, many, n);
  else if (n >= 8) FILL_ENDS(eight, at, each, n);
  else if (n >= 4) FILL_ENDS(four, at, each, n);
  else if (n >= 2) FILL_ENDS(two, at, each, n);
  else if (n) *at = (byte)value;
  return to;
}

/* Which of sixteen bytes differ, a bit for each. */
ALWAYS unsigned differ(const byte *left, const byte *right) {
  return (unsigned)__builtin_ia32_pmovmskb128(GET(letters, left) == GET(letters, right)) ^ 0xFFFF;
}

/* Of sixteen bytes, as memcmp tells it. */
ALWAYS int first_difference(const byte *left, const byte *right) {
  unsigned found = differ(left, right);
  int at = found ? __builtin_ctz(found) : 0;
  return left[at] - right[at];
}

/* The first byte that differs is the most significant one that does, once the bytes are turned round. */
ALWAYS int order(uint64_t left, uint64_t right) {
  if (left == right) return 0;
  return __builtin_bswap64(left) < __builtin_bswap64(right) ? -1 : 1;
}

/* Four to seven bytes as one number: the last four behind the first four. */
ALWAYS uint64_t ends(const byte *at, size_t n) { return GET(four, at) | (uint64_t)GET(four, at + n - 4) << 32; }

ALWAYS int compare(const byte *left, const byte *right, size_t n) {
  if (n >= 16) {
    for (size_t last = n - 16, at = 0; at < last; at += 16)
      if (differ(left + at, right + at)) return first_difference(left + at, right + at);
    return first_difference(left + n - 16, right + n - 16);
  }
  if (n >= 8) {
    int first = order(GET(eight, left), GET(eight, right));
    return first ? first : order(GET(eight, left + n - 8), GET(eight, right + n - 8));
  }
  if (n >= 4) return order(ends(left, n), ends(right, n));
  for (size_t at = 0; at < n; at++)
    if (left[at] != right[at]) return left[at] - right[at];
  return 0;
}

int NAMED(memcmp)(const void *left, const void *right, size_t n) { return compare(left, right, n); }
int NAMED(bcmp)(const void *left, const void *right, size_t n) { return compare(left, right, n); }
