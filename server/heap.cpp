// How jemalloc, the allocator of swimd, is set up. It reads this before main().
//
// Each message that is kept was allocated by one thread, is shared with others and freed by any of
// them, thousands of messages later. The C library's malloc spends a quarter of a busy node's time
// on that; bench/broadcast/README.md says what it is worth.

// Two arenas: few threads allocate, and each arena keeps free pages of its own. Free pages go back
// after a second, because the sidecar's memory limit is its pod's.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
