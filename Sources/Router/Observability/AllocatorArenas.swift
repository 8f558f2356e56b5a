#if canImport(Glibc)
import Glibc
#endif

/// How many arenas the allocator of the system may have.
///
/// Events are allocated on one thread and freed on another: with an arena for each thread, what is free in one is of no
/// use to the others, and a backlog that is worked off takes a tenth more memory.
package enum AllocatorArenas {
    #if canImport(Glibc)
    /// `M_ARENA_MAX` of `malloc.h`, which the module of the C library leaves out.
    private static let arenaMax: Int32 = -8

    /// To be called before other threads allocate. Where the C library knows no arenas nothing happens.
    package static func limit(to count: Int32) {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        typealias Option = @convention(c) (Int32, Int32) -> Int32
        _ = unsafeBitCast(symbol, to: Option.self)(self.arenaMax, count)
    }
    #else
    package static func limit(to count: Int32) {}
    #endif
}
